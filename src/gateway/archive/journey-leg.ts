import type {
  GoodsDocument,
  HandOver,
  HandOverException,
  HandOverSignature,
} from '../../domain/goods/documents.ts';
import type { Checked } from '../../domain/errors.ts';
import { isAct, RecordType, StatementKind } from '../../domain/record.ts';
import { bundleFileOf } from '../../evidence/bundle-files.ts';
import { toHex } from '../../evidence/encodings.ts';
import type { Policy } from '../../evidence/policy.ts';
import type { Primitives } from '../../evidence/primitives.ts';
import type { Verdict } from '../../evidence/verdict.ts';
import { verify } from '../../evidence/verify.ts';
import { indexZip, unpack } from '../../evidence/zip.ts';
import { readDocument, writeDocument } from '../../goods/document-reader.ts';
import { HAND_OVER_VERBS } from '../../goods/hand-overs.ts';

/** Terms, a signature or an objection, with the SHA-256 of the form in which it is signed and kept. */
export type Paper = {
  readonly sha256: string;
  readonly document: HandOver | HandOverSignature | HandOverException;
};

export type ReadLeg = {
  readonly name: string;
  readonly bundle: Uint8Array;
  readonly verdict: Verdict;
  readonly papers: readonly Paper[];
  /** SHA-256 of the documents on hand-overs that its log is proven to name, and the place of the last one among its events. */
  readonly recorded: ReadonlyMap<string, number>;
  /** Hand-overs to which its log is proven to have settled what was objected, and where it did so last. */
  readonly settled: ReadonlyMap<string, number>;
};

/** Verifies the bundle of one leg and takes the papers on hand-overs out of it. Never throws for hostile bytes. */
export function readLeg(
  { name, bundle }: Pick<ReadLeg, 'name' | 'bundle'>,
  policy: Policy,
  use: Primitives,
): ReadLeg {
  const recorded = new Map<string, number>();
  const settled = new Map<string, number>();
  const verdict = verify(bundle, policy, null, use, {
    leaf: ({ seq, type, body }) => {
      const isStatement = type === RecordType.statement && body[0] === StatementKind.handOver;
      if (isStatement && body[3] instanceof Uint8Array) recorded.set(toHex(body[3]), seq);
      if (type !== RecordType.act || !isAct(body)) return;
      const [, , verb, object, , , , result] = body;
      if (verb === HAND_OVER_VERBS.settle && result === 0) settled.set(object, seq);
    },
  });
  if (verdict.evidence === 'invalid')
    return { name, bundle, verdict, papers: [], recorded: new Map(), settled: new Map() };
  return { name, bundle, verdict, papers: papersIn(bundle, use), recorded, settled };
}

function papersIn(bundle: Uint8Array, use: Primitives): Paper[] {
  const zip = indexZip(bundle);
  const papers: Paper[] = [];
  for (const [name, entry] of zip.ok ? zip.entries : []) {
    if (!name.startsWith('files/') || bundleFileOf(name)?.kind !== 'content') continue;
    const content = unpack(entry, use.inflate);
    const read = content === null ? null : readDocument(content);
    const paper = read?.ok === true ? paperOf(read.value, use) : null;
    if (paper !== null) papers.push(paper);
  }
  return papers;
}

/** A paper that was handed over by itself, or what is wrong with it. */
export function readHandOverPaper(bytes: Uint8Array, use: Primitives): Checked<Paper> {
  const read = readDocument(bytes);
  if (!read.ok) return read;
  const paper = paperOf(read.value, use);
  if (paper !== null) return { ok: true, value: paper };
  const message = 'must be hand-over, signature or exception';
  return { ok: false, problems: [{ path: ['kind'], message, found: read.value.kind }] };
}

/** A document as a paper; null for one that is about something else. */
function paperOf(document: GoodsDocument, { sha256 }: Primitives): Paper | null {
  const { kind } = document;
  if (kind !== 'hand-over' && kind !== 'signature' && kind !== 'exception') return null;
  return { sha256: toHex(sha256(writeDocument(document))), document };
}
