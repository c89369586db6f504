import type { Alarm } from '../../api/types.ts';
import { ACKNOWLEDGE, COMMENT, PUT_BACK, RESET, SHELVE, TAKE_OUT, UNSHELVE, type Doing } from './acts.ts';

/** What its state allows, the likeliest first; the gateway has the last word. */
export function doingsFor(alarm: Alarm): readonly Doing[] {
  const { state, longestShelvingMs } = alarm;
  if (state === 'shelved') return [UNSHELVE, TAKE_OUT, COMMENT];
  if (state === 'outOfService') return [PUT_BACK, COMMENT];
  if (state === 'suppressed') return [COMMENT, TAKE_OUT];
  const first = isCalling(alarm) ? [ACKNOWLEDGE] : [];
  const reset = state === 'latchedAcknowledged' ? [RESET] : [];
  return [...first, ...reset, ...(longestShelvingMs > 0 ? [SHELVE] : []), COMMENT, TAKE_OUT];
}

export function isCalling({ state }: Alarm): boolean {
  return /unacknowledged/i.test(state);
}
