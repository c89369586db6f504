import type { OpenStream, StreamSpec } from '../../domain/stream.ts';
import { compare, sizeAt } from '../threshold.ts';
import type { Decimal } from '../../domain/units.ts';
import type { Fields } from '../fields.ts';
import { readQuantity } from '../quantity.ts';
import { remembers } from '../remembers.ts';
import type { Level } from '../rule.ts';
import { Signal } from '../signal.ts';
import { readCount, readDuration } from '../values.ts';
import { numberIn, type Cell } from '../watch.ts';
import type { Kind } from './kind.ts';

/** A window is remembered by so many points at most, spread over it. */
const MOST_POINTS = 32;
const USUAL_SAMPLES = 5;

/** What a line through the points of a window says: its slope per ms, and its value now. */
type Fit = { readonly slope: number; readonly now: number };
type Judge = (fit: Fit) => Signal;

/**
 * Change per time. `rise` or `fall: 2 °C` of the line fitted through the window `over: 10m`, back
 * under it by `deadband`; or `toward: 8 °C, within: 30m`, so far ahead on that line.
 */
export const rate: Kind = {
  about: 'stream',
  keys: ['rise', 'fall', 'toward', 'within', 'over', 'deadband', 'least'],
  raiseAfter: true,
  seesLate: false,
  looksAround: false,
  check(level, streams) {
    const overMs = readDuration(level, 'over', 1);
    const least = readLeast(level);
    const judgeOf = readJudge(level, overMs ?? 1, streams);
    if (overMs === null || least === null || judgeOf === null) return null;
    const slow = streams.find((s) => s.cadenceMs * (least - 1) > overMs);
    if (slow !== undefined) {
      return level.fail(
        'over',
        `never holds ${least} readings of stream ${slow.id}, which has one each ${slow.cadenceMs}ms`,
      );
    }
    return (stream) => rateOf(stream, overMs, least, judgeOf(stream));
  },
};

function readLeast(level: Fields): number | null {
  if (!level.has('least')) return USUAL_SAMPLES;
  const least = readCount(level.raw('least'), 'sample');
  if (least !== null && least >= 2 && least <= MOST_POINTS) return least;
  return level.fail('least', `must be from 2 samples to ${MOST_POINTS} samples`);
}

function readJudge(
  level: Fields,
  overMs: number,
  streams: readonly StreamSpec[],
): ((stream: StreamSpec) => Judge) | null {
  const used = ['rise', 'fall', 'toward'].filter((key) => level.has(key));
  const [key, second] = used;
  if (key === undefined) return level.missing('rise', 'a change: rise, fall or toward');
  if (second !== undefined) return level.fail(second, `cannot stand beside ${key}; keep one of them`);
  const value = readQuantity(level, key, level.raw(key), streams);
  if (key === 'toward') {
    const withinMs = readDuration(level, 'within', 1);
    if (value === null || withinMs === null) return null;
    return (stream) => towards(sizeAt(value, stream.exp), withinMs);
  }
  const deadband = readQuantity(level, 'deadband', level.raw('deadband'), streams);
  if (value === null || deadband === null) return null;
  if (value.digits <= 0) return level.fail(key, 'must be more than nothing');
  if (deadband.digits < 0) return level.fail('deadband', 'must not be negative');
  if (compare(deadband, value) >= 0) {
    return level.fail('deadband', `is as much as ${key}: what stands still would never clear`);
  }
  return (stream) => changing(key === 'rise' ? 1 : -1, value, deadband, overMs, stream.exp);
}

function changing(sign: 1 | -1, value: Decimal, deadband: Decimal, overMs: number, exp: number): Judge {
  const limit = sizeAt(value, exp);
  const back = limit - sizeAt(deadband, exp);
  return ({ slope }) => {
    const change = sign * slope * overMs;
    if (change > limit) return Signal.raise;
    return change <= back ? Signal.clear : Signal.hold;
  };
}

/** Clears when at half the slope it would still take longer. */
function towards(goal: number, withinMs: number): Judge {
  return ({ slope, now }) => {
    const way = goal - now;
    if (way * slope <= 0) return way === 0 ? Signal.hold : Signal.clear;
    const reach = Math.abs(slope) * withinMs;
    if (Math.abs(way) <= reach) return Signal.raise;
    return Math.abs(way) > 2 * reach ? Signal.clear : Signal.hold;
  };
}

function rateOf(stream: OpenStream, overMs: number, least: number, judge: Judge): ReturnType<Level['bind']> {
  return remembers(
    {
      inputs: [stream],
      meaning: `rate ${overMs}`,
      take: (cells, happening) => {
        if (happening.is === 'start') return Signal.notYet;
        if (happening.is !== 'reading') return null;
        if (happening.v === null) return Signal.unknown;
        forget(cells, happening.t - overMs);
        const n = cells.length / 2 + 1;
        const fit = fitOf(cells, happening.t, happening.v);
        keep(cells, happening.t, happening.v, overMs);
        return n < least || fit === null ? Signal.notYet : judge(fit);
      },
      shift: (cells, a) => {
        for (let i = 0; i < cells.length; i += 2) cells[i] = (numberIn(cells, i) ?? 0) + a;
      },
    },
    stream.maxGapMs,
  );
}

function forget(cells: Cell[], before: number): void {
  let gone = 0;
  while (gone < cells.length && (numberIn(cells, gone) ?? 0) < before) gone += 2;
  if (gone > 0) cells.splice(0, gone);
}

function keep(cells: Cell[], t: number, v: number, overMs: number): void {
  const last = numberIn(cells, cells.length - 2);
  if (last === null || t - last >= overMs / MOST_POINTS) cells.push(t, v);
}

/** Least squares, with times counted back from now; null for points of one time. */
function fitOf(cells: readonly Cell[], t: number, v: number): Fit | null {
  const n = cells.length / 2 + 1;
  let [sumX, sumY] = [0, v];
  for (let i = 0; i < cells.length; i += 2) {
    sumX += (numberIn(cells, i) ?? 0) - t;
    sumY += numberIn(cells, i + 1) ?? 0;
  }
  const [meanX, meanY] = [sumX / n, sumY / n];
  let [xx, xy] = [meanX * meanX, -meanX * (v - meanY)];
  for (let i = 0; i < cells.length; i += 2) {
    const x = (numberIn(cells, i) ?? 0) - t - meanX;
    xx += x * x;
    xy += x * ((numberIn(cells, i + 1) ?? 0) - meanY);
  }
  if (xx === 0) return null;
  const slope = xy / xx;
  return { slope, now: meanY - slope * meanX };
}
