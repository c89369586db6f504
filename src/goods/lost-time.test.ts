import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Breach, ControlGap } from '../domain/goods/status.ts';
import { coverageOf } from './coverage.ts';
import { MOST_BREACHES, MOST_GAPS, NOTHING_LOST, spansOf, withBreach, withGap } from './lost-time.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

function gap(from: number, to: number): ControlGap {
  return { from, to, cause: 'device-silent', sources: [], refs: [], filledLate: false };
}

function breach(from: number, to: number): Breach {
  return { from, to, by: 'goods-leave', refs: [] };
}

describe('lost time', () => {
  it('keeps its figures when the oldest gaps and breaches become sums', () => {
    const steps = fc.array(
      fc.record({
        pause: fc.integer({ min: 1, max: 6 * HOUR }),
        length: fc.integer({ min: 1, max: HOUR }),
        isBreach: fc.boolean(),
      }),
      { minLength: 300, maxLength: 900 },
    );
    fc.assert(
      fc.property(steps, fc.integer({ min: 1, max: 30 * DAY }), (list, back) => {
        let [kept, t] = [NOTHING_LOST, 1000 * DAY];
        const all = { gaps: [] as ControlGap[], breaches: [] as Breach[], sums: [] };
        const begin = t;
        for (const { pause, length, isBreach } of list) {
          t += pause;
          if (isBreach) {
            kept = withBreach(kept, breach(t, t + length));
            all.breaches.push(breach(t, t + length));
          } else {
            kept = withGap(kept, gap(t, t + length));
            all.gaps.push(gap(t, t + length));
            t += length;
          }
        }
        t += HOUR;
        expect(kept.gaps.length).toBeLessThanOrEqual(MOST_GAPS);
        expect(kept.breaches.length).toBeLessThanOrEqual(MOST_BREACHES);
        expect(kept.hours.length).toBeLessThan(33 * 24);
        expect(kept.summedGaps + kept.gaps.length).toBe(all.gaps.length);
        const exact = { ...all, gaps: all.gaps.map(closed), breaches: all.breaches.map(closed) };
        const spans = spansOf(kept, null, t);
        expect(coverageOf(spans, begin, t)).toEqual(coverageOf(exact, begin, t));
        const [month, truth] = [coverageOf(spans, t - back, t), coverageOf(exact, t - back, t)];
        expect(month.knownMs).toBeLessThanOrEqual(truth.knownMs);
        expect(truth.knownMs - month.knownMs).toBeLessThanOrEqual(HOUR);
      }),
      { numRuns: 60 },
    );
  });

  it('counts what lasts until now', () => {
    const lost = withBreach(NOTHING_LOST, { from: 2000, to: null, by: 'x', refs: [] });
    expect(coverageOf(spansOf(lost, { from: 1000 }, 5000), 0, 5000)).toMatchObject({
      gapMs: 4000,
      breachMs: 0,
      coverage: 2000,
    });
  });
});

function closed(one: { readonly from: number; readonly to: number | null }): { from: number; to: number } {
  return { from: one.from, to: one.to ?? one.from };
}
