import { isAct, RecordType } from '../../domain/record.ts';
import type { OpenStream, StreamSpec } from '../../domain/stream.ts';
import type { Fields } from '../fields.ts';
import { hoursRule } from '../hours.ts';
import { remembers } from '../remembers.ts';
import type { Condition } from '../rule.ts';
import { Signal } from '../signal.ts';
import { readDuration, readText } from '../values.ts';
import { numberIn, shiftAt } from '../watch.ts';
import type { Kind } from './kind.ts';
import { readStates, type States } from './state.ts';

/** Places in the cells: when it was last done, or counted from; whether that is too long ago. */
const DONE_AT = 0;
const IS_OVERDUE = 1;

const DATE = /^(\d{4})-(\d{2})-(\d{2})$/;
const VERB = /^[a-z][a-z-]{0,31}$/;

/**
 * What must happen `every: 365d` did not: an act of a person (`act: calibrate` on the stream, its device or
 * zone), a reading in a state (`is: on`), or any usable reading. Counted `since: 2026-05-01`, else from when the
 * rule came into force. Or a state that must be `between: 22:00-06:00+08:00`.
 */
export const due: Kind = {
  about: 'stream',
  keys: ['every', 'act', 'is', 'since', 'between'],
  raiseAfter: false,
  seesLate: false,
  looksAround: true,
  check(level, streams) {
    if (level.has('between')) return hoursRule(level, streams);
    const everyMs = readDuration(level, 'every', 1000);
    const act = level.has('act') ? readText(level, 'act', 'the verb of an act, such as calibrate') : null;
    const states = level.has('is') ? readStates(level, streams) : null;
    const since = level.has('since') ? readDate(level) : null;
    if (act !== null && !VERB.test(act)) return level.fail('act', 'must be a verb of small letters and "-"');
    if (act !== null && level.has('is')) return level.fail('is', 'cannot stand beside act; keep one of them');
    if (everyMs === null || (level.has('act') && act === null)) return null;
    if ((level.has('is') && states === null) || (level.has('since') && since === null)) return null;
    return (stream) => overdue(stream, everyMs, act, states, since);
  },
};

/** A day, as it begins in UTC, ms since 1970. */
function readDate(level: Fields): number | null {
  const raw = level.raw('since');
  const text = raw instanceof Date ? raw.toISOString().slice(0, 10) : raw;
  const match = typeof text === 'string' ? DATE.exec(text) : null;
  const at = match === null ? Number.NaN : Date.UTC(Number(match[1]), Number(match[2]) - 1, Number(match[3]));
  const isReal = Number.isFinite(at) && new Date(at).toISOString().startsWith(String(text));
  return isReal ? at : level.fail('since', 'must be a day such as 2026-05-01');
}

function overdue(
  stream: OpenStream,
  everyMs: number,
  act: string | null,
  states: States | null,
  since: number | null,
): Condition {
  const wanted = states?.(stream) ?? null;
  return remembers({
    inputs: act === null ? [stream] : [],
    records: [RecordType.act, RecordType.ruleSet],
    acts: act === null ? [] : [act],
    meaning: `due ${act ?? wanted?.join(' ') ?? ''} ${since ?? ''}`,
    fresh: () => [since, 0],
    take: (cells, happening) => {
      const { t } = happening;
      cells[DONE_AT] ??= t;
      const isDone =
        happening.is === 'record'
          ? act !== null && isActOn(happening.record.body, act, stream)
          : happening.is === 'reading' &&
            happening.v !== null &&
            (wanted === null || wanted.includes(happening.v));
      if (isDone) cells[DONE_AT] = t;
      cells[IS_OVERDUE] = t >= (numberIn(cells, DONE_AT) ?? t) + everyMs ? 1 : 0;
      return cells[IS_OVERDUE] === 1 ? Signal.raise : Signal.clear;
    },
    due: (cells) => {
      const done = numberIn(cells, DONE_AT);
      return done === null || cells[IS_OVERDUE] === 1 ? Infinity : done + everyMs;
    },
    shift: (cells, a) => shiftAt(cells, a, DONE_AT),
  });
}

function isActOn(body: Parameters<typeof isAct>[0], verb: string, { id, dev, place }: StreamSpec): boolean {
  if (!isAct(body)) return false;
  const [, , said, object, , , , result] = body;
  return said === verb && result === 0 && [id, dev, place].includes(object);
}
