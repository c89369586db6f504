import type { Level, Rule } from './rule.ts';
import { remembers } from './remembers.ts';
import { Signal } from './signal.ts';
import { numberIn, shiftAt, type Cell } from './watch.ts';

/** Places in the cells: since when it was outside, how often, and the last late reading, by the device's time. */
const OUTSIDE_SINCE = 0;
const SAMPLES = 1;
const LAST_AT = 2;
/** When the last late reading came, by ours. */
const CAME = 3;

/**
 * What late readings show to have been outside, by the same limit and delay but in the device's
 * own time. It is over when they are inside again, or when no more of them come.
 */
export function discovered(rule: Rule): Level['bind'] {
  return (stream, world) => {
    const levels = rule.levels.map((level) => ({ ...level, ...level.bind(stream, world) }));
    const take = (cells: Cell[], v: number, at: number, t: number): Signal => {
      const last = numberIn(cells, LAST_AT);
      const isNext = last !== null && at >= last && at - last <= stream.maxGapMs;
      const isOutside = levels.some(({ test }) => test(v) === Signal.raise);
      if (!isOutside || !isNext || cells[OUTSIDE_SINCE] === null)
        cells[OUTSIDE_SINCE] = isOutside ? at : null;
      cells[SAMPLES] = isOutside && isNext ? (numberIn(cells, SAMPLES) ?? 0) + 1 : isOutside ? 1 : 0;
      cells[LAST_AT] = at;
      cells[CAME] = t;
      const since = numberIn(cells, OUTSIDE_SINCE) ?? at;
      const samples = numberIn(cells, SAMPLES) ?? 0;
      const isLong = levels.some(({ test, raise }) => {
        if (test(v) !== Signal.raise) return false;
        return 'ms' in raise ? at - since >= raise.ms : samples >= raise.samples;
      });
      if (isLong) return Signal.raise;
      return levels.every(({ test }) => test(v) === Signal.clear) ? Signal.clear : Signal.hold;
    };
    const condition = remembers({
      inputs: [stream],
      hears: 'late',
      fresh: () => [null, 0, null, null],
      take: (cells, happening) => {
        if (happening.is === 'late') return take(cells, happening.v, happening.at, happening.t);
        if (happening.is !== 'time') return null;
        cells.splice(0, 4, null, 0, null, null);
        return Signal.clear;
      },
      due: (cells) => (numberIn(cells, CAME) ?? Infinity) + stream.maxGapMs,
      shift: (cells, a) => shiftAt(cells, a, CAME),
    });
    const [first, ...others] = levels;
    // Most rules have one level, and its list is shared by all their streams.
    const limits =
      first === undefined ? [] : others.length === 0 ? first.limits : levels.flatMap((l) => l.limits);
    return { ...condition, limits };
  };
}
