import { describe, expect, it } from 'vitest';
import { depotRule, objections, Story } from '../../test/rules/depot.ts';

const M = 60_000;
const T = 'probe-1/temperature';
const RISE = depotRule({
  kind: 'rate',
  on: { stream: T },
  rise: '2 °C',
  over: '10m',
  deadband: '1 °C',
  'raise-after': '0s',
});

/** Readings a minute apart. */
function series(raw: unknown, values: readonly (number | null)[], id = T): string[] {
  const story = new Story([raw]);
  for (const v of values) story.read(id, v).wait(M);
  return story.said();
}

function slope(step: number): number[] {
  return Array.from({ length: 12 }, (_, i) => 500 + i * step);
}

describe('a rate', () => {
  it('raises on a rise of more than so much over the window, by a line through its points', () => {
    expect(series(RISE, slope(20))).toEqual([]);
    expect(series(RISE, slope(21))).toEqual(['4 r opened 584 p2 @1.4']);
  });

  it('says nothing before it has five points, and clears when it levels off', () => {
    expect(series(RISE, [500, 560, 620, 680])).toEqual([]);
    const level = Array.from({ length: 10 }, () => 800);
    expect(series(RISE, [500, 560, 620, 680, 740, 800, ...level])).toEqual([
      '4 r opened 740 p2 @1.4',
      '13 r closed 800 p2 @1.13',
    ]);
  });

  it('knows nothing without a value, and anew after five', () => {
    const flat = [500, 500, 500, 500, 500];
    expect(series(RISE, [...flat, null, ...flat])).toEqual([
      '5 r unknown null p2 @1.5',
      '6 r known 500 p2 @1.6',
    ]);
  });

  it('sees a limit coming', () => {
    const raw = depotRule({
      kind: 'rate',
      on: { stream: T },
      toward: '8 °C',
      within: '30m',
      over: '10m',
      'raise-after': '0s',
    });
    // 5 °C and 0.1 °C a minute: half an hour away.
    expect(series(raw, [460, 470, 480, 490, 499])).toEqual([]);
    expect(series(raw, [460, 470, 480, 490, 501])).toEqual(['4 r opened 501 p2 @1.4']);
    expect(series(raw, [460, 450, 440, 430, 420])).toEqual([]);
  });

  it.each([
    [
      { ...RISE, over: '3m' },
      'over: never holds 5 readings of stream probe-1/temperature, which has one each 60000ms',
    ],
    [{ ...RISE, deadband: '2 °C' }, 'deadband: is as much as rise: what stands still would never clear'],
    [{ ...RISE, rise: '-1 °C' }, 'rise: must be more than nothing'],
    [{ ...RISE, fall: '2 °C' }, 'fall: cannot stand beside rise; keep one of them'],
    [{ ...RISE, rise: undefined }, 'rise: is missing; expected a change: rise, fall or toward'],
    [{ ...RISE, least: '1 sample' }, 'least: must be from 2 samples to 32 samples'],
  ])('is refused: %j', (raw, problem) => {
    expect(objections(raw)).toContain(problem);
  });
});

describe('what is stuck', () => {
  const STUCK = depotRule({
    kind: 'stuck',
    on: { stream: T },
    for: '6h',
    moved: '0.5 °C',
    'raise-after': '0s',
  });

  it('shows the same value for six hours while a neighbour moved', () => {
    const story = new Story([STUCK]).hold({ [T]: 500, 'probe-2/temperature': 50 }, 3 * 60 * M);
    story.hold({ [T]: 500, 'probe-2/temperature': 56 }, 3 * 60 * M - M);
    expect(story.said()).toEqual([]);
    expect(story.hold({ [T]: 500 }, 2 * M).said()).toEqual(['360 r opened 500 p2 @1.360']);
    expect(story.hold({ [T]: 501 }, M).words()).toEqual(['r closed']);
  });

  it('is not stuck while its neighbours stand still too', () => {
    const story = new Story([STUCK]).hold({ [T]: 500, 'probe-2/temperature': 50 }, 7 * 60 * M);
    expect(story.hold({ [T]: 500, 'probe-2/temperature': 55 }, M).said()).toEqual([]);
  });

  it('is not known without a value', () => {
    expect(new Story([STUCK]).read(T, 500).wait(M).read(T, null).words()).toEqual(['r unknown']);
  });

  it('is refused where nothing stands beside it', () => {
    expect(objections({ ...STUCK, on: { stream: 'alone/temperature' } })).toEqual([
      'neighbours: names nothing beside alone/temperature in Cel; the rule could never speak',
    ]);
    expect(objections({ ...STUCK, for: '1m' })[0]).toContain('is no longer than one reading');
  });

  it('may be a jump from one reading to the next', () => {
    const raw = depotRule({
      kind: 'stuck',
      on: { stream: T },
      jump: '5 °C',
      over: '1m',
      'raise-after': '0s',
    });
    expect(series(raw, [500, 1000, 1000])).toEqual([]);
    expect(series(raw, [500, 1001, 1001])).toEqual(['1 r opened 1001 p2 @1.1', '2 r closed 1001 p2 @1.2']);
    const gap = new Story([raw])
      .read(T, 500)
      .wait(10 * M)
      .read(T, 2000);
    expect(gap.said()).toEqual([]);
    expect(objections({ ...raw, moved: '1 °C' })).toEqual([
      'moved: cannot stand beside jump; keep one of them',
    ]);
  });
});

describe('what differs from its neighbours', () => {
  const DIFFERS = depotRule({
    kind: 'differs',
    on: { stream: T },
    by: '3 °C',
    deadband: '1 °C',
    'raise-after': '0s',
  });
  const others = { 'probe-2/temperature': 50, 'probe-3/temperature': 520 };

  it('is further from their median than so much, whatever their scales', () => {
    expect(new Story([DIFFERS]).hold({ ...others, [T]: 810 }, M).said()).toEqual([]);
    const story = new Story([DIFFERS]).hold({ ...others, [T]: 811 }, M);
    expect(story.said()).toEqual(['0 r opened 811 p2 @1.0']);
    expect(story.hold({ [T]: 711 }, M).words()).toEqual([]);
    expect(story.hold({ [T]: 710 }, M).words()).toEqual(['r closed']);
  });

  it('is not known when no neighbour is, or when it says nothing itself', () => {
    const story = new Story([DIFFERS]).hold({ ...others, [T]: 500 }, M);
    expect(story.read('probe-2/temperature', null).read('probe-3/temperature', null).words()).toEqual([
      'r unknown',
    ]);
    expect(story.read('probe-3/temperature', 500).words()).toEqual(['r known']);
    expect(story.wait(4 * M).said()).toEqual(['3.0000166666666668 r unknown 500 p2 @3.2']);
  });

  it('is refused without neighbours and when it could never clear', () => {
    expect(objections({ ...DIFFERS, deadband: '4 °C' })).toEqual([
      'deadband: is more than by: it could never clear',
    ]);
    expect(objections({ ...DIFFERS, from: { zone: 'yard' } })).toEqual([
      'from: names nothing beside probe-1/temperature in Cel; the rule could never speak',
    ]);
  });
});

describe("what differs in its device's clock", () => {
  const CLOCK = depotRule({ kind: 'differs', on: { stream: T }, clock: '60s', 'raise-after': '0s' });

  it('raises ahead and behind, and says nothing of a device that tells no time', () => {
    const story = new Story([CLOCK]).read(T, 500);
    expect(
      story
        .read(T, 500, 0, story.t + M)
        .read(T, 500, 0, story.t - M)
        .said(),
    ).toEqual([]);
    expect(story.read(T, 500, 0, story.t + M + 1).words()).toEqual(['r opened']);
    expect(story.read(T, 500, 0, story.t).words()).toEqual(['r closed']);
    expect(story.read(T, 500, 0, story.t - M - 1).words()).toEqual(['r opened']);
    expect(objections({ ...CLOCK, by: '1 °C' })).toEqual(['by: cannot stand beside clock; keep one of them']);
  });
});

describe('a weight', () => {
  const W = 'scale-1/weight';
  const WEIGHT = depotRule({
    kind: 'weight',
    on: { stream: W },
    change: '0.5 %',
    least: '5 kg',
    settle: '2m',
    'raise-after': '2 samples',
  });

  it('raises when it is off its baseline, and clears within half of that', () => {
    const story = new Story([WEIGHT]).hold({ [W]: 20_000 }, 4 * M);
    expect(story.hold({ [W]: 19_900 }, 3 * M).said()).toEqual([]);
    expect(story.hold({ [W]: 19_899 }, 3 * M).said()).toEqual(['8 r opened 19899 p2 @15.8']);
    expect(story.hold({ [W]: 19_949 }, M).said()).toEqual([]);
    expect(story.hold({ [W]: 19_950 }, M).words()).toEqual(['r closed']);
  });

  it('takes no baseline from a weight that moves', () => {
    const story = new Story([WEIGHT]).read(W, 10_000).wait(M).read(W, 15_000).wait(M).read(W, 20_000).wait(M);
    expect(story.hold({ [W]: 20_000 }, 5 * M).said()).toEqual([]);
  });

  it('is not known while the scale says nothing, and takes a new baseline when a person says so', () => {
    const story = new Story([WEIGHT]).hold({ [W]: 20_000 }, 4 * M).hold({ [W]: 10_000 }, 2 * M);
    expect(story.words()).toEqual(['r opened']);
    story.act('rebase', W).hold({ [W]: 10_000 }, 4 * M);
    expect(story.words()).toEqual(['r closed']);
    expect(story.read(W, null).words()).toEqual(['r unknown']);
  });

  it.each([
    [{ ...WEIGHT, change: '5 kg' }, 'change: must be a share such as 0.5 %'],
    [{ ...WEIGHT, change: '100 %' }, 'change: must be a share such as 0.5 %'],
    [{ ...WEIGHT, least: '0 kg' }, 'least: must be more than nothing'],
    [{ ...WEIGHT, least: '5 °C' }, 'least: is in Cel, but stream scale-1/weight is in kg'],
  ])('is refused: %j', (raw, problem) => {
    expect(objections(raw)).toContain(problem);
  });
});
