import type { Value } from '../domain/record.ts';
import type { Block } from './block.ts';
import type { LeafObserver, ProvenLeaf, Stream } from './proven-leaf.ts';
import type { DeviceFrames } from './verify-devices.ts';
import type { Descriptor } from './descriptor.ts';
import type { Sha256 } from './primitives.ts';
import type { Segment } from './segment.ts';
import { streamFile } from './bundle-files.ts';
import { CborWriter } from './cbor-writer.ts';
import { bytesEqual } from './encodings.ts';
import type { Coverage } from './gaps.ts';
import { GapCheck } from './gap-check.ts';
import { descriptorOf } from './proven-leaf.ts';
import { KEY_LENGTH, SALT_LENGTH, checkLeaf, meaningOf } from './leaf.ts';
import { CompactRange } from './merkle.ts';
import { VerificationError } from './verification-error.ts';
import { sequence } from './verify-container.ts';
import { blockAt } from './verify-segments.ts';

/**
 * Step 8 for a stream disclosed in full: all leaves of every segment rebuild its root, its sums and
 * its gaps. @throws VerificationError
 */
export function verifyFull(
  stream: Stream,
  full: Uint8Array,
  blocks: readonly Block[],
  sha256: Sha256,
  devices: DeviceFrames,
  observe: LeafObserver,
): void {
  const name = streamFile(stream.files.slot, 'full');
  const gaps = new GapCheck(blocks[0]);
  let i = 0;
  for (const item of sequence('LEAF_FORMAT', () => blockAt(name, blocks, i), full)) {
    const block = blocks[i];
    if (block === undefined) throw new VerificationError('LEAF_FORMAT', `${name}: more items than blocks`);
    const where = `${name}: block ${block.no}`;
    const segment = stream.row[i] ?? null;
    if (segment === null) {
      if (item !== null) throw new VerificationError('LEAF_FORMAT', `${where}: leaves without a segment`);
      gaps.absent();
    } else {
      const d = descriptorOf(stream, segment);
      const coverage = gaps.open(block, segment, d);
      const leaves = verifySegmentLeaves(item, i, block, segment, d, coverage, where, sha256);
      gaps.close(block, segment, d, coverage, where);
      devices.segment(stream.files.slot, i, d, leaves, where, true);
      for (const leaf of leaves) observe(leaf, d);
    }
    i += 1;
  }
  if (i !== blocks.length)
    throw new VerificationError('LEAF_ROOT', `${name}: ${i} items for ${blocks.length} blocks`);
}

const leafInput = new CborWriter(512);
const LEAF_PREFIX = Uint8Array.of(0);

/** LH of L made from its parts, without a copy of L: this runs once for each of many thousand leaves. */
function leafHashOf(
  sha256: Sha256,
  salt: Uint8Array,
  seq: number,
  t: number,
  type: number,
  body: Value,
): Uint8Array {
  leafInput.clear();
  leafInput.raw(LEAF_PREFIX);
  leafInput.arrayHead(5);
  leafInput.byteString(salt);
  leafInput.integer(seq);
  leafInput.integer(t);
  leafInput.integer(type);
  leafInput.value(body);
  return sha256(leafInput.view());
}

/** Leaves `[K, [[t, type, body], …]]` of one segment rebuild its root and sums. @throws VerificationError */
export function verifySegmentLeaves(
  item: Value,
  i: number,
  block: Block,
  segment: Segment,
  d: Descriptor,
  coverage: Coverage | null,
  where: string,
  sha256: Sha256,
): readonly ProvenLeaf[] {
  const [key, entries, ...rest] = arrayOf(item);
  const list = entries === undefined ? [] : arrayOf(entries);
  const keyFits = segment.n === 0 ? key === null : key instanceof Uint8Array && key.length === KEY_LENGTH;
  if (!keyFits || !Array.isArray(entries) || rest.length > 0)
    throw new VerificationError('LEAF_FORMAT', `${where}: not [K, leaves]`);
  if (list.length !== segment.n)
    throw new VerificationError('LEAF_ROOT', `${where}: ${list.length} leaves instead of ${segment.n}`);
  const saltInput = new Uint8Array(KEY_LENGTH + 8);
  if (key instanceof Uint8Array) saltInput.set(key);
  const seqOfSalt = new DataView(saltInput.buffer);
  const tree = new CompactRange(sha256);
  const sums = new Sums();
  const leaves: ProvenLeaf[] = [];
  let last = block.t0;
  for (let n = 0; n < list.length; n++) {
    const seq = segment.seq0 + n;
    const leaf = leafOf(list[n], i, seq);
    if (leaf === null)
      throw new VerificationError('LEAF_FORMAT', `${where}: leaf ${seq}: not [t, type, body]`);
    checkPlace(leaf, last, block, d, where);
    last = leaf.t;
    seqOfSalt.setUint32(KEY_LENGTH, Math.floor(seq / 2 ** 32));
    seqOfSalt.setUint32(KEY_LENGTH + 4, seq % 2 ** 32);
    const salt = sha256(saltInput).subarray(0, SALT_LENGTH);
    tree.append(leafHashOf(sha256, salt, seq, leaf.t, leaf.type, leaf.body));
    sums.add(leaf, coverage);
    leaves.push(leaf);
  }
  if (!bytesEqual(tree.root(), segment.root))
    throw new VerificationError('LEAF_ROOT', `${where}: root differs`);
  if (!sums.equal(segment)) throw new VerificationError('SUMMARY', `${where}: min, max or nbad differ`);
  return leaves;
}

function leafOf(entry: Value | undefined, i: number, seq: number): ProvenLeaf | null {
  if (!Array.isArray(entry) || entry.length !== 3) return null;
  const [t, type, body]: readonly Value[] = entry;
  if (typeof t !== 'number' || typeof type !== 'number' || !Array.isArray(body)) return null;
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

export function arrayOf(value: Value): readonly Value[] {
  return Array.isArray(value) ? value : [];
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
