import type { BundleSource } from './bundle-source.ts';
import type { NamedFile } from './bundle-documents.ts';
import type { LeafPick } from './leaf-pick.ts';
import type { OriginPolicy } from './policy.ts';
import type { Primitives, Sha256 } from './primitives.ts';
import type { Question } from './question.ts';
import type { Deflate, ZipSink } from './zip-writer.ts';
import { StorageError } from '../domain/errors.ts';
import { EVENTS_SLOT } from '../domain/record.ts';
import {
  BUNDLE_FORMAT,
  BUNDLE_JSON,
  CHECKPOINT,
  LOG,
  MAX_HEADS,
  headFile,
  ledgerFile,
} from './bundle-files.ts';
import { namedFiles } from './bundle-documents.ts';
import { present, soundly } from './bundle-source.ts';
import { WindowChoice } from './bundle-window.ts';
import { CborWriter } from './cbor-writer.ts';
import { decodeDescriptor } from './descriptor.ts';
import { toHex, utf8 } from './encodings.ts';
import { slotTree } from './hash-tree.ts';
import { subtreeRoots } from './log-tree.ts';
import { SegmentFile, fullLeaves, isWhole, someLeaves } from './stream-files.ts';
import { verify } from './verify.ts';
import { ZIP_MAX_FILES } from './zip-format.ts';
import { ZipWriter } from './zip-writer.ts';

export type BundleRequest = {
  readonly origin: string;
  /** Size of the head it is proven under; its note is in the source. */
  readonly size: number;
  readonly question: Question;
  /** Streams disclosed: those of the question, and others that are shown beside them. */
  readonly slots: readonly number[];
  /** `summary` leaves the leaves out; `partial` shows those picked. A stream with erased leaves is never full. */
  readonly mode: 'full' | 'summary' | 'partial';
  readonly pick: LeafPick;
  /** All of slot 0 in full, with the files it names, so that decisions can be replayed. */
  readonly events: boolean;
  /** Without all events: these of them, each by itself, with the files that they name; null for none. */
  readonly someEvents: ReadonlySet<number> | null;
  /** The policy its asker is expected to hold: whose cosignatures count, and with how much skew. */
  readonly policy: OriginPolicy;
};

/** What a written bundle holds. */
export type WrittenBundle = {
  readonly bytes: number;
  readonly documents: number;
  /** Slots that are shown as a summary because leaves of theirs were erased. */
  readonly erased: readonly number[];
};

/** Segments with their paths are held for as many streams at once as take this much. */
const HELD_BYTES = 16 * 1024 * 1024;
/** What a segment takes with its path, about. */
const SEGMENT_BYTES = 450;
/** Of the names a bundle may have, these are for documents. */
export const MAX_DOCUMENTS = 500;

/**
 * Writes the bundle that answers a question, block by block: memory does not grow with the window.
 * It is to be checked (`requireSound`) before it is handed out.
 *
 * @param progress told how many steps are done, of all there are
 * @throws StorageError CORRUPT naming block and slot when the source has no such thing or its bytes are none
 * @throws RangeError for a bundle that would be larger than a verifier opens
 */
export function writeBundle(
  source: BundleSource,
  request: BundleRequest,
  sink: ZipSink,
  use: { readonly sha256: Sha256; readonly deflate: Deflate },
  progress: (done: number, of: number) => void = () => undefined,
): WrittenBundle {
  const { question, origin, size, policy } = request;
  const hasEvents = request.events || request.someEvents !== null;
  const slots = [...new Set(hasEvents ? [EVENTS_SLOT, ...request.slots] : request.slots)];
  const descriptors = source.streams().filter((s) => slots.includes(s.slot));
  const choice = new WindowChoice(source, size, policy, use.sha256, mostHeads(slots.length));
  const { a, b, heads } = choice.choose(question, longestGapMs(descriptors));
  const documents = new Map<string, NamedFile>();
  const only = request.events ? null : request.someEvents;
  if (hasEvents) for (let no = a; no < b; no++) namedFiles(source, no, documents, only);
  const proofs = [...heads, size].flatMap((n) => {
    const proof = source.ledgerProof(n);
    return proof === null ? [] : [{ name: ledgerFile(n), bytes: utf8(proof) }];
  });

  const zip = new ZipWriter(sink, use.deflate);
  zip.file({ name: BUNDLE_JSON, bytes: utf8(JSON.stringify({ format: BUNDLE_FORMAT, origin, question })) });
  zip.file({ name: CHECKPOINT, bytes: noteOf(source, size) });
  writeDocuments(zip, source, documents, 'files/');
  for (const file of byName(heads.map((n) => ({ name: headFile(n), size: n }))))
    zip.file({ name: file.name, bytes: noteOf(source, file.size) });
  for (const file of byName(proofs)) zip.file(file);
  writeLog(zip, source, { a, b, size });
  writeDocuments(zip, source, documents, 'rules/');
  const erased = writeStreams(zip, source, request, slots, { a, b }, use.sha256, progress);
  return { bytes: zip.finish(), documents: documents.size, erased };
}

/**
 * Checks a bundle as its verifier will, but for when it was fixed: a store that was tampered with must
 * not get past its own gateway. @throws StorageError CORRUPT
 */
export function requireSound(
  bundle: Uint8Array,
  { origin, policy, question }: Pick<BundleRequest, 'origin' | 'policy' | 'question'>,
  use: Primitives,
): void {
  // Whether it is evidence does not hang on the answer, which is gathered for one stream only.
  const asked = { ...question, slots: question.slots.slice(0, 1) };
  const { failure } = verify(bundle, new Map([[origin, { ...policy, k: 0 }]]), asked, use);
  if (failure !== null)
    throw new StorageError(
      'CORRUPT',
      `the journal does not prove itself: ${failure.code} at ${failure.where}`,
    );
}

/** Longest time that one reading of these streams covers, ms. @throws StorageError CORRUPT */
export function longestGapMs(
  streams: readonly { readonly slot: number; readonly descriptor: Uint8Array }[],
): number {
  const gaps = streams.map((s) =>
    soundly(`descriptor of slot ${s.slot}`, () => decodeDescriptor(s.descriptor).maxGapMs),
  );
  return Math.max(0, ...gaps);
}

/** Each head may bring the proof of a ledger; a stream has three files. */
function mostHeads(slots: number): number {
  const left = ZIP_MAX_FILES - 4 - 3 * slots - MAX_DOCUMENTS;
  return Math.min(MAX_HEADS, Math.floor(left / 2));
}

function writeLog(
  zip: ZipWriter,
  source: BundleSource,
  { a, b, size }: { readonly a: number; readonly b: number; readonly size: number },
): void {
  const node = (level: number, index: number): Uint8Array =>
    present(source.node(level, index), `node ${index} of level ${level}`);
  const head = new CborWriter(4096);
  head.value([a, b, size, subtreeRoots(0, a, node), subtreeRoots(b, size, node)]);
  zip.begin(LOG);
  zip.write(head.view());
  for (let no = a; no < b; no++) zip.write(present(source.block(no), `block ${no}`).block);
  zip.end();
}

function writeDocuments(
  zip: ZipWriter,
  source: BundleSource,
  documents: ReadonlyMap<string, NamedFile>,
  folder: string,
): void {
  const own = [...documents.values()].filter((d) => d.name.startsWith(folder));
  for (const { name, sha256 } of byName(own)) {
    const bytes = source.file(sha256);
    // A picture may have had to make room for another one since it was counted.
    if (bytes !== null || folder !== 'files/') zip.file({ name, bytes: present(bytes, name) });
  }
}

/** All streams, in the order of their names; gives the slots that erasure turned into summaries. */
function writeStreams(
  zip: ZipWriter,
  source: BundleSource,
  request: BundleRequest,
  slots: readonly number[],
  { a, b }: { readonly a: number; readonly b: number },
  sha256: Sha256,
  progress: (done: number, of: number) => void,
): readonly number[] {
  const sorted = byName(slots.map((slot) => ({ name: `${slot}/`, slot }))).map((s) => s.slot);
  const rows = source.streams().filter((s) => slots.includes(s.slot));
  const known = new Map(rows.map((s) => [toHex(sha256(s.descriptor)), s.descriptor]));
  const together = Math.max(1, Math.floor(HELD_BYTES / (SEGMENT_BYTES * (b - a))));
  const erased: number[] = [];
  let done = 0;
  for (let from = 0; from < sorted.length; from += together) {
    const group = sorted.slice(from, from + together).map((slot) => new SegmentFile(slot));
    for (let no = a; no < b; no++) {
      const segments = source.segmentHeads(no);
      const tree = slotTree(sha256, segments);
      for (const file of group) file.add(no, tree, segments[file.slot]);
    }
    for (const file of group) {
      const { slot } = file;
      const { mode, pick } = disclosure(request, slot);
      const isCut = mode === 'full' && !isWhole(source, slot, a, b);
      if (isCut) erased.push(slot);
      if (mode === 'partial')
        file.write(zip, known, {
          part: 'some',
          blocks: someLeaves(source, slot, a, b, pick, sha256),
        });
      else if (mode === 'full' && !isCut)
        file.write(zip, known, { part: 'full', blocks: fullLeaves(source, slot, a, b) });
      else file.write(zip, known, null);
      progress(++done, sorted.length);
    }
  }
  return erased;
}

/** How a stream is opened: the gateway's events not as the others. */
function disclosure(request: BundleRequest, slot: number): Pick<BundleRequest, 'mode' | 'pick'> {
  const { events, someEvents } = request;
  if (slot !== EVENTS_SLOT || (!events && someEvents === null)) return request;
  if (events) return { ...request, mode: 'full' };
  return { mode: 'partial', pick: { kind: 'seqs', seqs: someEvents ?? new Set() } };
}

function noteOf(source: BundleSource, size: number): Uint8Array {
  return utf8(present(source.note(size), `note of size ${size}`));
}

/** In the order that the names of a bundle have. */
function byName<T extends { readonly name: string }>(files: readonly T[]): T[] {
  return files.toSorted((x, y) => (x.name < y.name ? -1 : 1));
}
