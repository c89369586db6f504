import { describe, expect, it } from 'vitest';
import { SystemCode } from '../domain/record.ts';
import { depotRule, objections, Story } from '../../test/rules/depot.ts';

const M = 60_000;
const H = 60 * M;
const DAY = 24 * H;
const T = 'probe-1/temperature';

describe('a clock', () => {
  const STEP = depotRule({ kind: 'clock', step: '2s', 'clear-after': '10m' });

  it('that is set by more than so much raises, and clears when it was quiet', () => {
    const story = new Story([STEP]).system(SystemCode.start);
    expect(story.system(SystemCode.clockStepped, -2000).said()).toEqual([]);
    story.system(SystemCode.clockStepped, -2001);
    expect(story.words()).toEqual(['r opened']);
    expect(story.wait(9 * M).said()).toEqual([]);
    expect(story.wait(2 * M).words()).toEqual(['r closed']);
  });

  it('is about the gateway and nothing else', () => {
    const story = new Story([STEP]);
    expect([...story.set.byAlarm.keys()]).toEqual(['gateway/r']);
    expect(objections({ ...STEP, on: { zone: '*' } })).toEqual([
      'on: does not apply here; this kind is about the gateway itself',
    ]);
  });
});

describe('integrity', () => {
  it('raises for an event that the gateway tells of itself', () => {
    const raw = depotRule({
      kind: 'integrity',
      events: ['tail-broken', 'records-shed'],
      'clear-after': '1m',
    });
    const story = new Story([raw]).system(SystemCode.start).system(SystemCode.refused, 3);
    expect(story.said()).toEqual([]);
    expect(story.system(SystemCode.tailBroken, 2).words()).toEqual(['r opened']);
    expect(story.wait(2 * M).words()).toEqual(['r closed']);
    expect(objections({ ...raw, events: ['tail-brokn'] })).toEqual([
      'events: "tail-brokn" is none of them; did you mean "tail-broken"?',
    ]);
  });

  it('raises for what witnesses and ledgers say of the log', () => {
    const raw = depotRule({
      kind: 'integrity',
      events: ['witness-ahead', 'history-refused'],
      'clear-after': '1m',
    });
    const story = new Story([raw]).system(SystemCode.start).anchored().outcome('refused STALE_HEAD');
    expect(story.said()).toEqual([]);
    expect(story.outcome('ahead').words()).toEqual(['r opened']);
    expect(story.wait(2 * M).words()).toEqual(['r closed']);
    expect(story.outcome('refused INCONSISTENT').words()).toEqual(['r opened']);
  });

  it('raises when other rules come into force than were before', () => {
    const raw = depotRule({ kind: 'integrity', changed: 'rules' });
    const story = new Story([raw]).rules(1).restart().rules(1);
    expect(story.said()).toEqual([]);
    expect(story.rules(2).wait(1).words()).toEqual(['r opened', 'r closed']);
  });

  it('raises when nothing was anchored for so long', () => {
    const raw = depotRule({ kind: 'integrity', anchored: '15m' });
    const story = new Story([raw])
      .system(SystemCode.start)
      .wait(14 * M)
      .anchored()
      .wait(14 * M);
    expect(story.said()).toEqual([]);
    expect(story.wait(M).words()).toEqual(['r opened']);
    expect(story.anchored().words()).toEqual(['r closed']);
    expect(objections({ ...raw, events: 'rollback' })).toEqual([
      'anchored: cannot stand beside events; a rule for each',
    ]);
  });
});

describe('what is due', () => {
  const CALIBRATION = depotRule({
    kind: 'due',
    on: { stream: T },
    act: 'calibrate',
    since: '2027-01-15',
    priority: undefined,
    levels: [
      { priority: 'medium', every: '335d' },
      { priority: 'high', every: '365d' },
    ],
  });
  const BEGIN = Date.UTC(2027, 0, 15);

  it('raises when it was not done for so long, and clears when it is', () => {
    const story = new Story([CALIBRATION], BEGIN).system(SystemCode.start).wait(335 * DAY - 1);
    expect(story.said()).toEqual([]);
    expect(story.wait(1).words()).toEqual(['r opened']);
    expect(story.wait(30 * DAY).words()).toEqual(['r peak']);
    expect(story.act('calibrate', 'probe-2').said()).toEqual([]);
    expect(story.act('calibrate', 'probe-1').words()).toEqual(['r closed']);
    expect(
      story
        .wait(334 * DAY)
        .restart()
        .wait(2 * DAY)
        .words(),
    ).toEqual(['r opened']);
  });

  it('may be a reading, or one in a state', () => {
    const count = depotRule({ kind: 'due', on: { quantity: 'tags' }, every: '24h' });
    const story = new Story([count])
      .read('reader-1/shelf-tags', 5)
      .wait(23 * H)
      .read('reader-1/shelf-tags', null);
    expect(story.wait(H).words()).toEqual(['r opened']);
    expect(story.read('reader-1/shelf-tags', 5).words()).toEqual(['r closed']);
    const armed = new Story([{ ...count, on: { quantity: 'armed' }, is: 'on' }])
      .read('fence-1/armed', 1)
      .wait(20 * H);
    expect(
      armed
        .read('fence-1/armed', 0)
        .wait(4 * H)
        .words(),
    ).toEqual(['r opened']);
  });

  it('may be a state in certain hours, over midnight and in its own zone', () => {
    const raw = depotRule({
      kind: 'due',
      on: { quantity: 'armed' },
      is: 'on',
      between: '22:00-06:00+08:00',
      'on-unknown': 'tell',
    });
    // 14:00 UTC is 22:00 there.
    const at = Date.UTC(2027, 0, 15, 13, 30);
    const off = new Story([raw], at).hold({ 'fence-1/armed': 0 }, 28 * M, 2 * M);
    expect(off.said()).toEqual([]);
    expect(off.hold({ 'fence-1/armed': 0 }, 4 * M, 2 * M).said()[0]).toMatch(/^30 r opened/);
    expect(off.hold({ 'fence-1/armed': 1 }, 2 * M).words()).toEqual(['r closed']);
    expect(off.wait(10 * M).words()).toEqual(['r unknown']);
    const on = new Story([raw], at)
      .hold({ 'fence-1/armed': 1 }, 9 * H, 2 * M)
      .hold({ 'fence-1/armed': 0 }, H, 2 * M);
    expect(on.said()).toEqual([]);
  });

  it.each([
    [{ ...CALIBRATION, since: '2027-02-30' }, 'since: must be a day such as 2026-05-01'],
    [{ ...CALIBRATION, act: 'Do it' }, 'act: must be a verb of small letters and "-"'],
    [{ ...CALIBRATION, is: 'on' }, 'is: is a state, but stream probe-1/temperature measures in Cel'],
    [
      depotRule({ kind: 'due', on: { quantity: 'armed' }, is: 'on', between: '22:00-06:00' }),
      'between: must be hours with their zone, such as 22:00-06:00+08:00',
    ],
    [
      depotRule({ kind: 'due', on: { quantity: 'armed' }, is: 'on', between: '22:00-22:00+00:00' }),
      'between: must end at another time than it begins',
    ],
  ])('is refused: %j', (raw, problem) => {
    expect(objections(raw)).toContain(problem);
  });
});
