import type { Value } from '../domain/record.ts';
import { clockItems, clockOf, clockShape, flagsShape } from './block.ts';
import type { BlockClock, ClockItems } from './block.ts';
import { encode } from './cbor.ts';
import { concatBytes, utf8 } from './encodings.ts';
import { putU32 } from '../domain/big-endian.ts';
import { domainTag, u64 } from './hash-input.ts';
import { HASH_LENGTH } from './merkle.ts';
import type { Sha256 } from './primitives.ts';
import { decodeAs, uint } from './shape.ts';
import type { Shapes } from './shape.ts';

/**
 * The tail journal (evidence section 4.6): a hash chain over the commits of the open block, whose last
 * link is signed, so that rows that are durable but not yet sealed cannot be changed or cut off.
 */

/** Where a leaf hash stands in its entry of a commit, u32(slot) ‖ LH(L), and the entry's length. */
export const ENTRY_HASH = 4;
export const ENTRY_LENGTH = ENTRY_HASH + HASH_LENGTH;

/** J_0 of block `no`, where the log of that size has this root. */
export function tailStart(sha256: Sha256, origin: string, no: number, rootAtNo: Uint8Array): Uint8Array {
  return sha256(
    concatBytes(domainTag('bailee/tail-start/v1'), utf8(origin), Uint8Array.of(0), u64(no), rootAtNo),
  );
}

/** J_k from J_{k-1}: commit k brought these leaves, in this order. */
export function tailNext(
  sha256: Sha256,
  chain: Uint8Array,
  k: number,
  leaves: readonly { readonly slot: number; readonly lh: Uint8Array }[],
): Uint8Array {
  const commit = new Uint8Array(leaves.length * ENTRY_LENGTH);
  for (const [i, { slot, lh }] of leaves.entries()) {
    putU32(commit, i * ENTRY_LENGTH, slot);
    commit.set(lh, i * ENTRY_LENGTH + ENTRY_HASH);
  }
  return tailAfter(sha256, chain, k, commit);
}

/** The same, of entries that were written already. */
export function tailAfter(sha256: Sha256, chain: Uint8Array, k: number, commit: Uint8Array): Uint8Array {
  return sha256(concatBytes(domainTag('bailee/tail-next/v1'), chain, u64(k), sha256(commit)));
}

/** What the signed tail says of the open block itself. `t` is the clock at the commit, ms. */
export type TailHead = {
  readonly t0: number;
  readonly flags: number;
  readonly clock: BlockClock;
  readonly t: number;
};

type HeadItems = readonly [t0: number, flags: number, clock: ClockItems, t: number];
const SHAPES: Shapes<HeadItems> = [uint, flagsShape, clockShape, uint];

export function encodeTailHead(head: TailHead): Uint8Array {
  const items: readonly Value[] = [head.t0, head.flags, clockItems(head.clock), head.t];
  return encode(items);
}

/** @throws CborError for bytes that are no head */
export function decodeTailHead(encoded: Uint8Array): TailHead {
  const [t0, flags, clock, t] = decodeAs<HeadItems>('tail head', SHAPES, encoded, (items) =>
    items[3] >= items[0] ? null : `time ${items[3]} before the block's first, ${items[0]}`,
  );
  return { t0, flags, clock: clockOf(clock), t };
}

/** What the log key signs for a tail row. */
export function tailMessage(sha256: Sha256, chain: Uint8Array, head: Uint8Array): Uint8Array {
  return concatBytes(domainTag('bailee/tail-sig/v1'), chain, sha256(head));
}
