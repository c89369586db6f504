import type { Block } from './block.ts';
import type { LeafObserver, ProvenLeaf, StreamAtHand } from './proven-leaf.ts';
import type { DeviceFrames } from './verify-devices.ts';
import type { Descriptor } from './descriptor.ts';
import type { Primitives } from './primitives.ts';
import type { Segment } from './segment.ts';
import { streamFile } from './bundle-files.ts';
import { CborReader } from './cbor-reader.ts';
import { CborError } from './cbor.ts';
import { bytesEqual } from './encodings.ts';
import type { Coverage } from './gaps.ts';
import { GapCheck } from './gap-check.ts';
import { descriptorOf } from './proven-leaf.ts';
import { KEY_LENGTH, checkLeaf, meaningOf, putFiledLeafHash } from './leaf.ts';
import { CompactRange, HASH_LENGTH } from './merkle.ts';
import { intoOf } from './primitives.ts';
import { VerificationError } from './verification-error.ts';
import { reading } from './verify-container.ts';

/**
 * Step 8 for a stream disclosed in full: all leaves of every segment rebuild its root, its sums and
 * its gaps. @throws VerificationError
 */
export function verifyFull(
  stream: StreamAtHand,
  full: Uint8Array,
  blocks: readonly Block[],
  use: Primitives,
  devices: DeviceFrames,
  observe: LeafObserver,
): void {
  const name = streamFile(stream.files.slot, 'full');
  const reader = new CborReader(full);
  const gaps = new GapCheck(blocks[0]);
  for (const [i, block] of blocks.entries()) {
    const where = `${name}: block ${block.no}`;
    if (reader.done)
      throw new VerificationError('LEAF_ROOT', `${name}: ${i} items for ${blocks.length} blocks`);
    const segment = stream.row[i] ?? null;
    const item = reading('LEAF_FORMAT', where, () => openItem(reader));
    if (segment === null) {
      if (item !== null) throw new VerificationError('LEAF_FORMAT', `${where}: leaves without a segment`);
      gaps.absent();
      continue;
    }
    if (item === null) throw new VerificationError('LEAF_FORMAT', `${where}: no leaves for its segment`);
    const d = descriptorOf(stream, segment);
    const coverage = gaps.open(block, segment, d);
    const leaves = verifySegmentLeaves(reader, item.key, { i, block, segment, d, where }, coverage, use);
    gaps.close(block, segment, d, coverage, where);
    devices.segment(stream.files.slot, i, d, leaves, where, true);
    for (const leaf of leaves) observe(leaf, d);
  }
  if (!reader.done) throw new VerificationError('LEAF_FORMAT', `${name}: more items than blocks`);
}

/** Up to the leaves of `[K, [[t, type, body], …]]`; null is what stands where there is no segment. */
function openItem(reader: CborReader): { readonly key: Uint8Array | null } | null {
  if (reader.isNull()) return null;
  const items = reader.array();
  if (items !== 2) throw new CborError(`${items} items instead of [K, leaves]`);
  return { key: reader.isNull() ? null : reader.bytesOf(KEY_LENGTH) };
}

/** A segment whose leaves are to be read; `i` is the index of its block among those disclosed. */
type Expected = {
  readonly i: number;
  readonly block: Block;
  readonly segment: Segment;
  readonly d: Descriptor;
  readonly where: string;
};

/** More than any body has: the longest holds a descriptor. */
const MAX_BODY_ITEMS = 32;
/** What an empty segment has, in which nothing is salted. */
const NO_KEY = new Uint8Array(KEY_LENGTH);
const leafHash = new Uint8Array(HASH_LENGTH);

/** Leaves `[[t, type, body], …]` salted under `key` rebuild their segment's root and sums. @throws VerificationError */
export function verifySegmentLeaves(
  reader: CborReader,
  key: Uint8Array | null,
  expected: Expected,
  coverage: Coverage | null,
  { sha256, sha256Into }: Pick<Primitives, 'sha256' | 'sha256Into'>,
): readonly ProvenLeaf[] {
  const { i, block, segment, d, where } = expected;
  if ((key === null) !== (segment.n === 0) || (key !== null && key.length !== KEY_LENGTH))
    throw new VerificationError('LEAF_FORMAT', `${where}: not [K, leaves]`);
  const salted = key ?? NO_KEY;
  const n = reading('LEAF_FORMAT', where, () => reader.array());
  if (n !== segment.n)
    throw new VerificationError('LEAF_ROOT', `${where}: ${n} leaves instead of ${segment.n}`);
  const into = intoOf(sha256, sha256Into);
  const tree = new CompactRange(sha256, into);
  const sums = new Sums();
  const leaves: ProvenLeaf[] = [];
  let last = block.t0;
  reading('LEAF_FORMAT', where, () => {
    for (let seq = segment.seq0; seq < segment.seq0 + n; seq++) {
      const from = reader.at + 1;
      const leaf = readLeaf(reader, i, seq);
      checkPlace(leaf, last, block, d, where);
      last = leaf.t;
      putFiledLeafHash(into, salted, seq, reader.bytes, from, reader.at, leafHash, 0);
      tree.appendFrom(leafHash, 0);
      sums.add(leaf, coverage);
      leaves.push(leaf);
    }
  });
  if (!bytesEqual(tree.root(), segment.root))
    throw new VerificationError('LEAF_ROOT', `${where}: root differs`);
  if (!sums.equal(segment)) throw new VerificationError('SUMMARY', `${where}: min, max or nbad differ`);
  return leaves;
}

/** One `[t, type, body]`. */
function readLeaf(reader: CborReader, i: number, seq: number): ProvenLeaf {
  const items = reader.array();
  if (items !== 3) throw new CborError(`leaf ${seq}: ${items} items instead of [t, type, body]`);
  return readUnsalted(reader, i, seq);
}

/** `t, type, body` of a leaf whose array is open. @throws CborError */
export function readUnsalted(reader: CborReader, i: number, seq: number): ProvenLeaf {
  const t = reader.integer();
  const type = reader.integer();
  const body = reader.item(MAX_BODY_ITEMS);
  if (!Array.isArray(body)) throw new CborError(`leaf ${seq}: its body is no array`);
  return { i, seq, t, type, body };
}

/** Form of a leaf and its place in time; also of one disclosed alone. @throws VerificationError */
export function checkPlace(
  leaf: ProvenLeaf,
  notBefore: number,
  block: Block,
  d: Descriptor,
  where: string,
): void {
  const fault = checkLeaf(d, leaf);
  if (fault !== null) throw new VerificationError('LEAF_FORMAT', `${where}: leaf ${leaf.seq}: ${fault}`);
  if (leaf.t < notBefore || leaf.t < block.t0 || leaf.t >= block.t1)
    throw new VerificationError('LEAF_TIME', `${where}: leaf ${leaf.seq}: ${leaf.t} after ${notBefore}`);
}

/** min, max and nbad of a segment, recomputed. */
class Sums {
  #min: number | null = null;
  #max: number | null = null;
  #nbad = 0;

  add({ t, type, body }: ProvenLeaf, coverage: Coverage | null): void {
    const { covers, value, bad } = meaningOf(type, body);
    if (value !== null) {
      if (this.#min === null || value < this.#min) this.#min = value;
      if (this.#max === null || value > this.#max) this.#max = value;
    }
    if (bad) this.#nbad += 1;
    if (covers) coverage?.usable(t);
  }

  equal(s: Segment): boolean {
    return s.min === this.#min && s.max === this.#max && s.nbad === this.#nbad;
  }
}
