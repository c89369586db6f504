import type { ZoneSight } from './readers.ts';

/** Columns of items, one number or instant a row; words of zones by number. */
export type PlaceColumns = {
  readonly size: number;
  readonly zones: Uint32Array;
  readonly seenZones: Uint32Array;
  readonly placedAt: Float64Array;
  readonly seenAt: Float64Array;
  readonly receipts: Uint32Array;
  /** Number of a word; undefined for one that no row has. */
  readonly find: (word: string) => number | undefined;
  readonly word: (number: number) => string;
};

/** How many things of one zone are what, and how many of others are seen there. */
export type Tally = {
  expected: number;
  seen: number;
  missing: number;
  elsewhere: number;
  unknown: number;
  guests: number;
  /** Seen within one window, and within as many as the read rate is taken from. */
  last: number;
  several: number;
  /** Lists of receipts that name something put there. */
  readonly receipts: Set<number>;
};

type Look = { readonly sight: ZoneSight; readonly tally: Tally };

/** Windows that the read rate is taken from. */
export const WINDOWS = 3;

/**
 * Counts all things of all zones in one pass over columns: what a hundred thousand objects would take
 * tens of milliseconds for. By the same rules as each thing is told by.
 */
export function tallies(
  columns: PlaceColumns,
  sights: ReadonlyMap<string, ZoneSight>,
  now: number,
): ReadonlyMap<string, Tally> {
  const looks: (Look | undefined)[] = [];
  const result = new Map<string, Tally>();
  for (const [zone, sight] of sights) {
    const tally = newTally();
    result.set(zone, tally);
    const number = columns.find(zone);
    if (number !== undefined) looks[number] = { sight, tally };
  }
  for (let row = 0; row < columns.size; row++) count(columns, looks, row, now);
  return result;
}

function newTally(): Tally {
  const figures = { expected: 0, seen: 0, missing: 0, elsewhere: 0, unknown: 0 };
  return { ...figures, guests: 0, last: 0, several: 0, receipts: new Set() };
}

function count(columns: PlaceColumns, looks: readonly (Look | undefined)[], row: number, now: number): void {
  const zone = columns.zones[row] ?? 0;
  const seenZone = columns.seenZones[row] ?? 0;
  const seenAt = columns.seenAt[row] ?? -1;
  const there = looks[seenZone];
  const age = seenAt < 0 ? Infinity : now - seenAt;
  const isSeen = there !== undefined && age < there.sight.windowMs;
  if (there !== undefined) {
    if (isSeen) there.tally.last++;
    if (age < there.sight.windowMs * WINDOWS) there.tally.several++;
    if (isSeen && zone !== seenZone) there.tally.guests++;
  }
  const here = looks[zone];
  if (here === undefined) return;
  const { tally, sight } = here;
  const placedAt = columns.placedAt[row] ?? -1;
  tally.expected++;
  tally.receipts.add(columns.receipts[row] ?? 0);
  if (isSeen && seenZone === zone) tally.seen++;
  else if (isSeen && seenAt > placedAt) tally.elsewhere++;
  else if (canTell(sight, placedAt, now)) tally.missing++;
  else tally.unknown++;
}

/** Whether readers of a zone are well, and had the time to read what was put there at `placedAt`. */
export function canTell({ why, since, windowMs }: ZoneSight, placedAt: number, now: number): boolean {
  return why === null && since !== null && now - Math.max(since, placedAt) >= windowMs;
}
