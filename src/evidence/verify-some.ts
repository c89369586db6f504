import type { Value } from '../domain/record.ts';
import type { Block } from './block.ts';
import type { Sha256 } from './primitives.ts';
import type { DeviceFrames } from './verify-devices.ts';
import type { LeafObserver, ProvenLeaf, Stream } from './proven-leaf.ts';
import { streamFile } from './bundle-files.ts';
import { encode } from './cbor.ts';
import { leafHash, verifyInclusion } from './merkle.ts';
import { bytes, list, uint } from './shape.ts';
import { SALT_LENGTH } from './leaf.ts';
import { VerificationError } from './verification-error.ts';
import { sequence } from './verify-container.ts';
import { descriptorOf } from './proven-leaf.ts';
import { arrayOf, checkPlace } from './verify-leaves.ts';

const isPath = list(bytes(32), 64);
const isSalt = bytes(SALT_LENGTH);

type Single = {
  readonly no: number;
  readonly index: number;
  readonly leaf: Omit<ProvenLeaf, 'i'>;
  readonly encoded: Uint8Array;
  readonly path: readonly Uint8Array[];
};

/** Step 8 for leaves disclosed one by one: each has its path to the root of its segment. @throws VerificationError */
export function verifySome(
  stream: Stream,
  some: Uint8Array,
  blocks: readonly Block[],
  sha256: Sha256,
  devices: DeviceFrames,
  observe: LeafObserver,
): void {
  const name = streamFile(stream.files.slot, 'some');
  const a = blocks[0]?.no ?? 0;
  let before: { readonly no: number; readonly index: number; readonly t: number } = {
    no: -1,
    index: -1,
    t: 0,
  };
  for (const item of sequence('LEAF_FORMAT', () => name, some)) {
    const single = singleOf(item);
    if (single === null) throw new VerificationError('LEAF_FORMAT', `${name}: not [no, index, L, path]`);
    const { no, index } = single;
    const where = `${name}: block ${no}`;
    const i = no - a;
    const block = blocks[i];
    const segment = stream.row[i];
    if (block === undefined || segment === undefined || segment === null)
      throw new VerificationError('LEAF_ROOT', `${where}: has no such segment`);
    if (no < before.no || (no === before.no && index <= before.index))
      throw new VerificationError(
        'LEAF_FORMAT',
        `${where}: leaf at ${index} stands after ${before.index} of ${before.no}`,
      );
    const d = descriptorOf(stream, segment);
    const leaf = { ...single.leaf, i };
    checkPlace(leaf, no === before.no ? before.t : block.t0, block, d, where);
    const hash = leafHash(sha256, single.encoded);
    const proven =
      leaf.seq === segment.seq0 + index &&
      verifyInclusion(sha256, index, segment.n, hash, single.path, segment.root);
    if (!proven) throw new VerificationError('LEAF_ROOT', `${where}: leaf ${leaf.seq} is not at ${index}`);
    devices.segment(stream.files.slot, i, d, [leaf], where, false);
    observe(leaf, d);
    before = { no, index, t: leaf.t };
  }
}

function singleOf(item: Value): Single | null {
  const [no, index, value, path, ...rest] = arrayOf(item);
  if (no === undefined || index === undefined || value === undefined || path === undefined) return null;
  if (!uint(no) || !uint(index) || !isPath(path) || rest.length > 0) return null;
  const [salt, seq, t, type, body, ...more] = arrayOf(value);
  if (salt === undefined || !isSalt(salt) || more.length > 0) return null;
  if (typeof seq !== 'number' || typeof t !== 'number' || typeof type !== 'number' || !Array.isArray(body))
    return null;
  return { no, index, leaf: { seq, t, type, body }, encoded: encode(value), path };
}
