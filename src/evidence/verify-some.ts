import type { Block } from './block.ts';
import type { Sha256 } from './primitives.ts';
import type { DeviceFrames } from './verify-devices.ts';
import type { LeafObserver, ProvenLeaf, StreamAtHand } from './proven-leaf.ts';
import { streamFile } from './bundle-files.ts';
import { CborReader } from './cbor-reader.ts';
import { CborError } from './cbor.ts';
import { leafHash, verifyInclusion } from './merkle.ts';
import { SALT_LENGTH } from './leaf.ts';
import { VerificationError } from './verification-error.ts';
import { reading } from './verify-container.ts';
import { descriptorOf } from './proven-leaf.ts';
import { checkPlace, readUnsalted } from './verify-leaves.ts';
import { readPath } from './verify-segments.ts';

type Single = {
  readonly no: number;
  readonly index: number;
  /** L as it stands in the file. */
  readonly encoded: Uint8Array;
  readonly path: readonly Uint8Array[];
};

/** Step 8 for leaves disclosed one by one: each has its path to the root of its segment. @throws VerificationError */
export function verifySome(
  stream: StreamAtHand,
  some: Uint8Array,
  blocks: readonly Block[],
  sha256: Sha256,
  devices: DeviceFrames,
  observe: LeafObserver,
): void {
  const name = streamFile(stream.files.slot, 'some');
  const a = blocks[0]?.no ?? 0;
  const reader = new CborReader(some);
  let before: { readonly no: number; readonly index: number; readonly t: number } = {
    no: -1,
    index: -1,
    t: 0,
  };
  while (!reader.done) {
    const { no, index, encoded, path } = reading('LEAF_FORMAT', name, () => readSingle(reader));
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
    const leaf = reading('LEAF_FORMAT', where, () => readSalted(new CborReader(encoded), i));
    checkPlace(leaf, no === before.no ? before.t : block.t0, block, d, where);
    const proven =
      leaf.seq === segment.seq0 + index &&
      verifyInclusion(sha256, index, segment.n, leafHash(sha256, encoded), path, segment.root);
    if (!proven) throw new VerificationError('LEAF_ROOT', `${where}: leaf ${leaf.seq} is not at ${index}`);
    devices.segment(stream.files.slot, i, d, [leaf], where, false);
    observe(leaf, d);
    before = { no, index, t: leaf.t };
  }
}

/** One `[no, index, L, path]`. */
function readSingle(reader: CborReader): Single {
  const items = reader.array();
  if (items !== 4) throw new CborError(`${items} items instead of [no, index, L, path]`);
  const no = reader.integer();
  const index = reader.integer();
  return { no, index, encoded: reader.encoded(), path: readPath(reader) };
}

/** `[salt, seq, t, type, body]`. */
function readSalted(reader: CborReader, i: number): ProvenLeaf {
  const items = reader.array();
  if (items !== 5) throw new CborError(`${items} items instead of [salt, seq, t, type, body]`);
  reader.bytesOf(SALT_LENGTH);
  return readUnsalted(reader, i, reader.integer());
}
