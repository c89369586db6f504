import type { Goods } from '../../goods/goods.ts';
import type { CountedReceipt } from './count-run.ts';

/** Tags of this lot are there only to be seen: who counts and does not see them has a reader that is not well. */
const REFERENCE_LOT = 'reference';

/** What a count of a receipt is about: its tags where they were put. null for a receipt that there is none of. */
export function countedReceipt(
  goods: Pick<Goods, 'items' | 'receipts'> | null,
  receipt: string,
): CountedReceipt | null {
  const row = goods?.receipts.get(receipt) ?? null;
  if (goods === null || row === null) return null;
  const { zone, binding } = row;
  const expected = new Set<string>();
  const references: string[] = [];
  let hasTags = false;
  for (const { epc, receipts, zone: put } of goods.items.ofLot(binding.goods.lot)) {
    if (!receipts.split(' ').includes(receipt)) continue;
    hasTags = true;
    // What lies elsewhere is not expected here.
    if (put === zone) expected.add(epc);
  }
  for (const { epc, zone: put } of goods.items.ofLot(REFERENCE_LOT)) if (put === zone) references.push(epc);
  return { zone, expected: hasTags ? expected : null, references, scale: binding.scale };
}
