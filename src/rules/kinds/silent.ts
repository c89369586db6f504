import type { Fields } from '../fields.ts';
import type { Level } from '../rule.ts';
import { Signal } from '../signal.ts';
import { readCount, readDuration } from '../values.ts';
import type { Kind } from './kind.ts';

const MOST_CADENCES = 10_000;

/** No usable reading for `for: 3 cadences` or `for: 3m`, also when none ever came since the start. */
export const silent: Kind = {
  about: 'stream',
  keys: ['for'],
  raiseAfter: false,
  seesLate: false,
  looksAround: false,
  check(level, streams) {
    const spanOf = readSpan(level);
    if (spanOf === null) return null;
    const odd = streams.find((s) => !(spanOf(s.cadenceMs) > 0));
    if (odd !== undefined)
      return level.fail('for', `has no length on stream ${odd.id}: its cadence is ${odd.cadenceMs}ms`);
    return silenceOver(spanOf);
  },
};

/** Silence of a length that may depend on the stream's cadence, ms. */
export function silenceOver(spanOf: (cadenceMs: number) => number): Level['bind'] {
  return (stream) => {
    const span = spanOf(stream.cadenceMs);
    return { limits: [], test: () => Signal.clear, coverMs: span, silenceMs: span, watch: null };
  };
}

function readSpan(level: Fields): ((cadenceMs: number) => number) | null {
  const raw = level.raw('for');
  if (raw === undefined) return level.missing('for', 'a time or a count, such as 3m or 3 cadences');
  const cadences = readCount(raw, 'cadence');
  if (cadences === null) {
    const ms = readDuration(level, 'for', 1);
    return ms === null ? null : () => ms;
  }
  if (cadences < 1 || cadences > MOST_CADENCES) {
    return level.fail('for', `must be from 1 to ${MOST_CADENCES} cadences`);
  }
  return (cadenceMs) => cadences * cadenceMs;
}
