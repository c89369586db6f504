import { describe, expect, it } from 'vitest';
import { depotRule, objections, Story } from '../../test/rules/depot.ts';
import { decayOf, meanKinetic } from '../domain/mean-kinetic.ts';

const M = 60_000;
const H = 60 * M;
const T = 'vaccine-1/temperature';

function exposure(rest: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  return depotRule({ kind: 'exposure', on: { stream: T }, ...rest });
}

const HOT = exposure({ 'at-least': '45 °C', single: '1h' });
const WARM = exposure({ 'at-least': '30 °C', sum: '10h' });

describe('the mean kinetic temperature', () => {
  it.each([
    [
      [
        [23, 5],
        [1, 25],
      ],
      '7.7564',
    ],
    [
      [
        [1, 20],
        [1, 25],
        [1, 30],
      ],
      '25.8582',
    ],
    [
      [
        [20, 22],
        [4, 35],
      ],
      '25.7478',
    ],
    [
      [
        [1, 2],
        [1, 8],
      ],
      '5.5364',
    ],
    [[[24, 5]], '5.0000'],
  ] as const)('of %j (times, °C) is %s', (parts, expected) => {
    const hours = parts.reduce((sum, [n]) => sum + n, 0);
    const decay = parts.reduce((sum, [n, celsius]) => sum + decayOf(celsius, n * H), 0);
    expect(meanKinetic(decay, hours * H).toFixed(4)).toBe(expected);
  });

  it('keeps its digits in the cold and in the heat', () => {
    expect(meanKinetic(decayOf(-40, H), H)).toBeCloseTo(-40, 3);
    expect(meanKinetic(decayOf(79, H), H)).toBeCloseTo(79, 3);
  });
});

describe('a rule of mean kinetic temperature', () => {
  const MKT = exposure({ 'mean-kinetic': '8 °C', over: '24h', deadband: '0.2 °C' });

  it('says nothing before nine tenths of its window are covered, then raises above the limit', () => {
    const story = new Story([MKT]).hold({ [T]: 50 }, 21 * H, 2 * M);
    expect(story.said()).toEqual([]);
    // 21 h of 5 °C and so much of 25 °C: 7.7564 °C would be one hour.
    expect(story.hold({ [T]: 250 }, H, 2 * M).words()).toEqual([]);
    expect(story.hold({ [T]: 250 }, H, 2 * M).words()).toEqual(['r opened']);
    expect(story.hold({ [T]: 50 }, 24 * H, 2 * M).words()).toEqual(['r closed']);
  });

  it('is not known once the window has too great a gap', () => {
    const story = new Story([MKT]).hold({ [T]: 50 }, 25 * H, 2 * M).wait(3 * H);
    expect(story.hold({ [T]: 50 }, 4 * M, 2 * M).words()).toEqual(['r unknown']);
  });

  it('counts what comes late', () => {
    const story = new Story([MKT]).hold({ [T]: 50 }, 20 * H, 2 * M);
    const gap = story.t;
    story.wait(4 * H);
    for (let at = gap; at < gap + 4 * H; at += 2 * M) story.late(T, 250, at);
    expect(story.read(T, 50).words()).toEqual(['r unknown', 'r known', 'r opened']);
  });

  it('is of temperatures', () => {
    expect(
      objections({ ...MKT, on: { stream: 'probe-1/humidity' }, 'mean-kinetic': 8, deadband: 1 }),
    ).toEqual(['mean-kinetic: is of temperatures; stream probe-1/humidity is in %']);
  });
});

describe('a timer of exposure', () => {
  it('of one piece raises after it, at the limit itself, and never by half of it twice', () => {
    expect(new Story([HOT]).hold({ [T]: 450 }, H).said()).toEqual(['60 r opened 450 p2 @27.59']);
    expect(new Story([HOT]).hold({ [T]: 449 }, 2 * H).said()).toEqual([]);
    const twice = new Story([HOT])
      .hold({ [T]: 460 }, H - M)
      .hold({ [T]: 440 }, M)
      .hold({ [T]: 460 }, H - M);
    expect(twice.said()).toEqual([]);
  });

  it('sums up pieces, and never clears by itself', () => {
    const story = new Story([WARM]);
    for (let i = 0; i < 4; i++) story.hold({ [T]: 310 }, 2 * H).hold({ [T]: 200 }, H);
    expect(story.said()).toEqual([]);
    expect(story.hold({ [T]: 310 }, 2 * H).said()).toEqual(['840 r opened 310 p2 @27.839']);
    expect(story.hold({ [T]: 50 }, 24 * H).said()).toEqual([]);
    expect(story.act('restart', T).words()).toEqual(['r closed']);
  });

  it('does not count what is not known, but keeps what it had over a restart', () => {
    const story = new Story([WARM])
      .hold({ [T]: 310 }, 9 * H)
      .wait(5 * H)
      .restart()
      .system(1)
      .read(T, 310);
    // The last reading speaks for three minutes.
    expect(story.words()).toEqual([]);
    expect(story.hold({ [T]: 310 }, 57 * M).words()).toEqual([]);
    expect(story.hold({ [T]: 310 }, 3 * M).words()).toEqual(['r opened']);
  });

  it('counts what comes late, once', () => {
    const story = new Story([WARM]).hold({ [T]: 310 }, 6 * H);
    const gap = story.t;
    story.wait(4 * H).read(T, 200);
    const tell = (): void => {
      for (let at = gap; at < gap + 3 * H + 30 * M; at += M) story.late(T, 310, at);
    };
    tell();
    tell();
    expect(story.read(T, 200).words()).toEqual([]);
    for (let at = gap + 3 * H + 30 * M; at < gap + 4 * H; at += M) story.late(T, 310, at);
    expect(story.wait(M).read(T, 200).words()).toEqual(['r opened']);
  });

  it('raises now when what comes late shows that it was enough before', () => {
    const story = new Story([WARM]).hold({ [T]: 310 }, 6 * H);
    const gap = story.t;
    story.wait(4 * H).hold({ [T]: 310 }, H);
    for (let at = gap; at < gap + 4 * H; at += M) story.late(T, 310, at);
    const now = (story.t - 1_800_000_000_000) / M;
    expect(story.said()).toEqual([`${now} r opened 310 p2 @27.${360 + 60 + 180}`]);
  });

  it('says that it does not know, and raises all the same when it was enough', () => {
    const story = new Story([HOT]).hold({ [T]: 450 }, 30 * M).read(T, null);
    expect(story.words()).toEqual(['r unknown']);
    expect(story.hold({ [T]: 450 }, 30 * M).words()).toEqual(['r known', 'r opened']);
  });

  it('is not hurried by a clock that is set', () => {
    const story = new Story([HOT])
      .hold({ [T]: 450 }, 30 * M)
      .system(3, H)
      .hold({ [T]: 450 }, 29 * M);
    expect(story.words()).toEqual([]);
    expect(story.hold({ [T]: 450 }, 2 * M).words()).toEqual(['r opened']);
  });

  it.each([
    [
      { ...HOT, single: undefined },
      'sum: is missing; expected a time in all (sum), or in one piece (single)',
    ],
    [{ ...HOT, sum: '1h' }, 'single: cannot stand beside sum; keep one of them'],
    [{ ...HOT, above: '46 °C' }, 'at-least: cannot stand beside above; a rule for each'],
    [
      { ...HOT, 'at-least': undefined },
      'at-least: is missing; expected a limit: above, below, at-least, at-most',
    ],
    [
      { ...HOT, 'raise-after': '1m' },
      'raise-after: does not apply here; this kind waits by its own above, below, at-least, at-most, sum, single, mean-kinetic, over, deadband',
    ],
    [
      exposure({ 'mean-kinetic': '8 °C', over: '24h', deadband: 0, sum: '1h' }),
      'sum: cannot stand beside mean-kinetic; keep one of them',
    ],
  ])('is refused: %j', (raw, problem) => {
    expect(objections(raw)).toContain(problem);
  });
});
