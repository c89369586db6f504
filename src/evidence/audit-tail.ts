import type { TailLeaf } from '../domain/commit.ts';
import type { AuditArchive, AuditKeys } from './audit-archive.ts';
import type { Primitives } from './primitives.ts';
import { CborError } from './cbor.ts';
import { bytesEqual } from './encodings.ts';
import { encodeLeaf, saltOf } from './leaf.ts';
import { leafHash } from './merkle.ts';
import { decodeTailHead, tailMessage, tailNext, tailStart } from './tail.ts';

type TailProblem = { readonly slot: number | null; readonly problem: string };

/** What the sealed blocks leave off with. */
type SealedEnd = {
  readonly size: number;
  readonly root: Uint8Array;
  /** Next seq of every slot. */
  readonly nextSeq: readonly number[];
};

/** Checks the signed tail (evidence section 4.6): its leaves rebuild the chain of its one row. */
export function auditTail(
  archive: AuditArchive,
  end: SealedEnd,
  keys: AuditKeys,
  { sha256, verifyEd25519 }: Primitives,
): { readonly leaves: number; readonly problems: readonly TailProblem[] } {
  const problems: TailProblem[] = [];
  const row = archive.tailRow();
  const keyOf = new Map(archive.tailKeys().map((k) => [k.slot, k.key]));
  const nextSeq = new Map(end.nextSeq.entries());
  let chain = tailStart(sha256, keys.origin, end.size, end.root);
  let k = 0;
  let leaves = 0;
  let commit: { readonly slot: number; readonly lh: Uint8Array }[] = [];
  const link = (): void => {
    if (commit.length > 0) chain = tailNext(sha256, chain, k, commit);
    commit = [];
  };
  for (const leaf of archive.tailLeaves()) {
    if (leaf.k !== k) link();
    k = leaf.k;
    leaves += 1;
    const fault = leafFault(leaf, nextSeq, keyOf);
    if (fault !== null) problems.push({ slot: leaf.slot, problem: `leaf ${leaf.seq}: ${fault}` });
    nextSeq.set(leaf.slot, leaf.seq + 1);
    const salt = saltOf(sha256, keyOf.get(leaf.slot) ?? new Uint8Array(32), leaf.seq);
    commit.push({ slot: leaf.slot, lh: leafHash(sha256, encodeLeaf({ ...leaf, salt })) });
  }
  link();
  if (row === null) {
    // Only a journal in which nothing was ever written has no row.
    if (end.size > 0 || leaves > 0) problems.push({ slot: null, problem: 'the signed row is missing' });
    return { leaves, problems };
  }
  if (row.no !== end.size)
    problems.push({ slot: null, problem: `its row is of block ${row.no}, not ${end.size}` });
  if (row.k !== k || !bytesEqual(row.chain, chain))
    problems.push({
      slot: null,
      problem: `its leaves end at commit ${k} and do not rebuild the chain of row ${row.k}`,
    });
  const message = tailMessage(sha256, row.chain, row.head);
  if (!keys.log.some(({ key }) => verifyEd25519(key.publicKey, message, row.sig)))
    problems.push({ slot: null, problem: 'its row is not signed by a log key' });
  try {
    decodeTailHead(row.head);
  } catch (error) {
    if (!(error instanceof CborError)) throw error;
    problems.push({ slot: null, problem: error.message });
  }
  return { leaves, problems };
}

function leafFault(
  leaf: TailLeaf,
  nextSeq: ReadonlyMap<number, number>,
  keyOf: ReadonlyMap<number, Uint8Array>,
): string | null {
  const next = nextSeq.get(leaf.slot) ?? 0;
  if (leaf.seq !== next) return `seq ${leaf.seq}, not ${next}`;
  return keyOf.has(leaf.slot) ? null : 'its salt key is missing';
}
