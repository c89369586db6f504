import { encode } from './cbor.ts';
import { bytes, decodeAs, int, list, one, oneOf, orNull, tuple, uint, within } from './shape.ts';
import type { Shapes } from './shape.ts';

/** Most leaves of one stream in one block. */
export const MAX_LEAVES = 65_535;

/** Why a stretch of time is not covered by a usable reading. */
export const GapReason = {
  unknown: 0,
  deviceSilent: 1,
  valuesUnusable: 2,
  gatewayDown: 3,
  notStarted: 4,
  maintenance: 5,
  shed: 6,
} as const;
export type GapReason = (typeof GapReason)[keyof typeof GapReason];

/** [from, to), evidence time in ms. */
export type Gap = { readonly from: number; readonly to: number; readonly reason: GapReason };

/** S: one stream's part of one block (evidence section 4.3). */
export type Segment = {
  /** H(CBOR(D)), 32 bytes. */
  readonly desc: Uint8Array;
  readonly seq0: number;
  /** 0…65,535 leaves. */
  readonly n: number;
  /** MTH over LH(L) in seq order. */
  readonly root: Uint8Array;
  /** Least and greatest usable value, scaled; null without one and for kinds 0 and 2. */
  readonly min: number | null;
  readonly max: number | null;
  /** Readings that are not usable. */
  readonly nbad: number;
  /** Maximal uncovered intervals of [t0, t1), in order. */
  readonly gaps: readonly Gap[];
};

type GapItems = readonly [from: number, to: number, reason: GapReason];
type SegmentItems = readonly [
  version: 1,
  desc: Uint8Array,
  seq0: number,
  n: number,
  root: Uint8Array,
  min: number | null,
  max: number | null,
  nbad: number,
  gaps: readonly GapItems[],
];

const SHAPES: Shapes<SegmentItems> = [
  one,
  bytes(32),
  uint,
  within(0, MAX_LEAVES),
  bytes(32),
  orNull(int),
  orNull(int),
  uint,
  // Between two gaps stands a reading, so there is at most one gap more than leaves.
  list(tuple<GapItems>(uint, uint, oneOf(...Object.values(GapReason))), MAX_LEAVES + 1),
];

export function encodeSegment(s: Segment): Uint8Array {
  const gaps = s.gaps.map((g) => [g.from, g.to, g.reason]);
  return encode([1, s.desc, s.seq0, s.n, s.root, s.min, s.max, s.nbad, gaps]);
}

/** @throws CborError for bytes that are no segment */
export function decodeSegment(encoded: Uint8Array): Segment {
  const items = decodeAs<SegmentItems>('segment', SHAPES, encoded, segmentFault);
  const [, desc, seq0, n, root, min, max, nbad, gaps] = items;
  return {
    desc,
    seq0,
    n,
    root,
    min,
    max,
    nbad,
    gaps: gaps.map(([from, to, reason]) => ({ from, to, reason })),
  };
}

function segmentFault(items: SegmentItems): string | null {
  const [, , , n, , min, max, nbad, gaps] = items;
  if (nbad > n) return `${nbad} of ${n} readings not usable`;
  if ((min === null) !== (max === null) || (min !== null && max !== null && min > max))
    return `values from ${min} to ${max}`;
  if (gaps.length > n + 1) return `${gaps.length} gaps around ${n} leaves`;
  let end = -1;
  for (const [from, to] of gaps) {
    // Intervals that touch would be one interval: they are maximal.
    if (from >= to || from <= end) return `gap from ${from} to ${to} after ${end}`;
    end = to;
  }
  return null;
}
