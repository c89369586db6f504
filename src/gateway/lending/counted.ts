import type { Goods } from '../../goods/goods.ts';
import type { CountedReceipt } from './count-run.ts';

/** Tags of this lot are there only to be seen: who counts and does not see them has a reader that is not well. */
const REFERENCE_LOT = 'reference';

/** What a count of a receipt is about: its tags where they were put. null for a receipt that there is none of. */
export function countedReceipt(
  goods: Pick<Goods, 'items'> | null,
  zones: readonly string[],
  receipt: string,
): CountedReceipt | null {
  const zone = zones.find((id) => goods?.items.receiptsIn(id).includes(receipt));
  if (goods === null || zone === undefined) return null;
  const expected = new Set<string>();
  const references: string[] = [];
  for (const { epc, lot, receipts, zone: put } of goods.items.inZone(zone)) {
    // What lies elsewhere and was only seen here is not expected here.
    if (put !== zone) continue;
    if (lot === REFERENCE_LOT) references.push(epc);
    else if (receipts.split(' ').includes(receipt)) expected.add(epc);
  }
  return { zone, expected, references, scale: null };
}
