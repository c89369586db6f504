import { describe, expect, it } from 'vitest';
import { RecordType, SystemCode } from '../domain/record.ts';
import { coverageOf } from './coverage.ts';
import { spansOf } from './lost-time.ts';
import { DAY, HOUR, MINUTE, RECEIPT, Story, T0 } from './story.fixture.ts';

function rowOf(story: Story): NonNullable<ReturnType<Story['control']['book']['at']>> {
  const row = story.control.book.at(RECEIPT, story.t);
  if (row === null) throw new Error('no such receipt');
  return row;
}

function coverage(story: Story, from: number): ReturnType<typeof coverageOf> {
  const { lost, gap } = rowOf(story);
  return coverageOf(spansOf(lost, gap, story.t), from, story.t);
}

describe('a control period', () => {
  it('begins once the agreement, a count, every source and a signed start are there, not before', () => {
    const story = new Story();
    story.bind({ agreement: null });
    story.count(40);
    story.act(7, 'start-control', RECEIPT);
    story.hear();
    expect(rowOf(story).period).toBeNull();
    story.after(MINUTE).bind();
    expect(rowOf(story).period).toEqual({ from: T0 + MINUTE, to: null, endedBy: null });
    const other = new Story();
    other.bind();
    other.act(7, 'start-control', RECEIPT);
    other.hear();
    expect(rowOf(other).period).toBeNull();
    other.count(40, 'incomplete');
    expect(rowOf(other).period).toBeNull();
    other.count(40);
    expect(rowOf(other).period).not.toBeNull();
  });

  it('does not begin while one source is silent, though two are heard', () => {
    const story = new Story();
    story.bind();
    story.count(40);
    story.act(7, 'start-control', RECEIPT);
    story.hear('shelf', 'scale');
    expect(rowOf(story).period).toBeNull();
    story.after(MINUTE).hear('fence');
    expect(rowOf(story).period?.from).toBe(T0 + MINUTE);
  });

  it('does not begin in a zone that is disarmed', () => {
    const story = new Story();
    story.bind({ sources: ['scale/weight', 'shelf/tags'] });
    story.find('fence-disarmed', 'fence/line', 1);
    story.count(40);
    story.hear();
    story.act(7, 'start-control', RECEIPT);
    expect(rowOf(story).period).toBeNull();
    story.find('fence-disarmed', 'fence/line', 3);
    expect(rowOf(story).period?.from).toBe(story.t);
  });

  it('ends when all is released, when a person says so, and when the agreement is gone', () => {
    const released = new Story().begin();
    released.after(MINUTE).order('b1'.repeat(32), 40);
    released.put(0, RecordType.release, [new Uint8Array(32).fill(0xb1), 4, 40, '']);
    expect(rowOf(released).period).toEqual({ from: T0, to: T0 + MINUTE, endedBy: 'released' });
    const declared = new Story().begin();
    declared.after(MINUTE).act(7, 'end-control', RECEIPT);
    expect(rowOf(declared).period?.endedBy).toBe('declared');
    const bare = new Story().begin();
    bare.after(MINUTE).bind({ agreement: null });
    expect(rowOf(bare).period?.endedBy).toBe('no-agreement');
    bare.after(MINUTE).bind();
    bare.act(7, 'start-control', RECEIPT);
    expect(rowOf(bare).past).toHaveLength(1);
    expect(rowOf(bare).period).toEqual({ from: bare.t, to: null, endedBy: null });
  });
});

describe('a gap in control', () => {
  it('of 47 minutes in 30 days is one gap, 99.89 %, and not unbroken', () => {
    const story = new Story().begin();
    story.hearFor(10 * DAY);
    const down = story.system(SystemCode.stop);
    story.after(47 * MINUTE);
    story.restart();
    story.system(SystemCode.start);
    story.hearFor(20 * DAY - 47 * MINUTE);
    const { lost, gap } = rowOf(story);
    expect(gap).toBeNull();
    expect(lost.gaps).toHaveLength(1);
    expect(lost.gaps[0]).toMatchObject({
      from: down.t,
      to: down.t + 47 * MINUTE,
      cause: 'gateway-down',
      sources: ['fence/line', 'scale/weight', 'shelf/tags'],
    });
    expect(coverage(story, T0)).toMatchObject({ gapMs: 47 * MINUTE, coverage: 9989, isUnbroken: false });
  });

  it('begins where the second source of two devices fell silent, and ends with the reading that shows it', () => {
    const story = new Story().begin();
    story.hearFor(10 * MINUTE);
    // The shelf alone is no proof.
    story.hearFor(20 * MINUTE, 'shelf');
    const back = story.after(30_000).put(2, RecordType.reading, [0, 0]);
    const [gap] = rowOf(story).lost.gaps;
    expect(gap).toMatchObject({
      from: T0 + 13 * MINUTE,
      to: back.t,
      cause: 'device-silent',
      sources: ['fence/line', 'scale/weight'],
    });
    expect(gap?.refs).toContainEqual({ slot: 2, seq: back.seq });
  });

  it('is no gap while two devices are heard, and two streams of one device are one', () => {
    const story = new Story().begin();
    story.hearFor(HOUR, 'shelf', 'scale');
    expect(rowOf(story).gap).toBeNull();
    expect(rowOf(story).lost.gaps).toEqual([]);
  });

  it('is seen at once, before any record tells of it', () => {
    const story = new Story().begin();
    story.after(HOUR);
    expect(rowOf(story).gap).toMatchObject({ from: T0 + 3 * MINUTE, to: null, cause: 'device-silent' });
    expect(coverage(story, T0).gapMs).toBe(57 * MINUTE);
  });

  it('is made by values that cannot be used, and not filled by history that comes late', () => {
    const story = new Story().begin();
    for (let i = 0; i < 30; i++) {
      story.after(MINUTE).put(2, RecordType.reading, [0, 1]);
      story.put(3, RecordType.reading, [null, 0]);
      story.hear('shelf');
    }
    story.put(2, RecordType.reading, [0, 32, T0 + 10 * MINUTE]);
    expect(rowOf(story).gap).toMatchObject({ from: T0 + 3 * MINUTE, filledLate: true });
    story.hear();
    expect(rowOf(story).lost.gaps[0]).toMatchObject({
      from: T0 + 3 * MINUTE,
      to: T0 + 30 * MINUTE,
      filledLate: true,
    });
    story.put(3, RecordType.reading, [0, 32, T0 + 10 * MINUTE]);
    expect(coverage(story, T0).gapMs).toBe(27 * MINUTE);
  });

  it.each([
    [
      'maintenance',
      (s: Story) => s.act(7, 'maintain', 'yard', '20m'),
      (s: Story) => s.act(7, 'end-maintenance', 'yard'),
    ],
    [
      'clock-unverified',
      (s: Story) => s.find('clock-stepped', 'gateway/', 1),
      (s: Story) => s.find('clock-stepped', 'gateway/', 3),
    ],
    [
      'disarmed',
      (s: Story) => s.find('fence-disarmed', 'yard', 1),
      (s: Story) => s.find('fence-disarmed', 'yard', 3),
    ],
    ['break-glass', (s: Story) => s.act(7, 'break-glass', 'barrier'), (s: Story) => s.count(40)],
  ] as const)('is made by %s, however well the sources are', (cause, begin, end) => {
    const story = new Story().begin();
    story.hearFor(5 * MINUTE);
    const first = begin(story);
    story.hearFor(10 * MINUTE);
    end(story);
    story.hearFor(5 * MINUTE);
    const { gap, lost } = rowOf(story);
    expect(gap).toBeNull();
    expect(lost.gaps).toHaveLength(1);
    expect(lost.gaps[0]).toMatchObject({ from: T0 + 5 * MINUTE, to: T0 + 15 * MINUTE, cause });
    expect(lost.gaps[0]?.refs).toContainEqual({ slot: 0, seq: first.seq });
  });

  it('of a maintenance ends by itself when its time is over', () => {
    const story = new Story().begin();
    story.act(7, 'maintain', 'yard', '20m');
    story.hearFor(HOUR);
    expect(rowOf(story).lost.gaps).toMatchObject([{ from: T0, to: T0 + 20 * MINUTE }]);
  });

  it('has a tampered or blind source as its cause, and the loss of power where that is known', () => {
    const story = new Story().begin({ sources: ['fence/line', 'shelf/tags'] });
    story.hearFor(MINUTE);
    story.find('tamper', 'fence/line', 1);
    expect(rowOf(story).gap).toMatchObject({ cause: 'tamper', sources: ['fence/line'] });
    const dark = new Story().begin();
    dark.find('mains-lost', 'ups/mains', 1);
    dark.after(HOUR);
    expect(rowOf(dark).gap?.cause).toBe('power');
    const blind = new Story();
    blind.put(0, RecordType.statement, [1, 'camera-3', 1, null, 'ok']);
    blind.begin({ sources: ['camera-3', 'shelf/tags'] });
    blind.after(MINUTE).find('camera-frozen', 'camera-3/picture', 1);
    expect(rowOf(blind).gap).toMatchObject({
      from: T0 + MINUTE,
      cause: 'camera-blind',
      sources: ['camera-3'],
    });
  });

  it('says that records were lost where the journal lost some', () => {
    const story = new Story().begin();
    story.hearFor(5 * MINUTE);
    story.after(10 * MINUTE).system(SystemCode.start);
    story.system(SystemCode.tailBroken, 12);
    story.hearFor(MINUTE);
    expect(rowOf(story).lost.gaps).toMatchObject([
      { from: T0 + 5 * MINUTE, to: T0 + 15 * MINUTE, cause: 'evidence-missing' },
    ]);
  });

  it('stays what it was when the log goes on in another epoch, without records that cannot be named there', () => {
    const story = new Story().begin();
    story.after(HOUR).hear();
    const [before] = rowOf(story).lost.gaps;
    story.restart();
    story.system(SystemCode.epochContinues, 7);
    expect(rowOf(story).lost.gaps).toEqual([{ ...before, refs: [] }]);
    expect(rowOf(story).periodRefs).toEqual([]);
    story.system(SystemCode.start);
    story.hear();
    // Nothing was missed between the last record and the start of the same instant.
    expect(rowOf(story)).toMatchObject({
      gap: null,
      lost: { gaps: [{ from: before?.from, to: before?.to }] },
    });
  });

  it('keeps its length when the clock is set', () => {
    const story = new Story().begin();
    story.hearFor(10 * MINUTE);
    story.after(HOUR).hear();
    const before = rowOf(story).lost.gaps[0];
    story.t += 5 * HOUR;
    story.system(SystemCode.clockStepped, 5 * HOUR);
    story.hearFor(MINUTE);
    const { lost, period } = rowOf(story);
    expect(lost.gaps).toHaveLength(1);
    expect((lost.gaps[0]?.to ?? 0) - (lost.gaps[0]?.from ?? 0)).toBe((before?.to ?? 0) - (before?.from ?? 0));
    expect(period?.from).toBe(T0 + 5 * HOUR);
    expect(coverage(story, T0 + 5 * HOUR).gapMs).toBe(57 * MINUTE);
  });
});
