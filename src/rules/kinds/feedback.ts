import { RecordType } from '../../domain/record.ts';
import { isCarriedOut, readCommand } from '../commanded.ts';
import { remembers } from '../remembers.ts';
import { Signal } from '../signal.ts';
import { numberIn, shiftAt } from '../watch.ts';
import type { Kind } from './kind.ts';
import { readStates } from './state.ts';

/** Places in the cells: the last value; when the answer is due, or Infinity's null; whether it is missing. */
const VALUE = 0;
const DUE = 1;
const IS_MISSING = 2;

/** A command without its answer: `after: { verb: barrier-open, within: 10s }` the stream must be `is: open`. */
export const feedback: Kind = {
  about: 'stream',
  keys: ['after', 'is'],
  raiseAfter: false,
  seesLate: false,
  looksAround: false,
  check(level, streams, { site }) {
    const states = readStates(level, streams);
    if (!level.has('after')) return level.missing('after', 'a command such as { verb: open, within: 10s }');
    const expected = readCommand(level, 'after', streams, site);
    if (states === null || expected === null) return null;
    if (expected.verb === null) return level.fail('after', 'must name the verb whose answer is awaited');
    return (stream) => {
      const wanted = states(stream);
      const any = { ...expected, verb: null };
      return remembers({
        inputs: [stream],
        records: [RecordType.command],
        meaning: 'feedback',
        fresh: () => [null, null, 0],
        take: (cells, happening) => {
          if (happening.is === 'start') return Signal.notYet;
          if (happening.is === 'time') {
            cells[DUE] = null;
            cells[IS_MISSING] = 1;
            return Signal.raise;
          }
          if (happening.is === 'record') {
            if (!isCarriedOut(happening.record, any, stream)) return null;
            // Another command takes back the one before.
            cells[DUE] = null;
            cells[IS_MISSING] = 0;
            const isMeant = isCarriedOut(happening.record, expected, stream);
            const isThere = wanted.includes(numberIn(cells, VALUE) ?? Number.NaN);
            if (isMeant && !isThere) cells[DUE] = happening.t + expected.withinMs;
            return isMeant && !isThere ? Signal.hold : Signal.clear;
          }
          if (happening.is !== 'reading') return null;
          cells[VALUE] = happening.v;
          if (happening.v === null) return Signal.unknown;
          if (wanted.includes(happening.v)) {
            cells[DUE] = null;
            cells[IS_MISSING] = 0;
          }
          return cells[IS_MISSING] === 1 ? Signal.raise : cells[DUE] === null ? Signal.clear : Signal.hold;
        },
        due: (cells) => numberIn(cells, DUE) ?? Infinity,
        shift: (cells, a) => shiftAt(cells, a, DUE),
      });
    };
  },
};
