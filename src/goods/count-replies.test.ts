import { describe, expect, it } from 'vitest';
import type { CountReply, ReceiptBinding } from '../domain/goods/documents.ts';
import { StatementKind } from '../domain/record.ts';
import { Yard } from './goods.fixture.ts';
import { bindingOf, RECEIPT } from './story.fixture.ts';

function reply(more: Partial<CountReply>): CountReply {
  return {
    kind: 'count',
    challenge: 'c-1',
    nonce: '',
    receipt: RECEIPT,
    zone: 'hall-a',
    what: 'rfid-count',
    startedAt: 1,
    finishedAt: 2,
    result: 'complete',
    reason: '',
    expected: 40,
    seen: 40,
    missing: 0,
    unexpected: 0,
    epcSetHash: null,
    readers: [],
    snapshots: [],
    weights: [],
    ...more,
  };
}

function bound(more: Partial<ReceiptBinding> = {}): Yard {
  const yard = new Yard();
  yard.tell(StatementKind.receipt, bindingOf({ place: { zone: 'hall-a', location: 'A1' }, ...more }));
  yard.tell(StatementKind.count, reply({}));
  return yard;
}

const NOTHING = { expected: 0, seen: 0 } as const;

describe('what a count was asked for says what it counts', () => {
  it.each([
    ['a picture', { what: 'snapshot', ...NOTHING }],
    ['a weight of goods that are counted', { what: 'weigh', ...NOTHING }],
    ['a refusal', { result: 'refused', ...NOTHING }],
  ] as const)('%s leaves the last count and what it attested', (_, more) => {
    const yard = bound();
    const before = yard.goods.receipts.get(RECEIPT);
    expect(before).toMatchObject({ attested: 40, count: { seen: 40 } });
    yard.t += 1000;
    yard.tell(StatementKind.count, reply(more));
    expect(yard.goods.receipts.get(RECEIPT)).toEqual(before);
    expect(yard.goods.counted(RECEIPT)).toMatchObject({ seen: 40, expected: 40 });
  });

  it('a weight attests goods that are attested by weight, in the unit of their receipt alone', () => {
    const amount = { value: 900, exp: 0, unit: 'kg' };
    const yard = bound({ attestedBy: 'weight', scale: 'scale-1/weight', amount, floor: null });
    const weigh = (value: number, unit: string) => {
      const weights = [{ stream: 'scale-1/weight', amount: { value, exp: 0, unit }, stable: true }];
      yard.tell(StatementKind.count, reply({ what: 'weigh', ...NOTHING, weights }));
      return yard.goods.receipts.get(RECEIPT)?.attested;
    };
    expect(weigh(880, 'kg')).toBe(880);
    expect(weigh(5, 't')).toBe(880);
  });
});
