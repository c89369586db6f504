import type { Stream } from '../../api/types.ts';

/** What may be said of a stream's value at this moment. */
export type Truth = 'known' | 'stale' | 'bad' | 'never' | 'lost';

/** Stale, outside range, substituted, backfilled: such a value says nothing about now. */
const NOT_USABLE = 1 | 2 | 4 | 32;

/**
 * The page ages a value by itself: a stream that falls silent becomes stale without being told, and
 * without a connection nothing is known.
 */
export function truthOf({ latest, staleAfterMs, state }: Stream, now: number, isLive: boolean): Truth {
  if (!isLive) return 'lost';
  if (latest === null || state === 'never') return 'never';
  if (latest.v === null || (latest.q & NOT_USABLE) !== 0) return 'bad';
  return state === 'stale' || now - latest.t > staleAfterMs ? 'stale' : 'known';
}
