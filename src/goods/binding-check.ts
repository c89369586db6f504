import type { ReceiptBinding } from '../domain/goods/documents.ts';
import type { Stocked } from './stock.ts';

/** A weighing may differ from the receipt by so much, per mille (R11), or by what the receipt lets be lost. */
const WEIGHT_PER_MILLE = 3;

/**
 * What the intake check has against a binding: what was counted or weighed of the lot where it lies is not
 * what the receipt says. null where all agrees, where nothing was counted yet, and for an override with its reason.
 */
export function bindingObjection(goods: Stocked, receipt: ReceiptBinding): string | null {
  if (receipt.override !== null) return null;
  const found = byPiece(goods, receipt) ?? byWeight(goods, receipt);
  return found === null ? null : `${found}: count again, or give an override with its reason`;
}

function byPiece({ items }: Stocked, { amount, epcs, goods, place }: ReceiptBinding): string | null {
  if (amount.unit !== '1' || amount.exp !== 0) return null;
  if (epcs !== null && epcs.length !== amount.value)
    return `the receipt says ${amount.value} pieces and names ${epcs.length} tags`;
  let placed = 0;
  for (const item of items.ofLot(goods.lot)) if (item.zone === place.zone) placed += 1;
  // Goods may be bound first and tagged then; with some of them on record all have to be.
  if (placed === 0 || placed === amount.value) return null;
  return `the receipt says ${amount.value} pieces, and ${placed} of lot ${goods.lot} are on record in ${place.zone}`;
}

function byWeight({ lots }: Stocked, { amount, goods, place, lossPerMille }: ReceiptBinding): string | null {
  const told = lots.bulksOf(goods.lot).find(({ zone }) => zone === place.zone)?.told ?? null;
  if (told === null || told.amount.unit !== amount.unit || told.amount.exp !== amount.exp) return null;
  const most = BigInt(Math.max(WEIGHT_PER_MILLE, lossPerMille)) * BigInt(amount.value);
  const apart = Math.abs(told.amount.value - amount.value);
  if (BigInt(apart) * 1000n <= most) return null;
  const scale = amount.exp === 0 ? '' : `·10^${amount.exp}`;
  return `the receipt says ${amount.value}${scale} ${amount.unit} and ${told.amount.value}${scale} were weighed`;
}
