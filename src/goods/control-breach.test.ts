import { describe, expect, it } from 'vitest';
import { RecordType } from '../domain/record.ts';
import { coverageOf } from './coverage.ts';
import { spansOf } from './lost-time.ts';
import { MINUTE, RECEIPT, Story, T0 } from './story.fixture.ts';

function rowOf(story: Story): NonNullable<ReturnType<Story['control']['book']['at']>> {
  const row = story.control.book.at(RECEIPT, story.t);
  if (row === null) throw new Error('no such receipt');
  return row;
}

function coverage(story: Story, from: number): ReturnType<typeof coverageOf> {
  const { lost, gap } = rowOf(story);
  return coverageOf(spansOf(lost, gap, story.t), from, story.t);
}

describe('a breach', () => {
  it('is opened by goods that leave, for the receipt that names the tag, and ended by two persons alone', () => {
    const story = new Story().begin();
    const epc = '3034';
    story.items.set(epc, [RECEIPT]);
    const seen = story.put(5, RecordType.observation, [
      Uint8Array.of(0x30, 0x34),
      null,
      3,
      T0,
      T0,
      2,
      -4000,
      0,
    ]);
    const found = story.find('goods-leave', 'dock/tags', 1, 5, seen.seq);
    expect(rowOf(story).lost.breaches).toEqual([
      {
        from: T0,
        to: null,
        by: 'goods-leave',
        refs: [
          { slot: 5, seq: seen.seq },
          { slot: 0, seq: found.seq },
        ],
      },
    ]);
    story.hearFor(10 * MINUTE);
    story.find('goods-leave', 'dock/tags', 3, 5, seen.seq);
    story.act(7, 'confirm-breach-closed', RECEIPT);
    story.act(7, 'close-breach', RECEIPT);
    story.act(7, 'confirm-breach-closed', RECEIPT);
    expect(rowOf(story).lost.breaches[0]?.to).toBeNull();
    story.act(8, 'confirm-breach-closed', RECEIPT);
    expect(rowOf(story).lost.breaches[0]?.to).toBe(T0 + 10 * MINUTE);
    expect(coverage(story, T0)).toMatchObject({
      coverage: 10_000,
      breachMs: 10 * MINUTE,
      controlledShare: 0,
    });
  });

  it('does not touch receipts that the goods are not of', () => {
    const story = new Story().begin();
    story.items.set('3034', []);
    const seen = story.put(5, RecordType.observation, [
      Uint8Array.of(0x30, 0x34),
      null,
      3,
      T0,
      T0,
      2,
      -4000,
      0,
    ]);
    story.find('goods-leave', 'dock/tags', 1, 5, seen.seq);
    expect(rowOf(story).lost.breaches).toEqual([]);
  });

  it('is opened by a count below the floor, and by many tags that are gone', () => {
    const story = new Story().begin();
    story.after(MINUTE).count(30);
    expect(rowOf(story).lost.breaches).toEqual([]);
    story.after(MINUTE).count(29);
    expect(rowOf(story).lost.breaches).toMatchObject([{ by: 'below-floor', to: null }]);
    story.find('tags-disappear', 'shelf/tags', 1, 1, 0);
    expect(rowOf(story).lost.breaches).toMatchObject([{ by: 'below-floor' }, { by: 'tags-disappear' }]);
  });

  it('that a rule cannot judge is none', () => {
    const story = new Story().begin();
    story.find('tags-disappear', 'shelf/tags', 4, 1, 0);
    expect(rowOf(story).lost.breaches).toEqual([]);
  });
});
