import type { Block } from './block.ts';
import type { Descriptor } from './descriptor.ts';
import type { Sha256 } from './primitives.ts';
import type { Segment } from './segment.ts';
import type { StreamFiles } from './verify-container.ts';
import { streamFile } from './bundle-files.ts';
import { CborReader } from './cbor-reader.ts';
import { CborError } from './cbor.ts';
import { decodeDescriptor } from './descriptor.ts';
import { bytesEqual, toHex } from './encodings.ts';
import { HASH_LENGTH, leafHash, verifyInclusion } from './merkle.ts';
import { isWeakEd25519 } from './note-key.ts';
import { decodeSegment } from './segment.ts';
import { VerificationError } from './verification-error.ts';
import { MAX_PATH, reading } from './verify-container.ts';

/** Beyond every segment of 65,535 leaves with a gap between any two. */
const MAX_SEGMENT_BYTES = 2 * 1024 * 1024;

/** One stream over blocks [a, b): its segment in each block, null before its slot was opened. */
export type SegmentRow = readonly (Segment | null)[];

/** Gaps of one stream that a verifier holds. */
const MAX_GAPS = 1_000_000;

/** What the later steps need of a row: hashes of its descriptors in hex, and how many leaves it has. */
export type SegmentsProven = { readonly descs: ReadonlySet<string>; readonly leaves: number };

/** Step 6: the segment of a slot is leaf `slot` of every block's slot tree, and seq goes on. @throws VerificationError */
export function verifySegments(files: StreamFiles, blocks: readonly Block[], sha256: Sha256): SegmentsProven {
  const { slot } = files;
  const name = streamFile(slot, 'segments');
  const reader = new CborReader(files.segments());
  const row: (Segment | null)[] = [];
  for (const block of blocks) {
    const where = `${name}: block ${block.no}`;
    if (reader.done)
      throw new VerificationError(
        'SEGMENT_FORMAT',
        `${name}: ${row.length} items for ${blocks.length} blocks`,
      );
    const isNull = reader.isNull();
    if (isNull !== block.slots <= slot)
      throw new VerificationError(
        'SLOT_PATH',
        `${where}: ${isNull ? 'no' : 'a'} segment, ${block.slots} slots`,
      );
    row.push(
      isNull
        ? null
        : reading('SEGMENT_FORMAT', where, () => verifySegment(reader, slot, block, where, sha256)),
    );
  }
  if (!reader.done) throw new VerificationError('SEGMENT_FORMAT', `${name}: more items than blocks`);
  const gaps = row.reduce((sum, s) => sum + (s?.gaps.length ?? 0), 0);
  if (gaps > MAX_GAPS) throw new VerificationError('BUNDLE_LIMIT', `${name}: ${gaps} gaps`);
  verifySequence(row, blocks, name);
  return {
    descs: new Set(row.flatMap((s) => (s === null ? [] : [toHex(s.desc)]))),
    leaves: row.reduce((sum, s) => sum + (s?.n ?? 0), 0),
  };
}

/** The segments of a stream that step 6 has passed, once more. */
export function segmentRow(files: StreamFiles): SegmentRow {
  const reader = new CborReader(files.segments());
  const row: (Segment | null)[] = [];
  while (!reader.done) {
    if (reader.isNull()) row.push(null);
    else {
      reader.array();
      row.push(decodeSegment(reader.encoded()));
      reader.encoded();
    }
  }
  return row;
}

/** One `[S, path]`. What S says is read once it is proven that the block holds it. */
function verifySegment(
  reader: CborReader,
  slot: number,
  block: Block,
  where: string,
  sha256: Sha256,
): Segment {
  const items = reader.array();
  if (items !== 2) throw new CborError(`${items} items instead of [S, path]`);
  const encoded = reader.encoded();
  const path = readPath(reader);
  if (!verifyInclusion(sha256, slot, block.slots, leafHash(sha256, encoded), path, block.sroot))
    throw new VerificationError('SLOT_PATH', `${where}: not leaf ${slot} of its slot tree`);
  if (encoded.length > MAX_SEGMENT_BYTES) throw new CborError(`a segment of ${encoded.length} bytes`);
  return decodeSegment(encoded);
}

/** The hashes that lead from a leaf to its root. @throws CborError */
export function readPath(reader: CborReader): readonly Uint8Array[] {
  const length = reader.array();
  if (length > MAX_PATH) throw new CborError(`a path of ${length} hashes`);
  return Array.from({ length }, () => reader.bytesOf(HASH_LENGTH));
}

/** C4: seq0 + n is the next seq0, and a stream's first leaf has seq 0. */
function verifySequence(row: SegmentRow, blocks: readonly Block[], name: string): void {
  let next = blocks[0]?.no === 0 ? 0 : null;
  for (const [i, segment] of row.entries()) {
    if (segment === null) next = 0;
    else {
      if (next !== null && segment.seq0 !== next)
        throw new VerificationError(
          'SEQ',
          `${name}: block ${blocks[i]?.no}: seq0 ${segment.seq0}, not ${next}`,
        );
      next = segment.seq0 + segment.n;
    }
  }
}

/** Step 7: each segment's desc is the hash of a descriptor of this gateway and slot. @throws VerificationError */
export function verifyDescriptors(
  files: StreamFiles,
  used: ReadonlySet<string>,
  gw: Uint8Array,
  sha256: Sha256,
): ReadonlyMap<string, Descriptor> {
  const name = streamFile(files.slot, 'descriptors');
  const found = new Map<string, Descriptor>();
  const reader = new CborReader(files.descriptors());
  while (!reader.done) {
    const encoded = reading('DESCRIPTOR', name, () => reader.encoded());
    const desc = toHex(sha256(encoded));
    if (found.has(desc)) throw new VerificationError('DESCRIPTOR', `${name}: ${desc} twice`);
    if (!used.has(desc))
      throw new VerificationError('DESCRIPTOR', `${name}: ${desc} is not that of a segment`);
    const d = reading('DESCRIPTOR', name, () => decodeDescriptor(encoded));
    if (d.slot !== files.slot || !bytesEqual(d.gw, gw))
      throw new VerificationError('DESCRIPTOR', `${name}: is of gateway ${toHex(d.gw)}, slot ${d.slot}`);
    if (d.pub !== null && isWeakEd25519(d.pub))
      throw new VerificationError('DESCRIPTOR', `${name}: small-order device key`);
    found.set(desc, d);
  }
  for (const desc of used)
    if (!found.has(desc)) throw new VerificationError('DESCRIPTOR', `${name}: none hashes to ${desc}`);
  return found;
}
