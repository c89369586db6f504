import type { OpenStream, StreamSpec } from '../../domain/stream.ts';
import { suggestion } from '../../domain/nearest.ts';
import type { Fields } from '../fields.ts';
import { Latest } from '../latest.ts';
import { readQuantity } from '../quantity.ts';
import { meaningOf } from '../meaning.ts';
import { remembers } from '../remembers.ts';
import { Signal } from '../signal.ts';
import { thresholdOf } from '../threshold.ts';
import type { Cell } from '../watch.ts';
import type { Kind, Scope } from './kind.ts';

/** True, false, or null for not known. */
type Fact = boolean | null;

const OPEN = 1;

/**
 * A vehicle that is `slower: 5 km/h`, `off` every stop named (the zones of its map; `any` are all of
 * them), and with a `door: open`: as many of these as are given. The subject is its speed.
 */
export const route: Kind = {
  about: 'stream',
  keys: ['slower', 'off', 'door'],
  raiseAfter: true,
  seesLate: false,
  looksAround: true,
  check(level, streams, { site }) {
    const slower = readQuantity(level, 'slower', level.raw('slower'), streams);
    const off = level.has('off') ? readStops(level, streams, site) : [];
    const hasDoor = level.has('door');
    if (slower === null || off === null) return null;
    if (hasDoor && level.raw('door') !== 'open') return level.fail('door', 'must be open');
    const doorless = streams.find((s) => hasDoor && !site.streams.some((o) => isDoor(s, o)));
    if (doorless !== undefined && site.complete) {
      return level.fail('door', `names nothing: no stream of quantity door belongs to ${doorless.dev}`);
    }
    return (stream, world) => {
      const stops = world.streams.filter(
        (s) => isStop(stream, s) && (off === 'any' || off.includes(nameOf(s))),
      );
      const doors = hasDoor ? world.streams.filter((s) => isDoor(stream, s)) : [];
      const latest = new Latest([stream, ...stops, ...doors]);
      const edge = thresholdOf(slower, stream.exp)?.ceil ?? 0;
      const judge = (cells: readonly Cell[]): Signal => {
        const speed = latest.value(cells, 0);
        const stopped: Fact = speed === null ? null : speed < edge;
        const isAtNone = every(stops.map((_, i) => not(isOne(latest.value(cells, 1 + i)))));
        const open = doors.map((_, i) => isOne(latest.value(cells, 1 + stops.length + i)));
        const all = every([stopped, isAtNone, ...(hasDoor ? [not(every(open.map(not)))] : [])]);
        if (all === null) return latest.isAwaited(cells) ? Signal.notYet : Signal.unknown;
        return all ? Signal.raise : Signal.clear;
      };
      return remembers({
        inputs: [stream, ...stops, ...doors],
        meaning: meaningOf(
          'latest',
          [...stops, ...doors].map(({ id }) => id),
        ),
        fresh: () => latest.fresh(),
        take: (cells, happening) => (latest.take(cells, happening) ? judge(cells) : null),
        due: (cells) => latest.due(cells),
        shift: (cells, a) => latest.shift(cells, a),
      });
    };
  },
};

function readStops(
  level: Fields,
  streams: readonly StreamSpec[],
  site: Scope['site'],
): string[] | 'any' | null {
  const raw = level.raw('off');
  const known = site.streams.filter((s) => streams.some((own) => isStop(own, s))).map(nameOf);
  if (raw === 'any') return 'any';
  if (!Array.isArray(raw) || raw.length === 0)
    return level.fail('off', 'must be any, or a list of zones of the map');
  const off: string[] = [];
  for (const name of raw) {
    if (typeof name !== 'string') return level.fail('off', 'must be any, or a list of zones of the map');
    if (!known.includes(name) && site.complete) {
      return level.fail('off', `"${name}" is no zone of the map${suggestion(name, known)}`);
    }
    off.push(name);
  }
  return off;
}

function isStop(own: StreamSpec, { dev, quantity }: StreamSpec): boolean {
  return dev === own.dev && quantity === 'inside';
}

function isDoor(own: StreamSpec, { dev, place, quantity, kind }: StreamSpec): boolean {
  return kind === 1 && quantity === 'door' && (dev === own.dev || (place !== '' && place === own.place));
}

function nameOf({ ch }: StreamSpec | OpenStream): string {
  return ch.replace(/^inside-/, '');
}

function isOne(v: number | null): Fact {
  return v === null ? null : v === OPEN;
}

function not(fact: Fact): Fact {
  return fact === null ? null : !fact;
}

/** False if one is false, else unknown if one is unknown. */
function every(facts: readonly Fact[]): Fact {
  if (facts.includes(false)) return false;
  return facts.includes(null) ? null : true;
}
