import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { coverageOf, shareText, truncatedShare, unionMs, type Span } from './coverage.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

function of(gaps: readonly Span[], breaches: readonly Span[], ms: number): ReturnType<typeof coverageOf> {
  return coverageOf({ gaps, breaches, sums: [] }, 0, ms);
}

describe('coverage', () => {
  it('of 30 days with one gap of 47 minutes is 99.89 %, and not unbroken', () => {
    const gap = { from: 5 * DAY, to: 5 * DAY + 47 * MINUTE };
    const found = of([gap], [], 30 * DAY);
    expect(found).toMatchObject({ coverage: 9989, controlledShare: 9989, isUnbroken: false });
    expect(found.gapMs).toBe(47 * MINUTE);
    expect(shareText(9989)).toBe('99.89');
  });

  it('of a day with gaps 10:00 to 10:20 and 10:15 to 10:45 is 96.87 %', () => {
    const gaps = [
      { from: 10 * HOUR, to: 10 * HOUR + 20 * MINUTE },
      { from: 10 * HOUR + 15 * MINUTE, to: 10 * HOUR + 45 * MINUTE },
    ];
    expect(of(gaps, [], DAY)).toMatchObject({
      gapMs: 45 * MINUTE,
      coverage: 9687,
      controlledShare: 9687,
    });
  });

  it('of 30 days with a gap of 2 seconds is 99.99 %, and not unbroken', () => {
    expect(of([{ from: DAY, to: DAY + 2000 }], [], 30 * DAY)).toMatchObject({
      coverage: 9999,
      isUnbroken: false,
    });
  });

  it('of 7 days with a breach of 90 minutes is whole, and the controlled share is 99.10 %', () => {
    const found = of([], [{ from: DAY, to: DAY + 90 * MINUTE }], 7 * DAY);
    expect(found).toMatchObject({ coverage: 10_000, controlledShare: 9910, isUnbroken: false });
  });

  it('is unbroken only without any gap or breach, and no share of an empty span', () => {
    expect(of([], [], DAY)).toMatchObject({ coverage: 10_000, isUnbroken: true });
    expect(of([], [], 0)).toMatchObject({ coverage: null, controlledShare: null, isUnbroken: false });
  });

  it('agrees with counting every minute', () => {
    const span = fc
      .tuple(fc.integer({ min: 0, max: 300 }), fc.integer({ min: 1, max: 60 }))
      .map(([from, length]) => ({ from: from * MINUTE, to: (from + length) * MINUTE }));
    const spans = fc.array(span, { maxLength: 8 });
    const window = fc.tuple(fc.integer({ min: 0, max: 150 }), fc.integer({ min: 1, max: 250 }));
    fc.assert(
      fc.property(spans, spans, window, (gaps, breaches, [start, length]) => {
        let [gap, breach] = [0, 0];
        for (let minute = start; minute < start + length; minute++) {
          const holds = ({ from, to }: Span): boolean => from <= minute * MINUTE && minute * MINUTE < to;
          if (gaps.some(holds)) gap++;
          else if (breaches.some(holds)) breach++;
        }
        const [from, to] = [start * MINUTE, (start + length) * MINUTE];
        const found = coverageOf({ gaps, breaches, sums: [] }, from, to);
        expect([found.gapMs, found.breachMs]).toEqual([gap * MINUTE, breach * MINUTE]);
        expect(found.coverage).toBe(Math.floor(((length - gap) * 10_000) / length));
        expect(found.controlledShare).toBe(Math.floor(((length - gap - breach) * 10_000) / length));
        expect(unionMs(gaps, from, to)).toBe(gap * MINUTE);
      }),
    );
  });

  it('never rounds a share up, however long the span', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 40 * 366 * DAY }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (whole, of1) => {
          const part = Math.floor(whole * of1);
          const share = BigInt(truncatedShare(part, whole) ?? -1);
          expect(share * BigInt(whole)).toBeLessThanOrEqual(BigInt(part) * 10_000n);
          expect((share + 1n) * BigInt(whole)).toBeGreaterThan(BigInt(part) * 10_000n);
        },
      ),
    );
  });
});
