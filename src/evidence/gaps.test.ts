import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Coverage } from './gaps.ts';
import { GapReason } from './segment.ts';

const { deviceSilent, valuesUnusable, gatewayDown, notStarted } = GapReason;
const T1 = 1000;
type Step = readonly [t: number, usable: boolean];

function gaps(start: Partial<ConstructorParameters<typeof Coverage>[0]>, steps: readonly Step[]) {
  const coverage = new Coverage({ t0: 0, maxGapMs: 100, coveredUntil: null, ...start });
  for (const [t, usable] of steps) {
    if (usable) coverage.usable(t);
    else coverage.unusable(t);
  }
  return coverage.gaps(T1).map((g) => [g.from, g.to, g.reason]);
}

describe('gaps', () => {
  it('end with a reading and begin when its time is over', () => {
    expect(
      gaps({}, [
        [50, true],
        [120, true],
        [400, true],
      ]),
    ).toEqual([
      [0, 50, deviceSilent],
      [220, 400, deviceSilent],
      [500, 1000, deviceSilent],
    ]);
  });

  it('are none where one reading follows on another exactly', () => {
    expect(
      gaps({ maxGapMs: 500 }, [
        [0, true],
        [500, true],
      ]),
    ).toEqual([]);
  });

  it('begin after the coverage by earlier blocks', () => {
    expect(gaps({ coveredUntil: 300 }, [])).toEqual([[300, 1000, deviceSilent]]);
    expect(gaps({ coveredUntil: 1000 }, [])).toEqual([]);
    expect(gaps({ coveredUntil: -5, reason: gatewayDown }, [])).toEqual([[0, 1000, gatewayDown]]);
  });

  it('say why nothing is known from the start, but not of what comes later', () => {
    expect(
      gaps({ reason: notStarted }, [
        [10, false],
        [300, true],
      ]),
    ).toEqual([
      [0, 300, notStarted],
      [400, 1000, deviceSilent],
    ]);
    expect(gaps({ reason: gatewayDown, coveredUntil: 40 }, [[300, true]])).toEqual([
      [40, 300, deviceSilent],
      [400, 1000, deviceSilent],
    ]);
  });

  it('tell a device without usable values from a silent one', () => {
    expect(
      gaps({}, [
        [0, true],
        [50, false],
        [500, true],
        [700, false],
        [800, false],
      ]),
    ).toEqual([
      [100, 500, deviceSilent],
      [600, 1000, valuesUnusable],
    ]);
    // A reading at the very end of a gap does not lie in it.
    expect(
      gaps({}, [
        [0, true],
        [500, false],
        [500, true],
        [950, true],
      ]),
    ).toEqual([
      [100, 500, deviceSilent],
      [600, 950, deviceSilent],
    ]);
  });

  it('are the whole block where a reading covers no time', () => {
    expect(gaps({ maxGapMs: 0 }, [[10, true]])).toEqual([[0, 1000, deviceSilent]]);
  });

  it('are exactly the milliseconds that no usable reading covers, as maximal intervals', () => {
    const step = fc.tuple(fc.nat(300), fc.boolean());
    const steps = fc.array(step, { maxLength: 20 }).map((s) => s.toSorted(([a], [b]) => a - b));
    const until = fc.option(fc.integer({ min: -50, max: 350 }));
    fc.assert(
      fc.property(
        steps,
        until,
        fc.nat(80),
        fc.integer({ min: 301, max: 400 }),
        (all, coveredUntil, maxGapMs, t1) => {
          const coverage = new Coverage({ t0: 0, maxGapMs, coveredUntil });
          const covered = new Set<number>();
          for (let ms = 0; ms < (coveredUntil ?? 0); ms++) covered.add(ms);
          for (const [t, usable] of all) {
            if (!usable) coverage.unusable(t);
            else {
              coverage.usable(t);
              for (let ms = t; ms < t + maxGapMs; ms++) covered.add(ms);
            }
          }
          const found = coverage.gaps(t1);
          const open = new Set(
            found.flatMap((g) => Array.from({ length: g.to - g.from }, (_, i) => g.from + i)),
          );
          for (let ms = 0; ms < t1; ms++) expect(open.has(ms), `ms ${ms}`).toBe(!covered.has(ms));
          found.forEach((g, i) => expect(g.from).toBeGreaterThan(found[i - 1]?.to ?? -1));
          const last = Math.max(...covered) + 1;
          if (covered.size > 0 && last > 0) expect(coverage.coveredUntil).toBe(last);
        },
      ),
    );
  });
});
