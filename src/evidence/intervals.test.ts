import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { duration, intersect, subtract, union } from './intervals.ts';
import type { Interval } from './intervals.ts';

const anyIntervals = fc.array(
  fc.tuple(fc.nat(40), fc.nat(8)).map(([from, length]) => ({ from, to: from + length })),
  { maxLength: 8 },
);

/** The same set as whole milliseconds: what the algebra must agree with. */
function points(intervals: readonly Interval[]): number[] {
  const all = new Set(intervals.flatMap((i) => Array.from({ length: i.to - i.from }, (_, n) => i.from + n)));
  return [...all].sort((x, y) => x - y);
}

describe('sets of time', () => {
  it('are joined, cut and taken away as sets of milliseconds are', () => {
    fc.assert(
      fc.property(anyIntervals, anyIntervals, (x, y) => {
        const [a, b] = [union(x), union(y)];
        const inB = new Set(points(b));
        expect(points(a)).toEqual(points(x));
        expect(points(intersect(a, b))).toEqual(points(a).filter((t) => inB.has(t)));
        expect(points(subtract(a, b))).toEqual(points(a).filter((t) => !inB.has(t)));
        expect(duration(a)).toBe(points(a).length);
      }),
    );
  });

  it('are apart: what touches is one interval', () => {
    expect(
      union([
        { from: 5, to: 9 },
        { from: 1, to: 5 },
        { from: 3, to: 3 },
      ]),
    ).toEqual([{ from: 1, to: 9 }]);
  });
});
