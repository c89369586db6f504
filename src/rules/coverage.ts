import { numberIn, type Cell } from './watch.ts';

/** Places in the cells: the newest reading by its own time, whether it came live, the last late one. */
const LAST_AT = 0;
const LAST_V = 1;
const IS_LIVE = 2;
const LATE_AT = 3;
const LATE_V = 4;
/** Then [from, to] of gaps that late readings may still fill, the oldest first. */
const GAPS = 5;
const MOST_GAPS = 8;

/** How many cells it takes. */
export const COVERAGE_CELLS = GAPS + 2 * MOST_GAPS;

/** A time for which a value was known, ms: told once for each ms, whatever comes late or twice. */
export type Account = (from: number, to: number, v: number) => void;

export function freshCoverage(): Cell[] {
  return Array.from({ length: COVERAGE_CELLS }, (_, i) => (i === IS_LIVE ? 0 : null));
}

/**
 * Takes a reading at `at`, by its own time. A reading speaks until the next one, at most `maxGapMs`;
 * what is not covered so is a gap, of which late readings may tell; beyond the last eight it stays one.
 */
export function cover(
  cells: Cell[],
  at: number,
  v: number,
  isLive: boolean,
  maxGapMs: number,
  account: Account,
): void {
  const last = numberIn(cells, LAST_AT);
  if (last !== null && at < last) {
    flushLate(cells, Math.min(at, lateEnd(cells, maxGapMs)), account);
    cells[LATE_AT] = at;
    cells[LATE_V] = v;
    return;
  }
  flushLate(cells, lateEnd(cells, maxGapMs), account);
  if (last !== null) {
    const end = Math.min(at, last + maxGapMs);
    account(last, end, numberIn(cells, LAST_V) ?? v);
    if (end < at) addGap(cells, end, at);
  }
  cells[LAST_AT] = at;
  cells[LAST_V] = v;
  cells[IS_LIVE] = isLive ? 1 : 0;
}

/** The newest reading, when it came live: from then on its value is taken to stand. */
export function standing(cells: readonly Cell[]): { at: number; v: number } | null {
  const [at, v] = [numberIn(cells, LAST_AT), numberIn(cells, LAST_V)];
  return cells[IS_LIVE] === 1 && at !== null && v !== null ? { at, v } : null;
}

/** The value that stands is counted from here on. */
export function standFrom(cells: Cell[], t: number): void {
  if (cells[IS_LIVE] === 1) cells[LAST_AT] = t;
}

export function shiftCoverage(cells: Cell[], a: number): void {
  for (const i of [LAST_AT, LATE_AT]) cells[i] = shifted(cells, i, a);
  for (let i = GAPS; i < COVERAGE_CELLS; i++) cells[i] = shifted(cells, i, a);
}

function shifted(cells: readonly Cell[], i: number, a: number): Cell {
  const cell = numberIn(cells, i);
  return cell === null ? null : cell + a;
}

function lateEnd(cells: readonly Cell[], maxGapMs: number): number {
  return (numberIn(cells, LATE_AT) ?? 0) + maxGapMs;
}

/** What the last late reading says up to `to`, as far as it lies in gaps. */
function flushLate(cells: Cell[], to: number, account: Account): void {
  const [from, v] = [numberIn(cells, LATE_AT), numberIn(cells, LATE_V)];
  cells[LATE_AT] = null;
  cells[LATE_V] = null;
  if (from === null || v === null || to <= from) return;
  const gaps = gapsOf(cells);
  const left: [number, number][] = [];
  for (const [begin, end] of gaps) {
    const [a, b] = [Math.max(begin, from), Math.min(end, to)];
    if (a >= b) {
      left.push([begin, end]);
      continue;
    }
    account(a, b, v);
    if (begin < a) left.push([begin, a]);
    if (b < end) left.push([b, end]);
  }
  putGaps(cells, left);
}

function addGap(cells: Cell[], from: number, to: number): void {
  putGaps(cells, [...gapsOf(cells), [from, to]]);
}

function gapsOf(cells: readonly Cell[]): [number, number][] {
  const gaps: [number, number][] = [];
  for (let i = GAPS; i < COVERAGE_CELLS; i += 2) {
    const [from, to] = [numberIn(cells, i), numberIn(cells, i + 1)];
    if (from !== null && to !== null) gaps.push([from, to]);
  }
  return gaps;
}

function putGaps(cells: Cell[], gaps: readonly (readonly [number, number])[]): void {
  const newest = gaps.slice(-MOST_GAPS);
  for (let i = 0; i < MOST_GAPS; i++) {
    cells[GAPS + 2 * i] = newest[i]?.[0] ?? null;
    cells[GAPS + 2 * i + 1] = newest[i]?.[1] ?? null;
  }
}
