import type { StreamSpec } from '../domain/stream.ts';
import type { Fields } from './fields.ts';
import type { Kind } from './kinds/kind.ts';
import { readStates } from './kinds/state.ts';
import { Latest } from './latest.ts';
import { remembers } from './remembers.ts';
import { Signal } from './signal.ts';
import { numberIn, type Cell } from './watch.ts';

const DAY_MS = 86_400_000;
const MINUTE_MS = 60_000;
const HOURS = /^(\d{2}):(\d{2})-(\d{2}):(\d{2})([+-])(\d{2}):(\d{2})$/;

/** Hours of each day, as offsets of a UTC day: [from, to), ms; `to` may lie before `from`, over midnight. */
type Hours = { readonly from: number; readonly to: number };

/** A stream that must be in a state `is: on` `between: 22:00-06:00+08:00`; not known is not well. */
export function hoursRule(level: Fields, streams: readonly StreamSpec[]): ReturnType<Kind['check']> {
  const hours = readHours(level);
  const states = readStates(level, streams);
  const other = ['every', 'act', 'since'].find((key) => level.has(key));
  if (other !== undefined) return level.fail(other, 'cannot stand beside between; keep one of them');
  if (hours === null || states === null) return null;
  return (stream) => {
    const wanted = states(stream);
    const latest = new Latest([stream]);
    /** Behind the latest value: when something was last heard of. */
    const NOW = 2;
    const judge = (cells: readonly Cell[], t: number): Signal => {
      if (!isWithin(hours, t)) return Signal.clear;
      const v = latest.value(cells, 0);
      if (v === null) return latest.isAwaited(cells) ? Signal.notYet : Signal.unknown;
      return wanted.includes(v) ? Signal.clear : Signal.raise;
    };
    return remembers({
      inputs: [stream],
      meaning: `latest ${stream.id}`,
      fresh: () => [...latest.fresh(), null],
      take: (cells, happening) => {
        if (!latest.take(cells, happening)) return null;
        cells[NOW] = happening.t;
        return judge(cells, happening.t);
      },
      due: (cells) => {
        const now = numberIn(cells, NOW);
        return Math.min(latest.due(cells), now === null ? Infinity : nextEdge(hours, now));
      },
      shift: (cells, a) => {
        latest.shift(cells, a);
        const now = numberIn(cells, NOW);
        if (now !== null) cells[NOW] = now + a;
      },
    });
  };
}

function readHours(level: Fields): Hours | null {
  const raw = level.raw('between');
  const match = typeof raw === 'string' ? HOURS.exec(raw.trim()) : null;
  if (match === null)
    return level.fail('between', 'must be hours with their zone, such as 22:00-06:00+08:00');
  const [h1 = 0, m1 = 0, h2 = 0, m2 = 0, , oh = 0, om = 0] = match.slice(1).map(Number);
  if (h1 > 23 || h2 > 23 || oh > 14 || m1 > 59 || m2 > 59 || om > 59) {
    return level.fail('between', 'must be hours from 00:00 to 23:59');
  }
  const offset = (match[5] === '-' ? -1 : 1) * (oh * 60 + om);
  const at = (h: number, m: number): number => modulo((h * 60 + m - offset) * MINUTE_MS);
  const hours = { from: at(h1, m1), to: at(h2, m2) };
  return hours.from === hours.to ? level.fail('between', 'must end at another time than it begins') : hours;
}

function isWithin({ from, to }: Hours, t: number): boolean {
  const at = modulo(t);
  return from < to ? at >= from && at < to : at >= from || at < to;
}

/** The next time, after t, at which the hours begin or end. */
function nextEdge({ from, to }: Hours, t: number): number {
  const wait = (edge: number): number => modulo(edge - t) || DAY_MS;
  return t + Math.min(wait(from), wait(to));
}

function modulo(ms: number): number {
  return ((ms % DAY_MS) + DAY_MS) % DAY_MS;
}
