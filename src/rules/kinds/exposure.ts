import type { OpenStream, StreamSpec } from '../../domain/stream.ts';
import { cover, COVERAGE_CELLS, freshCoverage, shiftCoverage, standFrom, standing } from '../coverage.ts';
import type { Fields } from '../fields.ts';
import { kineticExposure } from '../kinetic-exposure.ts';
import { readQuantity } from '../quantity.ts';
import { remembers } from '../remembers.ts';
import { isRestart, RESTART } from '../restart.ts';
import { RecordType } from '../../domain/record.ts';
import type { Condition, Limit } from '../rule.ts';
import { Signal } from '../signal.ts';
import { thresholdOf } from '../threshold.ts';
import { readDuration } from '../values.ts';
import { numberIn, type Cell } from '../watch.ts';
import type { Kind } from './kind.ts';

/** Cells behind those of the coverage: time outside in all, in the last piece, the end of that; whether it was enough. */
const SUM = COVERAGE_CELLS;
const PIECE = COVERAGE_CELLS + 1;
const PIECE_END = COVERAGE_CELLS + 2;
const IS_REACHED = COVERAGE_CELLS + 3;

const LIMITS = ['above', 'below', 'at-least', 'at-most'] as const;

/**
 * Time outside a limit: `at-least: 30 °C, sum: 10h` in all, or `single: 1h` in one piece (the timer
 * sets of WHO). Or `mean-kinetic: 8 °C, over: 24h`. Late readings count; what is not known does not,
 * and nothing is counted anew before a person says so (act `restart` of this rule's alarm).
 */
export const exposure: Kind = {
  about: 'stream',
  keys: [...LIMITS, 'sum', 'single', 'mean-kinetic', 'over', 'deadband'],
  raiseAfter: false,
  seesLate: false,
  looksAround: false,
  check(level, streams) {
    if (level.has('mean-kinetic')) return readKinetic(level, streams);
    const outsideOf = readOutside(level, streams);
    const other = ['sum', 'single'].filter((key) => level.has(key));
    if (other.length !== 1) {
      const [, second] = other;
      if (second === undefined) return level.missing('sum', 'a time in all (sum), or in one piece (single)');
      return level.fail(second, 'cannot stand beside sum; keep one of them');
    }
    const key = level.has('sum') ? 'sum' : 'single';
    const enoughMs = readDuration(level, key, 1);
    if (outsideOf === null || enoughMs === null) return null;
    const limits = limitsOf(level, streams);
    return (stream) => ({ ...timer(stream, outsideOf(stream), key, enoughMs), limits });
  },
};

function readKinetic(level: Fields, streams: readonly StreamSpec[]): ReturnType<Kind['check']> {
  const above = readQuantity(level, 'mean-kinetic', level.raw('mean-kinetic'), streams);
  const deadband = readQuantity(level, 'deadband', level.raw('deadband'), streams);
  const overMs = readDuration(level, 'over', 60_000);
  const other = [...LIMITS, 'sum', 'single'].find((key) => level.has(key));
  if (other !== undefined) return level.fail(other, 'cannot stand beside mean-kinetic; keep one of them');
  if (above === null || deadband === null || overMs === null) return null;
  if (deadband.digits < 0) return level.fail('deadband', 'must not be negative');
  const odd = streams.find((s) => s.unit !== 'Cel');
  if (odd !== undefined)
    return level.fail('mean-kinetic', `is of temperatures; stream ${odd.id} is in ${odd.unit}`);
  const limits = [{ side: 'above', value: above }] as const;
  return (stream) => ({ ...kineticExposure(stream, above, deadband, overMs), limits });
}

/** For people, who are not told whether the limit itself counts. */
function limitsOf(level: Fields, streams: readonly StreamSpec[]): Limit[] {
  const key = LIMITS.find((one) => level.has(one));
  const value = key === undefined ? null : readQuantity(level, key, level.raw(key), streams);
  if (value === null) return [];
  return [{ side: key === 'above' || key === 'at-least' ? 'above' : 'below', value }];
}

type Outside = (v: number) => boolean;

function readOutside(level: Fields, streams: readonly StreamSpec[]): ((s: StreamSpec) => Outside) | null {
  const used = LIMITS.filter((key) => level.has(key));
  const [key, second] = used;
  if (key === undefined) return level.missing('at-least', `a limit: ${LIMITS.join(', ')}`);
  if (second !== undefined) return level.fail(second, `cannot stand beside ${key}; a rule for each`);
  const limit = readQuantity(level, key, level.raw(key), streams);
  if (limit === null) return null;
  return ({ exp }) => {
    const edge = thresholdOf(limit, exp) ?? { floor: Infinity, ceil: -Infinity };
    if (key === 'above') return (v) => v > edge.floor;
    if (key === 'below') return (v) => v < edge.ceil;
    return key === 'at-least' ? (v) => v >= edge.ceil : (v) => v <= edge.floor;
  };
}

function timer(stream: OpenStream, isOutside: Outside, key: 'sum' | 'single', enoughMs: number): Condition {
  const place = key === 'sum' ? SUM : PIECE;
  const account =
    (cells: Cell[]) =>
    (from: number, to: number, v: number): void => {
      if (!isOutside(v)) return;
      const goesOn = cells[PIECE_END] === from;
      cells[SUM] = (numberIn(cells, SUM) ?? 0) + to - from;
      cells[PIECE] = (goesOn ? (numberIn(cells, PIECE) ?? 0) : 0) + to - from;
      cells[PIECE_END] = to;
      if ((numberIn(cells, place) ?? 0) >= enoughMs) cells[IS_REACHED] = 1;
    };
  /** When the value that stands now will have been enough. */
  const due = (cells: readonly Cell[]): number => {
    const now = standing(cells);
    if (now === null || cells[IS_REACHED] === 1 || !isOutside(now.v)) return Infinity;
    const counts = key === 'sum' || cells[PIECE_END] === now.at;
    const at = now.at + enoughMs - (counts ? (numberIn(cells, place) ?? 0) : 0);
    return at <= now.at + stream.maxGapMs ? at : Infinity;
  };
  return remembers({
    inputs: [stream],
    hears: 'all',
    records: [RecordType.act],
    acts: [RESTART],
    meaning: `exposure ${key}`,
    fresh: () => [...freshCoverage(), 0, 0, null, 0],
    take: (cells, happening) => {
      const { is } = happening;
      if (is === 'record') {
        if (!isRestart(happening.record, stream)) return null;
        cells.splice(SUM, 4, 0, 0, null, 0);
        standFrom(cells, happening.t);
        return Signal.clear;
      }
      if (is === 'reading' && happening.v !== null) {
        cover(cells, happening.t, happening.v, true, stream.maxGapMs, account(cells));
      } else if (is === 'late') {
        cover(cells, happening.at, happening.v, false, stream.maxGapMs, account(cells));
      }
      // What comes late may show that it was enough before now.
      if (due(cells) <= happening.t) cells[IS_REACHED] = 1;
      if (cells[IS_REACHED] === 1) return Signal.raise;
      if (is === 'late') return null;
      if (is === 'start') return Signal.notYet;
      return is === 'reading' && happening.v === null ? Signal.unknown : Signal.clear;
    },
    due,
    shift: (cells, a) => {
      shiftCoverage(cells, a);
      const end = numberIn(cells, PIECE_END);
      if (end !== null) cells[PIECE_END] = end + a;
    },
  });
}
