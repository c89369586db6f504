import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { RecordType } from '../../domain/record.ts';
import { CountRig, RECEIPT } from './count-desk.fixture.ts';
import type { CountDesk } from './count-desk.ts';

let rig: CountRig;
beforeEach(async () => {
  rig = await CountRig.open();
});
afterEach(() => {
  rig[Symbol.dispose]();
  expect(rig.errors).toEqual([]);
});

const replyOf = (desk: CountDesk, id = 'c-1') => desk.find(RECEIPT, id)?.reply ?? null;

describe('challenges to count', () => {
  it('is done 6 times a day; beyond that the refusal is signed, and then there is none', () => {
    const desk = rig.deskOf();
    for (let i = 0; i < 6; i++) desk.start(RECEIPT, rig.order({ challengeId: `c-${i}` }));
    const refused = desk.start(RECEIPT, rig.order({ challengeId: 'c-6' }));
    expect(refused).toMatchObject({ state: 'done', reply: { result: 'refused', readers: [] }, lists: null });
    expect(refused.statement?.note).toContain('count-reply');
    for (let i = 7; i < 26; i++) desk.start(RECEIPT, rig.order({ challengeId: `c-${i}` }));
    expect(() => desk.start(RECEIPT, rig.order({ challengeId: 'c-26' }))).toThrow('more than 6 counts a day');
    rig.now += 86_400_001;
    expect(desk.start(RECEIPT, rig.order({ challengeId: 'c-27' })).state).toBe('running');
  });

  it('that a stop of the gateway cut short is incomplete at the next start, and is not done again', async () => {
    rig.deskOf().start(RECEIPT, rig.order());
    await rig.restart();
    const desk = rig.deskOf();
    expect(replyOf(desk)).toMatchObject({
      result: 'incomplete',
      reason: 'the gateway stopped before it was done',
    });
    expect(desk.running()).toEqual([]);
    expect(desk.list(RECEIPT)).toHaveLength(1);
  });

  it.each([
    ['a deadline that is over', { deadline: 1 }],
    ['a deadline beyond a day', { deadline: 8e15 }],
  ])('is refused with %s', (_, more) => {
    expect(() => rig.deskOf().start(RECEIPT, rig.order(more))).toThrow('within 24 h');
  });

  it('of goods without tags is refused for rfid-count, and of an unknown receipt altogether', () => {
    rig.what = { zone: 'cold-1', expected: null, references: [], scale: null };
    const desk = rig.deskOf();
    expect(() => desk.start(RECEIPT, rig.order())).toThrow('names no tags');
    expect(() => desk.start('b2'.repeat(32), rig.order())).toThrow('no receipt');
    expect(rig.life.records.filter(({ type }) => type === RecordType.act)).toEqual([]);
  });
});
