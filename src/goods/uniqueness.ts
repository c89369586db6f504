import type { Goods } from './goods.ts';
import { lifecycleOf, type ReceiptRow } from './receipt-row.ts';

/** What speaks against one lot, one receipt: `other` is the other receipt. */
export type LocalSignal = {
  readonly kind: 'same-epc' | 'same-place' | 'same-ticket';
  readonly other: string;
  /** Tags that both name; 1 for a place or a ticket. */
  readonly count: number;
};

/** Of one receipt, among all that are alive here. */
export type LocalUniqueness = {
  readonly signals: readonly LocalSignal[];
  /** EPCs that it names and that lie here. */
  readonly epcs: readonly string[];
  /** Share of these whose chip is known, hundredths of a per cent, truncated; null without tags. */
  readonly tidShare: number | null;
};

type Compared = Pick<Goods, 'items' | 'receipts' | 'lots'>;

/** Compares every receipt that is alive with every other, in one pass over what lies here. */
export function compareReceipts(
  goods: Compared,
  zones: readonly string[],
): ReadonlyMap<string, LocalUniqueness> {
  const rows = goods.receipts.list().filter(isAlive);
  const ids = new Set(rows.map(({ binding }) => binding.receipt));
  const tags = new Map([...ids].map((id) => [id, newTags()]));
  for (const zone of zones) {
    for (const { epc, tid, receipts, zone: put } of goods.items.inZone(zone)) {
      if (put !== zone || receipts === '') continue;
      const own = receipts.split(' ').filter((id) => ids.has(id));
      for (const id of own) tags.get(id)?.add(epc, tid !== '', own);
    }
  }
  return new Map(
    rows.map((row) => {
      const { receipt } = row.binding;
      const found = tags.get(receipt) ?? newTags();
      const shared = [...found.shared]
        .filter(([other]) => other !== receipt)
        .map(([other, count]) => ({ kind: 'same-epc', other, count }) as const);
      const others = rows.filter((other) => other !== row);
      const placed = others
        .filter((other) => isSamePlace(row, other))
        .map((other) => signal('same-place', other));
      const weighed = others
        .filter((other) => isSameTicket(goods, row, other))
        .map((other) => signal('same-ticket', other));
      const { epcs, bound } = found;
      const tidShare = epcs.length === 0 ? null : Math.trunc((bound() * 10_000) / epcs.length);
      return [receipt, { signals: [...shared, ...placed, ...weighed], epcs, tidShare }] as const;
    }),
  );
}

function isAlive(row: ReceiptRow): boolean {
  const life = lifecycleOf(row);
  return life !== 'released' && life !== 'cancelled';
}

function newTags() {
  const epcs: string[] = [];
  const shared = new Map<string, number>();
  let bound = 0;
  return {
    epcs,
    shared,
    bound: () => bound,
    add: (epc: string, isBound: boolean, receipts: readonly string[]): void => {
      epcs.push(epc);
      if (isBound) bound += 1;
      for (const other of receipts) shared.set(other, (shared.get(other) ?? 0) + 1);
    },
  };
}

function signal(kind: 'same-place' | 'same-ticket', { binding }: ReceiptRow): LocalSignal {
  return { kind, other: binding.receipt, count: 1 };
}

/** The same stack or bin, or goods that the ledger would call the same. */
function isSamePlace(a: ReceiptRow, b: ReceiptRow): boolean {
  const location = a.binding.place.location.trim();
  const isSpot = location !== '' && a.zone === b.zone && location === b.binding.place.location.trim();
  return isSpot || a.binding.goodsKey === b.binding.goodsKey;
}

function isSameTicket({ lots }: Compared, a: ReceiptRow, b: ReceiptRow): boolean {
  if (a.binding.goods.lot === b.binding.goods.lot) return false;
  const tickets = (row: ReceiptRow) =>
    new Set(lots.bulksOf(row.binding.goods.lot).flatMap(({ told }) => told?.ticket ?? []));
  return !tickets(a).isDisjointFrom(tickets(b));
}
