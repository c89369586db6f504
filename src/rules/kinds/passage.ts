import type { Release } from '../../domain/goods/facts.ts';
import { RecordType } from '../../domain/record.ts';
import type { Fields } from '../fields.ts';
import { Pulse } from '../pulse.ts';
import { remembers } from '../remembers.ts';
import type { Condition } from '../rule.ts';
import { Signal } from '../signal.ts';
import { epcOf, lateAt, readEpcs } from '../tags.ts';
import type { OpenStream } from '../../domain/stream.ts';
import { readDuration } from '../values.ts';
import { numberIn, type Cell } from '../watch.ts';
import type { Kind } from './kind.ts';

/** Places in the cells: the last passage; then EPC and time of tags seen at the side they come from. */
const PASSED_AT = 0;
const SEEN = 1;
const WIDTH = 2;
const MOST_TAGS = 500;
const ANTENNA = 2;
/** So long it is told that nobody knows whether the goods that passed might. */
const UNKNOWN_MS = 60_000;

const RELEASES = ['none', 'needed', 'kept'] as const;
/** What a rule raises on, of what is said of goods that pass. */
const FIRES: Readonly<Record<(typeof RELEASES)[number], readonly Release['is'][]>> = {
  none: ['unreleased'],
  needed: ['unreleased'],
  kept: ['wrong-goods', 'excess', 'wrong-way'],
};

/**
 * A tag read at an antenna of `from` and `within: 10s` at one of `to`, both of one read point: goods that
 * pass a portal. With `release: needed` only those that no order lets go, with `release: kept` those that pass
 * against an order: others than it names, more, or the other way. Without goods on record both are not known.
 */
export const passage: Kind = {
  about: 'point',
  keys: ['from', 'to', 'within', 'tags', 'release'],
  raiseAfter: false,
  seesLate: false,
  looksAround: true,
  check(level) {
    const from = readAntennas(level, 'from');
    const to = readAntennas(level, 'to');
    const withinMs = readDuration(level, 'within', 1);
    const isGoods = level.has('tags') ? readEpcs(level, 'tags') : (): boolean => true;
    if (from === null || to === null || withinMs === null || isGoods === null) return null;
    const both = from.find((antenna) => to.includes(antenna));
    if (both !== undefined) return level.fail('to', `has antenna ${both} of from: that shows no direction`);
    const release = level.raw('release') ?? 'none';
    const asked = RELEASES.find((word) => word === release);
    if (asked === undefined) return level.fail('release', 'must be none, needed or kept');
    return (stream) => passageAt(stream, { from, to, withinMs, isGoods, asked });
  },
};

type Wanted = {
  readonly from: readonly number[];
  readonly to: readonly number[];
  readonly withinMs: number;
  readonly isGoods: (epc: string) => boolean;
  readonly asked: (typeof RELEASES)[number];
};

function readAntennas(level: Fields, key: string): number[] | null {
  const raw = level.raw(key);
  if (raw === undefined) return level.missing(key, 'antennas, such as [1, 2]');
  const list: readonly unknown[] = Array.isArray(raw) ? raw : [raw];
  const antennas = list.filter((a): a is number => typeof a === 'number' && Number.isInteger(a) && a >= 0);
  if (antennas.length === list.length && list.length > 0) return antennas;
  return level.fail(key, 'must be antennas, such as [1, 2]');
}

function passageAt(stream: OpenStream, { from, to, withinMs, isGoods, asked }: Wanted): Condition {
  const pulse = new Pulse(PASSED_AT, asked === 'none' ? 1 : UNKNOWN_MS);
  return remembers({
    records: [RecordType.observation, RecordType.round, RecordType.statement],
    meaning: 'passage',
    fresh: () => [null],
    take: (cells, happening) => {
      if (happening.is === 'start') return Signal.notYet;
      if (happening.is === 'time') return pulse.end(cells);
      if (happening.is !== 'record') return null;
      const { goods } = happening;
      const { type, slot, body, t } = happening.record;
      const quiet = cells[PASSED_AT] === null ? Signal.clear : null;
      if (type === RecordType.statement) {
        // A portal whose reader is ill says nothing about who passes.
        return body[1] === stream.dev && body[2] === 0 ? Signal.unknown : null;
      }
      if (slot !== stream.slot) return null;
      if (type === RecordType.round) return quiet;
      const epc = epcOf(body);
      if (epc === null || !isGoods(epc)) return quiet;
      const antenna = Number(body[ANTENNA]);
      // Goods that left while their reader was cut off are told as soon as that is known.
      const at = lateAt(body) ?? t;
      forgetBefore(cells, at - withinMs);
      if (from.includes(antenna)) {
        take(cells, epc, at);
        return quiet;
      }
      if (!to.includes(antenna) || !leave(cells, epc)) return quiet;
      const said =
        asked === 'none' ? 'unreleased' : (goods?.release(epc, stream.id, 'out', at).is ?? 'unknown');
      if (said === 'unknown') {
        pulse.begin(cells, t);
        return Signal.unknown;
      }
      return FIRES[asked].includes(said) ? pulse.begin(cells, t) : quiet;
    },
    due: (cells) => pulse.due(cells),
    shift: (cells, a) => {
      pulse.shift(cells, a);
      for (let i = SEEN; i < cells.length; i += WIDTH) cells[i + 1] = (numberIn(cells, i + 1) ?? 0) + a;
    },
  });
}

function forgetBefore(cells: Cell[], before: number): void {
  for (let i = cells.length - WIDTH; i >= SEEN; i -= WIDTH) {
    if ((numberIn(cells, i + 1) ?? 0) < before) cells.splice(i, WIDTH);
  }
}

/** The newest stand behind; beyond the most the oldest is forgotten. */
function take(cells: Cell[], epc: string, t: number): void {
  leave(cells, epc);
  cells.push(epc, t);
  if ((cells.length - SEEN) / WIDTH > MOST_TAGS) cells.splice(SEEN, WIDTH);
}

function leave(cells: Cell[], epc: string): boolean {
  for (let i = SEEN; i < cells.length; i += WIDTH) {
    if (cells[i] !== epc) continue;
    cells.splice(i, WIDTH);
    return true;
  }
  return false;
}
