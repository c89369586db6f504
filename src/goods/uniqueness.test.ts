import { describe, expect, it } from 'vitest';
import type { QuantityTold, ReceiptBinding } from '../domain/goods/documents.ts';
import { StatementKind } from '../domain/record.ts';
import { epc, SITE, Yard } from './goods.fixture.ts';
import { bindingOf } from './story.fixture.ts';
import { compareReceipts } from './uniqueness.ts';

const A = 'a1'.repeat(32);
const B = 'b2'.repeat(32);

function bind(
  yard: Yard,
  receipt: string,
  lot: string,
  epcs: readonly string[] | null,
  more: Partial<ReceiptBinding> = {},
): void {
  const goods = { ...bindingOf().goods, lot };
  const base = {
    receipt,
    goods,
    epcs,
    goodsKey: receipt,
    place: { zone: 'hall-a', location: `stack ${lot}` },
  };
  yard.tell(StatementKind.receipt, bindingOf({ ...base, ...more }));
}

const compared = (yard: Yard) => compareReceipts(yard.goods, SITE.zones);

describe('one lot, one receipt', () => {
  it('is contradicted by one tag under two receipts, for both of them', () => {
    const yard = new Yard();
    bind(yard, A, 'lot-1', [epc(1), epc(2), epc(3)]);
    bind(yard, B, 'lot-2', [epc(3), epc(4)]);
    const found = compared(yard);
    expect(found.get(A)?.signals).toEqual([{ kind: 'same-epc', other: B, count: 1 }]);
    expect(found.get(B)?.signals).toEqual([{ kind: 'same-epc', other: A, count: 1 }]);
    expect(found.get(A)?.epcs).toHaveLength(3);
    expect(found.get(A)?.tidShare).toBe(0);
  });

  it('is contradicted by one place, one goods key or one weight ticket under two', () => {
    const yard = new Yard();
    bind(yard, A, 'lot-1', null, { place: { zone: 'hall-a', location: 'A1' } });
    bind(yard, B, 'lot-2', null, { place: { zone: 'hall-a', location: 'A1' } });
    expect(compared(yard).get(A)?.signals).toEqual([{ kind: 'same-place', other: B, count: 1 }]);

    const keyed = new Yard();
    bind(keyed, A, 'lot-1', null, { goodsKey: 'c3'.repeat(32) });
    bind(keyed, B, 'lot-2', null, { goodsKey: 'c3'.repeat(32) });
    expect(compared(keyed).get(B)?.signals).toEqual([{ kind: 'same-place', other: A, count: 1 }]);

    const weighed = new Yard();
    bind(weighed, A, 'lot-1', null);
    bind(weighed, B, 'lot-2', null);
    for (const lot of ['lot-1', 'lot-2']) {
      const amount = { value: 30, exp: 0, unit: 't' };
      const weights = { gross: 45, tare: 15, declared: 30 };
      const told: QuantityTold = {
        kind: 'quantity',
        lot,
        zone: 'yard',
        amount,
        by: 'weighbridge',
        ...weights,
        ticket: 'W-7',
      };
      weighed.tell(StatementKind.quantity, told);
    }
    expect(compared(weighed).get(A)?.signals).toEqual([{ kind: 'same-ticket', other: B, count: 1 }]);
  });

  it('is not contradicted by receipts with nothing in common', () => {
    const yard = new Yard();
    bind(yard, A, 'lot-1', [epc(1)]);
    bind(yard, B, 'lot-2', [epc(2)]);
    expect([...compared(yard).values()].flatMap((u) => u.signals)).toEqual([]);
  });
});
