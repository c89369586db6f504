import { describe, expect, it } from 'vitest';
import { depotRule, objections, Story } from '../../test/rules/depot.ts';

const M = 60_000;
const S = 1000;
const SHELF = 'reader-1/shelf';
const GOODS = ['3034a1', '3034a2', '3034a3', '3034a4'];

describe('presence', () => {
  const LOST = depotRule({
    kind: 'presence',
    on: { stream: SHELF },
    lost: ['3 tags', '50 %'],
    for: '10m',
    reference: 'ee01',
    tags: '3034*',
  });

  /** The shelf is looked at each minute. */
  function look(story: Story, tags: readonly string[], minutes: number, reference = true): Story {
    for (let i = 0; i < minutes; i++) {
      if (reference) story.tag(SHELF, 'ee01');
      for (const tag of tags) story.tag(SHELF, tag);
      story.round(SHELF, tags.length).wait(M);
    }
    return story;
  }

  it('raises when so many, or so great a share, are gone for so long', () => {
    const story = look(new Story([LOST]), GOODS, 3);
    look(story, GOODS.slice(0, 3), 30);
    expect(story.said()).toEqual([]);
    look(story, GOODS.slice(0, 2), 9);
    expect(story.said()).toEqual([]);
    expect(look(story, GOODS.slice(0, 2), 1).words()).toEqual(['r opened']);
    expect(look(story, GOODS, 1).words()).toEqual(['r closed']);
  });

  it('says nothing of tags that are on record as taken out', () => {
    const story = look(new Story([LOST]), GOODS, 3);
    story.moved({ takenOut: GOODS.slice(0, 3) });
    expect(look(story, GOODS.slice(3), 12).words()).toEqual([]);
    story.moved({ takenOut: [] });
    expect(look(story, [], 12).words()).toEqual(['r opened']);
  });

  it('is not known while the reference tag is not seen: silence is not absence', () => {
    const story = look(look(new Story([LOST]), GOODS, 3), [], 12, false);
    expect(story.words()).toEqual(['r unknown']);
    expect(look(story, GOODS, 1).words()).toEqual(['r known']);
  });

  it('is not known when the reader is ill, and knows nothing yet after a start', () => {
    const story = look(new Story([LOST]), GOODS, 3);
    expect(story.system(1).words()).toEqual([]);
    expect(look(story, GOODS, 1).health('reader-1', false).words()).toEqual([]);
    expect(look(story, [], 12).words()).toEqual(['r opened']);
  });

  it('takes a late sighting for what was, not for a reader that looks now', () => {
    const story = look(new Story([LOST]), GOODS, 3);
    const gap = story.t;
    story
      .wait(20 * M)
      .tag(SHELF, 'ee01', 1, gap + 5 * M)
      .tag(SHELF, '3034a1', 1, gap + 5 * M);
    expect(story.words()).toEqual(['r unknown']);
    expect(look(story, GOODS, 1).words()).toEqual(['r known']);
  });

  it('forgets what a person says went rightly', () => {
    const story = look(look(new Story([LOST]), GOODS, 3), GOODS.slice(0, 2), 12);
    expect(story.words()).toEqual(['r opened']);
    expect(story.act('forget', SHELF).words()).toEqual(['r closed']);
  });

  it.each([
    [{ ...LOST, lost: 'many' }, 'lost: must be such as 3 tags, 5 % or [3 tags, 5 %]'],
    [{ ...LOST, for: '1m' }, 'for: is shorter than a tag at reader-1/shelf is taken to be there (180000ms)'],
    [
      { ...LOST, reference: 'EE' },
      'reference: must be EPCs in small hexadecimal digits and in quotes, such as "3034257bf7194e4*"',
    ],
    [
      { ...LOST, on: { quantity: 'temperature' } },
      'on: names no read point; there are reader-1/shelf (tag in yard), portal-1/dock (tag in gate)',
    ],
  ])('is refused: %j', (raw, problem) => {
    expect(objections(raw)).toContain(problem);
  });
});

describe('release', () => {
  const STEP = depotRule({ kind: 'release', steps: ['refused'], why: 'contradiction', 'clear-after': '1m' });

  it('raises on its steps, of its reason alone', () => {
    const story = new Story([STEP]).release(4, 'contradiction: done').release(5, 'expired: since noon');
    expect(story.said()).toEqual([]);
    expect(story.release(5, 'contradiction: two answers').words()).toEqual(['r opened']);
    expect(story.wait(2 * M).words()).toEqual(['r closed']);
  });

  it('is refused without a step that there is', () => {
    expect(objections({ ...STEP, steps: ['override', 'refuse'] })).toEqual([
      'steps: "refuse" is no step of a release; did you mean "refused"?',
    ]);
  });
});

describe('passage', () => {
  const DOCK = 'portal-1/dock';
  const OUT = depotRule({
    kind: 'passage',
    on: { stream: DOCK },
    from: [1, 2],
    to: [3, 4],
    within: '10s',
    tags: '3034*',
    'clear-after': '5m',
  });

  it('raises for a tag that goes from the inner to the outer antenna in time', () => {
    const story = new Story([OUT])
      .tag(DOCK, '3034a1', 1)
      .wait(10 * S)
      .tag(DOCK, '3034a1', 4);
    expect(story.words()).toEqual(['r opened']);
    expect(story.wait(6 * M).words()).toEqual(['r closed']);
  });

  it('does not for one that comes in, takes too long, or is none of ours', () => {
    expect(new Story([OUT]).tag(DOCK, '3034a1', 3).wait(S).tag(DOCK, '3034a1', 1).said()).toEqual([]);
    expect(
      new Story([OUT])
        .tag(DOCK, '3034a1', 1)
        .wait(11 * S)
        .tag(DOCK, '3034a1', 3)
        .said(),
    ).toEqual([]);
    expect(new Story([OUT]).tag(DOCK, 'ee01', 1).wait(S).tag(DOCK, 'ee01', 3).said()).toEqual([]);
  });

  it('is told of as soon as it is known where the reader was cut off', () => {
    const story = new Story([OUT]).wait(M).tag(DOCK, '3034a1', 1);
    expect(story.said()).toEqual([]);
    const at = story.t - 30 * S;
    expect(
      story
        .wait(S)
        .tag(DOCK, '3034a2', 1, at)
        .tag(DOCK, '3034a2', 3, at + 5 * S)
        .words(),
    ).toEqual(['r opened']);
  });

  it('is not known while the reader is ill', () => {
    const story = new Story([OUT]).round(DOCK, 0).health('portal-1', false);
    expect(story.words()).toEqual(['r unknown']);
    expect(story.round(DOCK, 0).words()).toEqual(['r known']);
  });

  it('does not know whether goods may go that need a release', () => {
    const story = new Story([{ ...OUT, release: 'needed' }])
      .tag(DOCK, '3034a1', 1)
      .wait(S)
      .tag(DOCK, '3034a1', 3);
    expect(story.words()).toEqual(['r unknown']);
  });

  it('goes by what orders say of each tag', () => {
    const raw = [
      { ...OUT, id: 'leave', release: 'needed' },
      { ...OUT, id: 'excess', release: 'kept' },
    ];
    const said = {
      '3034a1': 'released',
      '3034a2': 'excess',
      '3034a3': 'wrong-goods',
      '3034a4': 'wrong-way',
      '3034a5': 'free',
      '3034a6': 'unknown',
    } as const;
    const passing = (epc: string): string[] =>
      new Story(raw).orders(said).tag(DOCK, epc, 1).wait(S).tag(DOCK, epc, 3).words();
    expect(passing('3034a1')).toEqual([]);
    expect(passing('3034a5')).toEqual([]);
    for (const epc of ['3034a2', '3034a3', '3034a4']) expect(passing(epc)).toEqual(['excess opened']);
    expect(passing('3034a6')).toEqual(['leave unknown', 'excess unknown']);
    expect(passing('3034a7'), 'of no order').toEqual(['leave opened']);
  });

  it('closes the barrier when it calls, and never opens it', () => {
    const line = new Story([{ ...OUT, release: 'needed', priority: 'urgent', do: [{ lock: 'gate-1' }] }]);
    expect(line.set.actions.get('r')).toEqual([
      { kind: 'lock', device: 'gate-1', verb: 'barrier-close', from: 4, expiryMs: 60_000 },
    ]);
    expect(objections({ ...OUT, do: [{ lock: 'dock' }] })).toEqual([
      'do.0.lock.device: "dock" cannot be closed; it takes on, off',
    ]);
  });

  it('is refused where it shows no direction', () => {
    expect(objections({ ...OUT, to: [2] })).toEqual(['to: has antenna 2 of from: that shows no direction']);
    expect(objections({ ...OUT, from: 'inner' })).toEqual(['from: must be antennas, such as [1, 2]']);
    expect(objections({ ...OUT, release: 'maybe' })).toEqual(['release: must be none, needed or kept']);
  });
});
