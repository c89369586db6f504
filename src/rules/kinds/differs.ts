import type { OpenStream } from '../../domain/stream.ts';
import { Latest } from '../latest.ts';
import type { Fields } from '../fields.ts';
import { readNeighbours } from '../neighbours.ts';
import { readQuantity } from '../quantity.ts';
import { meaningOf } from '../meaning.ts';
import { remembers } from '../remembers.ts';
import { Signal } from '../signal.ts';
import { compare, sizeAt } from '../threshold.ts';
import { readDuration } from '../values.ts';
import type { Cell } from '../watch.ts';
import type { Kind } from './kind.ts';

/**
 * A value further than `by: 3 °C` from the median of its neighbours, back by `deadband`. Neighbours
 * are those of the same quantity in the same zone, or what `from` selects; without one it is not known.
 * Or `clock: 60s`: the device's own time is so far from ours (behind by more than max-gap it is late instead).
 */
export const differs: Kind = {
  about: 'stream',
  keys: ['by', 'from', 'deadband', 'clock'],
  raiseAfter: true,
  seesLate: false,
  looksAround: true,
  check(level, streams, { site }) {
    if (level.has('clock')) return readClock(level);
    const by = readQuantity(level, 'by', level.raw('by'), streams);
    const deadband = readQuantity(level, 'deadband', level.raw('deadband'), streams);
    const beside = readNeighbours(level, 'from', streams, site);
    if (by === null || deadband === null || beside === null) return null;
    if (by.digits <= 0) return level.fail('by', 'must be more than nothing');
    if (deadband.digits < 0) return level.fail('deadband', 'must not be negative');
    if (compare(deadband, by) > 0) return level.fail('deadband', 'is more than by: it could never clear');
    return (stream, world) => {
      const others = beside(stream, world.streams, world.zones);
      const inputs = [stream, ...others];
      const exp = Math.min(...inputs.map((s) => s.exp));
      const limit = sizeAt(by, exp);
      const back = limit - sizeAt(deadband, exp);
      const latest = new Latest(inputs);
      const judge = (cells: readonly Cell[]): Signal => {
        const own = latest.value(cells, 0);
        const known = others.flatMap((s, i) => scaled(s, latest.value(cells, i + 1), exp));
        if (own === null || known.length === 0)
          return latest.isAwaited(cells) ? Signal.notYet : Signal.unknown;
        const distance = Math.abs(own * 10 ** (stream.exp - exp) - medianOf(known));
        if (distance > limit) return Signal.raise;
        return distance <= back ? Signal.clear : Signal.hold;
      };
      return remembers({
        inputs,
        meaning: meaningOf(
          'latest',
          inputs.map(({ id }) => id),
        ),
        fresh: () => latest.fresh(),
        take: (cells, happening) => (latest.take(cells, happening) ? judge(cells) : null),
        due: (cells) => latest.due(cells),
        shift: (cells, a) => latest.shift(cells, a),
      });
    };
  },
};

function readClock(level: Fields): ReturnType<Kind['check']> {
  const offMs = readDuration(level, 'clock', 1);
  const other = ['by', 'from', 'deadband'].find((key) => level.has(key));
  if (other !== undefined) return level.fail(other, 'cannot stand beside clock; keep one of them');
  if (offMs === null) return null;
  return (stream) =>
    remembers(
      {
        inputs: [stream],
        take: (_, happening) => {
          if (happening.is === 'start') return Signal.notYet;
          if (happening.is !== 'reading' || happening.at === null) return null;
          return Math.abs(happening.at - happening.t) > offMs ? Signal.raise : Signal.clear;
        },
      },
      stream.maxGapMs,
    );
}

function scaled({ exp }: OpenStream, v: number | null, to: number): number[] {
  return v === null ? [] : [v * 10 ** (exp - to)];
}

function medianOf(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const upper = sorted[middle] ?? 0;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? 0) + upper) / 2;
}
