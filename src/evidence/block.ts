import { encode } from './cbor.ts';
import { MAX_SLOT } from './descriptor.ts';
import { bytes, decodeAs, int, list, one, oneOf, orNull, tuple, uint, within } from './shape.ts';
import type { Shape, Shapes } from './shape.ts';

/** Flags of a block, to be added. */
export const BlockFlag = { restart: 1, step: 2, recovered: 4, tailBroken: 8 } as const;

/** What a block names from outside, so that it cannot have been made before (evidence section 8). */
export type Beacon = {
  /** 1 a final ledger block, 2 a cosigned head of this log. */
  readonly kind: 1 | 2;
  /** Height, or size of the head. */
  readonly number: number;
  /** Block hash, or H of the decoded cosignature line. */
  readonly hash: Uint8Array;
};

export type BlockClock = {
  /** 0 none, 1 RTC, 2 NTP, 3 NTS, 4 GNSS. */
  readonly src: 0 | 1 | 2 | 3 | 4;
  /** Bound of the error in ms; null for unknown. */
  readonly err: number | null;
  /** 8 random bytes, one value per boot. */
  readonly boot: Uint8Array;
  /** t minus the monotonic clock, ms. */
  readonly offset: number;
};

const MAX_BEACONS = 8;

/** B: one entry of the log (evidence section 4.4). */
export type Block = {
  /** 8 bytes. */
  readonly gw: Uint8Array;
  /** Index in the log. */
  readonly no: number;
  /** [t0, t1), evidence time in ms. */
  readonly t0: number;
  readonly t1: number;
  readonly slots: number;
  /** MTH over LH(S), leaf index = slot. */
  readonly sroot: Uint8Array;
  readonly beacons: readonly Beacon[];
  readonly clock: BlockClock;
  /** Hardware counter, null without one. */
  readonly ctr: number | null;
  /** Sum of BlockFlag. */
  readonly flags: number;
};

type BeaconItems = readonly [kind: Beacon['kind'], number: number, hash: Uint8Array];
export type ClockItems = readonly [
  src: BlockClock['src'],
  err: number | null,
  boot: Uint8Array,
  offset: number,
];
type BlockItems = readonly [
  version: 1,
  gw: Uint8Array,
  no: number,
  t0: number,
  t1: number,
  slots: number,
  sroot: Uint8Array,
  beacons: readonly BeaconItems[],
  clock: ClockItems,
  ctr: number | null,
  flags: number,
];

export const flagsShape: Shape<number> = within(0, 15);
export const clockShape: Shape<ClockItems> = tuple<ClockItems>(
  oneOf(0, 1, 2, 3, 4),
  orNull(uint),
  bytes(8),
  int,
);

const SHAPES: Shapes<BlockItems> = [
  one,
  bytes(8),
  uint,
  uint,
  uint,
  within(1, MAX_SLOT + 1),
  bytes(32),
  list(tuple<BeaconItems>(oneOf(1, 2), uint, bytes(32)), MAX_BEACONS),
  clockShape,
  orNull(uint),
  flagsShape,
];

export function encodeBlock(b: Block): Uint8Array {
  const beacons = b.beacons.map((x) => [x.kind, x.number, x.hash]);
  return encode([1, b.gw, b.no, b.t0, b.t1, b.slots, b.sroot, beacons, clockItems(b.clock), b.ctr, b.flags]);
}

/** @throws CborError for bytes that are no block, t0 ≥ t1 included */
export function decodeBlock(encoded: Uint8Array): Block {
  const items = decodeAs<BlockItems>('block', SHAPES, encoded, ([, , , t0, t1]) =>
    t0 < t1 ? null : `from ${t0} to ${t1}`,
  );
  const [, gw, no, t0, t1, slots, sroot, beacons, clock, ctr, flags] = items;
  return {
    gw,
    no,
    t0,
    t1,
    slots,
    sroot,
    beacons: beacons.map(([kind, number, hash]) => ({ kind, number, hash })),
    clock: clockOf(clock),
    ctr,
    flags,
  };
}

export function clockItems(c: BlockClock): ClockItems {
  return [c.src, c.err, c.boot, c.offset];
}

export function clockOf([src, err, boot, offset]: ClockItems): BlockClock {
  return { src, err, boot, offset };
}
