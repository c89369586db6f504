import { suggestion } from '../../domain/nearest.ts';
import type { StreamSpec } from '../../domain/stream.ts';
import { changedWithout, readCommand } from '../commanded.ts';
import type { Fields } from '../fields.ts';
import type { Level } from '../rule.ts';
import { Signal } from '../signal.ts';
import { thresholdOf } from '../threshold.ts';
import type { Kind } from './kind.ts';

/** Words for the two values of an on/off stream. */
const WORDS: Readonly<Record<string, number>> = { closed: 0, open: 1, off: 0, on: 1 };

/** The states of one stream, by its own scale. */
export type States = (stream: StreamSpec) => readonly number[];

/**
 * A door, barrier or input in one of the states `is:` for longer than raise-after; or one that came
 * into them `without-command: 15s`, no command to it within so long before or after.
 */
export const state: Kind = {
  about: 'stream',
  keys: ['is', 'without-command'],
  raiseAfter: true,
  seesLate: true,
  looksAround: false,
  check(level, streams, { site }): Level['bind'] | null {
    const states = readStates(level, streams);
    const command = level.has('without-command')
      ? readCommand(level, 'without-command', streams, site)
      : undefined;
    if (states === null || command === null) return null;
    if (command !== undefined) return (stream) => changedWithout(stream, command, states(stream));
    return (stream) => {
      const scaled = states(stream);
      return {
        limits: [],
        test: (v) => (scaled.includes(v) ? Signal.raise : Signal.clear),
        coverMs: stream.maxGapMs,
        silenceMs: null,
        watch: null,
      };
    };
  },
};

/** Reads `is:`, a state word or whole number or a list of them, that every stream can be in. */
export function readStates(level: Fields, streams: readonly StreamSpec[]): States | null {
  const raw = level.raw('is');
  if (raw === undefined) return level.missing('is', 'a state such as open, or a list of whole numbers');
  const states: number[] = [];
  for (const item of Array.isArray(raw) ? raw : [raw]) {
    const value = typeof item === 'string' ? WORDS[item] : item;
    if (typeof value !== 'number' || !Number.isSafeInteger(value)) {
      const hint = typeof item === 'string' ? suggestion(item, Object.keys(WORDS)) : '';
      return level.fail('is', `must be a state word or a whole number${hint}`);
    }
    states.push(value);
  }
  if (states.length === 0) return level.fail('is', 'names no state');
  const unfit = streams.find((s) => states.some((value) => scaledState(value, s.exp) === null));
  if (unfit !== undefined)
    return level.fail('is', `cannot be a value of stream ${unfit.id} (exponent ${unfit.exp})`);
  const odd = streams.find((s) => s.unit !== '1');
  if (odd !== undefined) return level.fail('is', `is a state, but stream ${odd.id} measures in ${odd.unit}`);
  return (stream) => states.flatMap((value) => scaledState(value, stream.exp) ?? []);
}

function scaledState(value: number, exp: number): number | null {
  const scaled = thresholdOf({ digits: value, exp: 0 }, exp);
  return scaled !== null && scaled.floor === scaled.ceil ? scaled.floor : null;
}
