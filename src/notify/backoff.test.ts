import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { backoffMs, CHANNEL_BACKOFF } from './backoff.ts';

describe('the back-off of a channel', () => {
  it('doubles from 1 s to 5 min', () => {
    const full = [1, 2, 3, 4, 9, 10, 1000].map((n) => backoffMs(CHANNEL_BACKOFF, n, 1));
    expect(full).toEqual([1000, 2000, 4000, 8000, 256_000, 300_000, 300_000]);
  });

  it('is jittered between half and all of it', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 5000 }),
        fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true }),
        (n, random) => {
          const full = backoffMs(CHANNEL_BACKOFF, n, 1);
          const ms = backoffMs(CHANNEL_BACKOFF, n, random);
          return ms >= full / 2 && ms <= full;
        },
      ),
    );
  });
});
