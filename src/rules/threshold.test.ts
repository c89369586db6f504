import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { add, compare, negate, thresholdOf } from './threshold.ts';

const decimal = fc.record({
  digits: fc.oneof(fc.integer({ min: -1000, max: 1000 }), fc.maxSafeInteger()),
  exp: fc.integer({ min: -6, max: 6 }),
});
const exponent = fc.integer({ min: -6, max: 6 });
/** Common exponent at which everything above is a whole number. */
const FINE = -12;

function fine(digits: number, exp: number): bigint {
  return BigInt(digits) * 10n ** BigInt(exp - FINE);
}

describe('a threshold', () => {
  it('compares with every integer as the exact decimal does', () => {
    fc.assert(
      fc.property(decimal, exponent, fc.integer({ min: -3, max: 3 }), (d, exp, near) => {
        const threshold = thresholdOf(d, exp);
        if (threshold === null) return;
        const v = threshold.floor + near;
        if (!Number.isSafeInteger(v)) return;
        const [x, y] = [fine(v, exp), fine(d.digits, d.exp)];
        expect([v > threshold.floor, v >= threshold.ceil, v < threshold.ceil, v <= threshold.floor]).toEqual([
          x > y,
          x >= y,
          x < y,
          x <= y,
        ]);
      }),
      { numRuns: 2000 },
    );
  });

  it('is refused exactly when an integer neighbour is not safe', () => {
    fc.assert(
      fc.property(decimal, exponent, (d, exp) => {
        const unit = 10n ** BigInt(exp - FINE);
        const exact = fine(d.digits, d.exp);
        const most = BigInt(Number.MAX_SAFE_INTEGER) * unit;
        const fits = exact <= most && exact >= -most;
        expect(thresholdOf(d, exp) !== null).toBe(fits);
      }),
    );
  });

  it('adds, negates and compares exactly or not at all', () => {
    fc.assert(
      fc.property(decimal, decimal, (a, b) => {
        const sum = add(a, negate(b));
        if (sum !== null)
          expect(fine(sum.digits, sum.exp)).toBe(fine(a.digits, a.exp) - fine(b.digits, b.exp));
        const difference = fine(a.digits, a.exp) - fine(b.digits, b.exp);
        expect(Math.sign(compare(a, b))).toBe(difference === 0n ? 0 : difference > 0n ? 1 : -1);
      }),
    );
  });
});
