import { suggestion } from '../../domain/nearest.ts';
import { RecordType, ReleaseStep } from '../../domain/record.ts';
import { display, type Fields } from '../fields.ts';
import { Pulse } from '../pulse.ts';
import { remembers } from '../remembers.ts';
import { Signal } from '../signal.ts';
import { readText } from '../values.ts';
import type { Kind } from './kind.ts';

const STEPS: ReadonlyMap<string, ReleaseStep> = new Map(Object.entries(ReleaseStep));
/** Places in the body of a release (leaf type 10). */
const [STEP, DETAIL] = [1, 3];

/** A step of a release: one of `steps`, and where `why: contradiction` is said only with that word before its colon. */
export const release: Kind = {
  about: 'gateway',
  keys: ['steps', 'why'],
  raiseAfter: false,
  seesLate: false,
  looksAround: true,
  check(level) {
    const steps = readSteps(level);
    const why = level.has('why') ? readText(level, 'why', 'the word that the step gives as its reason') : '';
    if (steps === null || why === null) return null;
    const pulse = new Pulse(0);
    return () =>
      remembers({
        records: [RecordType.release],
        meaning: 'release',
        fresh: () => [null],
        take: (cells, happening) => {
          if (happening.is === 'time') return pulse.end(cells);
          if (happening.is === 'start') return cells[0] === null ? Signal.clear : null;
          if (happening.is !== 'record') return null;
          const { body, t } = happening.record;
          if (!steps.some((step) => step === body[STEP])) return null;
          return why === '' || String(body[DETAIL]).startsWith(`${why}:`) ? pulse.begin(cells, t) : null;
        },
        due: (cells) => pulse.due(cells),
        shift: (cells, a) => pulse.shift(cells, a),
      });
  },
};

function readSteps(level: Fields): ReleaseStep[] | null {
  const raw = level.raw('steps');
  if (raw === undefined) return level.missing('steps', 'steps of a release, such as [refused, override]');
  const list: readonly unknown[] = Array.isArray(raw) ? raw : [raw];
  const steps: ReleaseStep[] = [];
  for (const word of list) {
    const step = typeof word === 'string' ? STEPS.get(word) : undefined;
    if (step === undefined)
      return level.fail(
        'steps',
        `"${display(word)}" is no step of a release${suggestion(display(word), [...STEPS.keys()])}`,
      );
    steps.push(step);
  }
  return steps.length > 0 ? steps : level.fail('steps', 'names nothing');
}
