import type { Value } from '../domain/record.ts';
import type { Block } from './block.ts';
import type { Descriptor } from './descriptor.ts';
import type { Sha256 } from './primitives.ts';
import type { Segment } from './segment.ts';
import type { StreamFiles } from './verify-container.ts';
import { streamFile } from './bundle-files.ts';
import { CborError, encode } from './cbor.ts';
import { decodeDescriptor } from './descriptor.ts';
import { bytesEqual, toHex } from './encodings.ts';
import { leafHash, verifyInclusion } from './merkle.ts';
import { isWeakEd25519 } from './note-key.ts';
import { decodeSegment } from './segment.ts';
import { bytes, list } from './shape.ts';
import { VerificationError } from './verification-error.ts';
import { sequence } from './verify-container.ts';

const isPath = list(bytes(32), 64);

/** One stream over blocks [a, b): its segment in each block, null before its slot was opened. */
export type SegmentRow = readonly (Segment | null)[];

/** Step 6: the segment of a slot is leaf `slot` of every block's slot tree, and seq goes on. @throws VerificationError */
export function verifySegments(files: StreamFiles, blocks: readonly Block[], sha256: Sha256): SegmentRow {
  const { slot } = files;
  const name = streamFile(slot, 'segments');
  const row: (Segment | null)[] = [];
  for (const item of sequence('SEGMENT_FORMAT', () => blockAt(name, blocks, row.length), files.segments)) {
    const block = blocks[row.length];
    if (block === undefined) throw new VerificationError('SEGMENT_FORMAT', `${name}: more items than blocks`);
    const where = `${name}: block ${block.no}`;
    if ((item === null) !== block.slots <= slot)
      throw new VerificationError(
        'SLOT_PATH',
        `${where}: ${item === null ? 'no' : 'a'} segment, ${block.slots} slots`,
      );
    row.push(item === null ? null : verifySegment(item, slot, block, where, sha256));
  }
  if (row.length !== blocks.length)
    throw new VerificationError('SEGMENT_FORMAT', `${name}: ${row.length} items for ${blocks.length} blocks`);
  verifySequence(row, blocks, name);
  return row;
}

/** How a failure says where: a file and a block of the log. */
export function blockAt(name: string, blocks: readonly Block[], i: number): string {
  return `${name}: block ${blocks[i]?.no ?? 'beyond the last'}`;
}

function verifySegment(item: Value, slot: number, block: Block, where: string, sha256: Sha256): Segment {
  const [value, path, ...rest] = Array.isArray(item) ? (item as readonly Value[]) : [];
  if (value === undefined || path === undefined || rest.length > 0 || !isPath(path))
    throw new VerificationError('SEGMENT_FORMAT', `${where}: not [S, path]`);
  const encoded = encode(value);
  const segment = readSegment(encoded, where);
  if (!verifyInclusion(sha256, slot, block.slots, leafHash(sha256, encoded), path, block.sroot))
    throw new VerificationError('SLOT_PATH', `${where}: not leaf ${slot} of its slot tree`);
  return segment;
}

function readSegment(encoded: Uint8Array, where: string): Segment {
  try {
    return decodeSegment(encoded);
  } catch (error) {
    if (error instanceof CborError)
      throw new VerificationError('SEGMENT_FORMAT', `${where}: ${error.message}`, { cause: error });
    throw error;
  }
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
  row: SegmentRow,
  gw: Uint8Array,
  sha256: Sha256,
): ReadonlyMap<string, Descriptor> {
  const name = streamFile(files.slot, 'descriptors');
  const found = new Map<string, Descriptor>();
  for (const item of sequence('DESCRIPTOR', () => name, files.descriptors)) {
    const encoded = encode(item);
    const d = readDescriptor(encoded, name);
    if (d.slot !== files.slot || !bytesEqual(d.gw, gw))
      throw new VerificationError('DESCRIPTOR', `${name}: is of gateway ${toHex(d.gw)}, slot ${d.slot}`);
    if (d.pub !== null && isWeakEd25519(d.pub))
      throw new VerificationError('DESCRIPTOR', `${name}: small-order device key`);
    const desc = toHex(sha256(encoded));
    if (found.has(desc)) throw new VerificationError('DESCRIPTOR', `${name}: ${desc} twice`);
    found.set(desc, d);
  }
  const used = new Set(row.flatMap((s) => (s === null ? [] : [toHex(s.desc)])));
  for (const desc of used)
    if (!found.has(desc)) throw new VerificationError('DESCRIPTOR', `${name}: none hashes to ${desc}`);
  for (const desc of found.keys())
    if (!used.has(desc))
      throw new VerificationError('DESCRIPTOR', `${name}: ${desc} is not that of a segment`);
  return found;
}

function readDescriptor(encoded: Uint8Array, name: string): Descriptor {
  try {
    return decodeDescriptor(encoded);
  } catch (error) {
    if (error instanceof CborError)
      throw new VerificationError('DESCRIPTOR', `${name}: ${error.message}`, { cause: error });
    throw error;
  }
}
