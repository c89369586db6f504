import { describe, expect, it } from 'vitest';
import type { ReceiptStatus } from '../domain/goods/status.ts';
import { RecordType, SystemCode } from '../domain/record.ts';
import { statusOf } from './status.ts';
import { DAY, HOUR, MINUTE, RECEIPT, Story, T0 } from './story.fixture.ts';

function status(story: Story, proofLateSince: number | null = null): ReceiptStatus {
  const { receipts, control, exposures } = story;
  const terms = { validMs: 5 * MINUTE, proofLateSince };
  const found = statusOf({ receipts, control, exposures }, RECEIPT, story.t, terms);
  if (found === null) throw new Error('no such receipt');
  return found;
}

function codes({ reasons }: ReceiptStatus): readonly string[] {
  return reasons.map(({ code }) => code);
}

describe('the status of a receipt', () => {
  it('is unknown until control begins, and says what is missing', () => {
    const story = new Story();
    story.bind({ agreement: null });
    expect(status(story)).toMatchObject({
      lifecycle: 'draft',
      control: 'unknown',
      period: null,
      coverage: null,
    });
    expect(codes(status(story))).toEqual([
      'no-agreement',
      'not-counted',
      'source-silent',
      'not-started',
      // One for each source.
      'device-silent',
      'device-silent',
      'device-silent',
    ]);
  });

  it('is in control since the period began, for as long as the statement says', () => {
    const story = new Story().begin();
    story.hearFor(HOUR);
    expect(status(story)).toMatchObject({
      receipt: RECEIPT,
      number: 'WR-2026-0001',
      lot: 'lot-1',
      zone: 'yard',
      observedAt: T0 + HOUR,
      lifecycle: 'pledged',
      control: 'in-control',
      since: T0,
      reasons: [],
      asOf: T0 + HOUR,
      validUntil: T0 + HOUR + 5 * MINUTE,
      period: { from: T0, to: null, endedBy: null },
      coverage: { day: { coverage: 10_000, isUnbroken: true }, period: { from: T0, to: T0 + HOUR } },
      amount: { attested: { value: 40, exp: 0, unit: '1' }, attestedAt: T0, floor: { value: 30 } },
      lastCount: { at: T0, result: 'complete', variance: 0 },
      exposure: null,
    });
  });

  it('has the day, the month and the period of one outage of 47 minutes', () => {
    const story = new Story().begin();
    story.hearFor(28 * DAY);
    story.system(SystemCode.stop);
    story.after(47 * MINUTE).system(SystemCode.start);
    story.hearFor(2 * DAY - 47 * MINUTE);
    const { coverage, gaps, control, since } = status(story);
    expect(coverage).toMatchObject({
      day: { coverage: 10_000, isUnbroken: true },
      month: { coverage: 9989, gapMs: 47 * MINUTE, isUnbroken: false },
      period: { coverage: 9989, isUnbroken: false },
    });
    expect(gaps).toHaveLength(1);
    // Two days without a count.
    expect([control, since]).toEqual(['degraded', T0 + 28 * DAY + 47 * MINUTE]);
  });

  it('is degraded, with the reason, while two devices prove it and something is weaker', () => {
    const story = new Story().begin();
    story.hearFor(10 * MINUTE, 'shelf', 'scale');
    expect(status(story)).toMatchObject({ control: 'degraded', since: T0 + 3 * MINUTE });
    expect(status(story).reasons[0]?.text.en).toBe(
      'a source is down; others still prove control: fence/line',
    );
    story.hear();
    expect(status(story).control).toBe('in-control');
    story.put(0, RecordType.alarm, ['yard/weight-changes', 0, 1, 2, 2, 0]);
    expect(codes(status(story))).toEqual(['weight-changes']);
    story.put(0, RecordType.alarm, ['yard/weight-changes', 1, 2, 2, 2, 0]);
    expect(status(story).control).toBe('degraded');
    story.put(0, RecordType.alarm, ['yard/weight-changes', 2, 0, 2, 2, 0]);
    expect(status(story).control).toBe('in-control');
    story.find('tags-disappear', 'shelf/tags', 4);
    expect(codes(status(story))).toEqual(['tags-disappear']);
    story.find('tags-disappear', 'shelf/tags', 5);
    expect(status(story, T0)).toMatchObject({
      control: 'degraded',
      reasons: [{ code: 'proof-late', since: T0 }],
    });
  });

  it('does not weaken by an alarm on warmth, or by one of low priority', () => {
    const story = new Story().begin();
    story.put(0, RecordType.alarm, ['yard/cold-room-warm', 0, 1, 1, 4, 0]);
    story.put(0, RecordType.alarm, ['yard/weight-changes', 0, 1, 3, 2, 0]);
    expect(status(story).control).toBe('in-control');
  });

  it('is not proven since the sources fell silent, without any record', () => {
    const story = new Story().begin();
    story.hearFor(HOUR);
    story.after(DAY);
    expect(status(story)).toMatchObject({ control: 'unknown', since: T0 + HOUR + 3 * MINUTE });
    expect(codes(status(story))[0]).toBe('device-silent');
    story.system(SystemCode.start);
    story.hear();
    expect(status(story)).toMatchObject({ control: 'in-control', since: story.t });
  });

  it('is breached by a rule, and never gets better by itself', () => {
    const story = new Story().begin();
    story.after(MINUTE).find('tags-disappear', 'yard', 1);
    story.find('tags-disappear', 'yard', 3);
    story.hearFor(HOUR);
    const found = status(story);
    expect(found).toMatchObject({ control: 'breached', since: T0 + MINUTE });
    expect(found.reasons[0]).toMatchObject({ code: 'tags-disappear', text: { zh: '标签消失' } });
    story.act(7, 'close-breach', RECEIPT);
    expect(status(story).control).toBe('breached');
    story.act(8, 'confirm-breach-closed', RECEIPT);
    expect(status(story)).toMatchObject({ control: 'in-control', since: story.t });
  });

  it('goes with the life of the receipt: part released, released, disputed, cancelled', () => {
    const story = new Story().begin();
    const done = (fill: number, qty: number): void => {
      story.order(fill.toString(16).repeat(32), qty);
      story.put(0, RecordType.release, [new Uint8Array(32).fill(fill), 4, qty, '']);
    };
    done(0xb1, 10);
    expect(status(story)).toMatchObject({ lifecycle: 'part-released', amount: { onReceipt: { value: 30 } } });
    story.act(7, 'dispute-receipt', RECEIPT);
    expect(status(story).lifecycle).toBe('disputed');
    story.act(7, 'settle-receipt', RECEIPT);
    done(0xb2, 30);
    expect(status(story)).toMatchObject({
      lifecycle: 'released',
      control: 'unknown',
      reasons: [{ code: 'period-over' }],
    });
    story.act(7, 'cancel-receipt', RECEIPT);
    expect(status(story).lifecycle).toBe('cancelled');
  });

  it('attests by weight what was told of the lot, and by packages what share of them was seen', () => {
    const story = new Story().begin({
      amount: { value: 10_000, exp: -1, unit: 'kg' },
      floor: { value: 7500, exp: -1, unit: 'kg' },
    });
    expect(status(story).amount.attested?.value).toBe(10_000);
    story.count(31);
    expect(status(story).amount.attested?.value).toBe(7750);
    story.count(29);
    expect(status(story)).toMatchObject({ control: 'breached', reasons: [{ code: 'below-floor' }] });
  });
});
