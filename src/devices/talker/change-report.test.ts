import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Reading } from '../../domain/reading.ts';
import { ChangeReport } from './change-report.ts';

const of = (v: number | null, q = 0): Reading => ({ stream: 'scale-1/weight', v, q });
const news = new Map([['scale-1/weight', { deadband: 5, spacingMs: 300 }]] as const);

/** What is told of one value every 100 ms. */
function told(values: readonly (Reading | number | null)[]): string[] {
  const report = new ChangeReport(10_000, news);
  return values.flatMap((value, i) => {
    const reading = value === null || typeof value === 'number' ? of(value) : value;
    return report.pick([reading], i * 100).map((r) => `${i}: ${r.v}/${r.q}`);
  });
}

describe('what is told of many frames', () => {
  it('the first, then changes beyond the deadband, not nearer together than the spacing', () => {
    expect(told([100, 105, 95, 106, 112, 118, 124, 130, 130])).toEqual(['0: 100/0', '3: 106/0', '6: 124/0']);
  });

  it('the last of changes that came too near together, once its time has come', () => {
    expect(told([0, 0, 0, 10, 50, 50, 50, 50])).toEqual(['0: 0/0', '3: 10/0', '6: 50/0']);
  });

  it('a change of quality like one of value, and a value that went or came at once', () => {
    expect(told([1, of(1, 2), of(1, 2), of(1, 2), 1, null, null, 1])).toEqual([
      '0: 1/0',
      '3: 1/2',
      '5: null/0',
      '7: 1/0',
    ]);
  });

  it('an unchanged value again a little before its time', () => {
    const report = new ChangeReport(1000, new Map());
    expect([0, 500, 899, 900, 1700, 1800].filter((t) => report.pick([of(7)], t).length > 0)).toEqual([
      0, 900, 1800,
    ]);
  });

  it('whatever comes: never silent for longer than `every`, never stale by more than the deadband after the spacing', () => {
    const values = fc.array(fc.integer({ min: -20, max: 20 }), { maxLength: 200 });
    fc.assert(
      fc.property(values, (list) => {
        const report = new ChangeReport(2000, news);
        let last = { v: NaN, at: -Infinity };
        for (const [i, v] of list.entries()) {
          const at = i * 100;
          if (report.pick([of(v)], at).length > 0) last = { v, at };
          expect(at - last.at).toBeLessThan(2000);
          if (at - last.at >= 300) expect(Math.abs(v - last.v)).toBeLessThanOrEqual(5);
        }
      }),
    );
  });
});
