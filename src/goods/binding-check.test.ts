import { describe, expect, it } from 'vitest';
import type { ReceiptBinding } from '../domain/goods/documents.ts';
import { StatementKind } from '../domain/record.ts';
import { bindingObjection } from './binding-check.ts';
import { epc, Yard } from './goods.fixture.ts';
import { bindingOf } from './story.fixture.ts';

const OVERRIDE = { by: 7, reason: 'two are in the laboratory' };

function binding(more: Partial<ReceiptBinding>): ReceiptBinding {
  return bindingOf({ place: { zone: 'silo', location: '' }, ...more });
}

describe('the intake check of a receipt', () => {
  it('refuses tags that are not as many as declared, and those on record that are not', () => {
    const yard = new Yard();
    const two = binding({ amount: { value: 2, exp: 0, unit: '1' }, epcs: [epc(1)] });
    expect(bindingObjection(yard.goods, two)).toContain('2 pieces and names 1 tags');
    expect(bindingObjection(yard.goods, { ...two, override: OVERRIDE })).toBeNull();
    const named = { ...two, epcs: [epc(1), epc(2)] };
    expect(bindingObjection(yard.goods, named)).toBeNull();
    yard.place('silo', 1);
    expect(bindingObjection(yard.goods, named)).toContain('1 of lot lot-1 are on record in silo');
    yard.place('silo', 2);
    expect(bindingObjection(yard.goods, named)).toBeNull();
  });

  it('refuses a weight that is out of tolerance, by three per mille or what may be lost', () => {
    const yard = new Yard();
    const bulk = binding({ amount: { value: 10_000, exp: -1, unit: 'kg' }, floor: null });
    const weigh = (value: number): void => {
      const amount = { value, exp: -1, unit: 'kg' };
      const rest = { gross: null, tare: null, declared: null, ticket: null };
      yard.tell(StatementKind.quantity, {
        kind: 'quantity',
        lot: 'lot-1',
        zone: 'silo',
        amount,
        by: 'scale',
        ...rest,
      });
    };
    expect(bindingObjection(yard.goods, bulk)).toBeNull();
    for (const [value, isRefused] of [
      [9970, false],
      [9969, true],
      [10_030, false],
      [10_031, true],
    ] as const) {
      weigh(value);
      expect([value, bindingObjection(yard.goods, bulk) !== null]).toEqual([value, isRefused]);
    }
    expect(bindingObjection(yard.goods, { ...bulk, lossPerMille: 5 })).toBeNull();
    expect(bindingObjection(yard.goods, { ...bulk, override: OVERRIDE })).toBeNull();
  });
});
