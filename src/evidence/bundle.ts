import type { Value } from '../domain/record.ts';
import type { BundleSource, SourceSegment } from './bundle-source.ts';
import type { OriginPolicy } from './policy.ts';
import type { Primitives } from './primitives.ts';
import type { Question } from './question.ts';
import type { Deflate, ZipFile } from './zip-writer.ts';
import { StorageError } from '../domain/errors.ts';
import { EVENTS_SLOT } from '../domain/record.ts';
import {
  BUNDLE_FORMAT,
  BUNDLE_JSON,
  CHECKPOINT,
  LOG,
  headFile,
  ledgerFile,
  streamFile,
} from './bundle-files.ts';
import { namedFiles } from './bundle-documents.ts';
import { soundly } from './bundle-source.ts';
import { WindowChoice } from './bundle-window.ts';
import { CborWriter } from './cbor-writer.ts';
import { decodeDescriptor } from './descriptor.ts';
import { toHex, utf8 } from './encodings.ts';
import { subtreeRoots } from './log-tree.ts';
import { decodeSegment } from './segment.ts';
import { SlotTree } from './slot-tree.ts';
import { verify } from './verify.ts';
import { writeZip } from './zip-writer.ts';

export type BundleRequest = {
  readonly origin: string;
  /** Size of the head it is proven under; its note is in the source. */
  readonly size: number;
  readonly question: Question;
  /** `summary` leaves the leaves out. */
  readonly mode: 'full' | 'summary';
  /** All of slot 0 in full, with the files it names, so that decisions can be replayed. */
  readonly events: boolean;
  /** The policy its asker is expected to hold: whose cosignatures count, and with how much skew. */
  readonly policy: OriginPolicy;
};

/**
 * Makes the bundle that answers a question and checks it before it is handed out.
 * @throws StorageError CORRUPT naming block and slot when the source contradicts itself or its heads
 * @throws RangeError for a bundle that would be larger than a verifier opens
 */
export function writeBundle(
  source: BundleSource,
  request: BundleRequest,
  use: Primitives & { readonly deflate: Deflate },
): Uint8Array {
  const { question, origin, size, policy } = request;
  const slots = new Set(request.events ? [EVENTS_SLOT, ...question.slots] : question.slots);
  const descriptors = source.streams().filter((s) => slots.has(s.slot));
  const maxGapMs = descriptors.reduce((most, s) => Math.max(most, maxGapOf(s)), 0);
  const window = new WindowChoice(source, size, policy, use.sha256).choose(question, maxGapMs);
  const { a, b, heads } = window;
  const parts = [...slots].map((slot) => new StreamParts(slot));
  const log = new CborWriter(4096);
  log.value([a, b, size, subtreeRoots(0, a, nodeOf(source)), subtreeRoots(b, size, nodeOf(source))]);
  for (let no = a; no < b; no++) {
    log.raw(present(source.block(no), `block ${no}`).block);
    const tree = new SlotTree(use.sha256, source.segmentHeads(no));
    for (const part of parts)
      part.add(no, tree, tree.size <= part.slot ? null : segmentAt(source, no, part.slot));
  }
  const known = new Map(descriptors.map((s) => [toHex(use.sha256(s.descriptor)), s.descriptor]));
  const files: ZipFile[] = [
    { name: BUNDLE_JSON, bytes: utf8(JSON.stringify({ format: BUNDLE_FORMAT, origin, question })) },
    { name: CHECKPOINT, bytes: utf8(present(source.note(size), `note of size ${size}`)) },
    { name: LOG, bytes: log.take() },
    ...heads.map((n) => ({ name: headFile(n), bytes: utf8(present(source.note(n), `note of size ${n}`)) })),
    ...parts.flatMap((part) =>
      part.files(known, request.mode === 'full' || (request.events && part.slot === 0)),
    ),
    ...(request.events ? namedFiles(source, a, b) : []),
    ...[...heads, size].flatMap((n) => {
      const proof = source.ledgerProof(n);
      return proof === null ? [] : [{ name: ledgerFile(n), bytes: utf8(proof) }];
    }),
  ];
  const bundle = writeZip(files, use.deflate);
  requireSound(bundle, request, use);
  return bundle;
}

/** A store that was tampered with must not get past its own gateway. */
function requireSound(
  bundle: Uint8Array,
  { origin, policy, question }: BundleRequest,
  use: Primitives,
): void {
  const { failure } = verify(bundle, new Map([[origin, { ...policy, k: 0 }]]), question, use);
  if (failure !== null)
    throw new StorageError(
      'CORRUPT',
      `the journal does not prove itself: ${failure.code} at ${failure.where}`,
    );
}

function maxGapOf(stream: { readonly slot: number; readonly descriptor: Uint8Array }): number {
  return soundly(`descriptor of slot ${stream.slot}`, () => decodeDescriptor(stream.descriptor)).maxGapMs;
}

function segmentAt(source: BundleSource, no: number, slot: number): SourceSegment {
  return present(source.segment(no, slot), `segment of block ${no}, slot ${slot}`);
}

function nodeOf(source: BundleSource): (level: number, index: number) => Uint8Array {
  return (level, index) => present(source.node(level, index), `node ${index} of level ${level}`);
}

function present<T>(found: T | null, what: string): T {
  if (found === null) throw new StorageError('CORRUPT', `${what} is missing`);
  return found;
}

/** The files of one stream, growing block by block. */
class StreamParts {
  readonly slot: number;
  readonly #segments = new CborWriter(4096);
  readonly #full = new CborWriter(4096);
  readonly #descs = new Set<string>();

  constructor(slot: number) {
    this.slot = slot;
  }

  add(no: number, tree: SlotTree, stored: SourceSegment | null): void {
    if (stored === null) {
      this.#segments.value(null);
      this.#full.value(null);
      return;
    }
    const path: readonly Value[] = tree.path(this.slot);
    this.#segments.arrayHead(2);
    this.#segments.raw(stored.segment);
    this.#segments.value(path);
    this.#full.arrayHead(2);
    this.#full.value(stored.key);
    this.#full.raw(stored.leaves);
    const what = `segment of block ${no}, slot ${this.slot}`;
    this.#descs.add(toHex(soundly(what, () => decodeSegment(stored.segment)).desc));
  }

  files(descriptors: ReadonlyMap<string, Uint8Array>, full: boolean): ZipFile[] {
    const own = [...this.#descs].map((desc) => present(descriptors.get(desc) ?? null, `descriptor ${desc}`));
    const bytes = new CborWriter(1024);
    for (const descriptor of own) bytes.raw(descriptor);
    return [
      { name: streamFile(this.slot, 'descriptors'), bytes: bytes.take() },
      { name: streamFile(this.slot, 'segments'), bytes: this.#segments.take() },
      ...(full ? [{ name: streamFile(this.slot, 'full'), bytes: this.#full.take() }] : []),
    ];
  }
}
