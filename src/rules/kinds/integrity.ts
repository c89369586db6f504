import { suggestion } from '../../domain/nearest.ts';
import { RecordType, StatementKind, SystemCode, type LogRecord, type Value } from '../../domain/record.ts';
import { display, type Fields } from '../fields.ts';
import { hexOf } from '../../domain/hex.ts';
import { Pulse } from '../pulse.ts';
import { remembers } from '../remembers.ts';
import type { Condition } from '../rule.ts';
import { Signal } from '../signal.ts';
import { readDuration } from '../values.ts';
import { numberIn, shiftAt } from '../watch.ts';
import type { Kind } from './kind.ts';

/** Events of the gateway about itself by their code, and what others said of its log by their word. */
const EVENTS: ReadonlyMap<string, number | string> = new Map<string, number | string>([
  ['tail-broken', SystemCode.tailBroken],
  ['epoch-continues', SystemCode.epochContinues],
  ['records-shed', SystemCode.shed],
  ['rollback', SystemCode.rollbackFound],
  ['frame-refused', SystemCode.refused],
  // A witness names a larger log than was signed here; a witness or a ledger holds another history of it.
  ['witness-ahead', 'ahead'],
  ['history-refused', 'refused INCONSISTENT'],
]);

/** Which hash of event 7 is of what. */
const HASHES: ReadonlyMap<string, number> = new Map([
  ['rules', 0],
  ['configuration', 1],
]);

/**
 * The gateway's own integrity: one of the `events` it tells of itself, `changed: [rules, configuration]`
 * against what was in force before, or no anchor that is final for `anchored: 15m`.
 */
export const integrity: Kind = {
  about: 'gateway',
  keys: ['events', 'changed', 'anchored'],
  raiseAfter: false,
  seesLate: false,
  looksAround: true,
  check(level) {
    const used = ['events', 'changed', 'anchored'].filter((key) => level.has(key));
    const [key, second] = used;
    if (key === undefined) return level.missing('events', 'what is looked for: events, changed or anchored');
    if (second !== undefined) return level.fail(second, `cannot stand beside ${key}; a rule for each`);
    if (key === 'anchored') {
      const withinMs = readDuration(level, 'anchored', 1000);
      return withinMs === null ? null : () => anchored(withinMs);
    }
    if (key === 'events') {
      const words = readWords(level, key, EVENTS);
      return words === null ? null : () => told(words);
    }
    const places = readWords(level, key, HASHES);
    return places === null ? null : () => changed(places);
  },
};

function readWords<T>(level: Fields, key: string, known: ReadonlyMap<string, T>): T[] | null {
  const raw = level.raw(key);
  const list: readonly unknown[] = Array.isArray(raw) ? raw : [raw];
  const codes: T[] = [];
  for (const word of list) {
    const code = typeof word === 'string' ? known.get(word) : undefined;
    if (code === undefined) {
      const names = [...known.keys()];
      return level.fail(key, `"${display(word)}" is none of them${suggestion(display(word), names)}`);
    }
    codes.push(code);
  }
  return codes.length > 0 ? codes : level.fail(key, 'names nothing');
}

/** A statement's first item is its kind, the second what was said; a system record's first is its code. */
function isOneOf(codes: readonly (number | string)[], { type, body }: LogRecord): boolean {
  const [first, said] = body;
  if (type === RecordType.system) return codes.includes(Number(first));
  return first === StatementKind.anchorOutcome && typeof said === 'string' && codes.includes(said);
}

function told(codes: readonly (number | string)[]): Condition {
  const pulse = new Pulse(0);
  return remembers({
    records: [RecordType.system, RecordType.statement],
    meaning: 'events',
    fresh: () => [null],
    take: (cells, happening) => {
      if (happening.is === 'time') return pulse.end(cells);
      if (happening.is === 'start') return cells[0] === null ? Signal.clear : null;
      if (happening.is !== 'record') return null;
      return isOneOf(codes, happening.record) ? pulse.begin(cells, happening.t) : null;
    },
    due: (cells) => pulse.due(cells),
    shift: (cells, a) => pulse.shift(cells, a),
  });
}

/** The hashes that were in force, as text; what is in force first is no change. */
function changed(places: readonly number[]): Condition {
  const pulse = new Pulse(0);
  return remembers({
    records: [RecordType.ruleSet],
    meaning: `changed ${places.join(' ')}`,
    fresh: () => [null, null],
    take: (cells, happening) => {
      if (happening.is === 'time') return pulse.end(cells);
      if (happening.is === 'start') return cells[0] === null ? Signal.clear : null;
      if (happening.is !== 'record') return null;
      const now = places.map((place) => hashAt(happening.record.body[place])).join(' ');
      const before = cells[1];
      cells[1] = now;
      return before === null || before === now ? null : pulse.begin(cells, happening.t);
    },
    due: (cells) => pulse.due(cells),
    shift: (cells, a) => pulse.shift(cells, a),
  });
}

function hashAt(value: Value | undefined): string {
  return value instanceof Uint8Array ? hexOf(value) : '';
}

/** Places in the cells: the last final anchor, or when it was first waited for; whether that is too long ago. */
const ANCHORED_AT = 0;
const IS_LATE = 1;

function anchored(withinMs: number): Condition {
  return remembers({
    records: [RecordType.statement],
    meaning: 'anchored',
    fresh: () => [null, 0],
    take: (cells, happening) => {
      cells[ANCHORED_AT] ??= happening.t;
      if (happening.is === 'record') {
        const [kind, said] = happening.record.body;
        if (kind !== StatementKind.anchorOutcome || said !== 'final') return null;
        cells[ANCHORED_AT] = happening.t;
      }
      const late = happening.t >= (numberIn(cells, ANCHORED_AT) ?? 0) + withinMs;
      cells[IS_LATE] = late ? 1 : 0;
      return late ? Signal.raise : Signal.clear;
    },
    due: (cells) => {
      const at = numberIn(cells, ANCHORED_AT);
      return at === null || cells[IS_LATE] === 1 ? Infinity : at + withinMs;
    },
    shift: (cells, a) => shiftAt(cells, a, ANCHORED_AT),
  });
}
