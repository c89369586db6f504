/**
 * The rules of receipts, pledges and orders (ledger section 3) once more, as plainly as they can be said:
 * no storage, no roles of the chain, no hashes. Tests compare the contract with it.
 */
export type ReceiptModel = {
  readonly goods: string;
  holder: string;
  qty: number;
  open: boolean;
  frozen: boolean;
  held: boolean;
  disputed: Set<string>;
  voidAsked: boolean;
};
export type PledgeModel = { readonly receipt: string; readonly financier: string; qty: number };
export type OrderModel = {
  readonly receipt: string;
  readonly qty: number;
  readonly expires: number;
  state: 'requested' | 'authorized' | 'executing' | 'over';
  beganAt: number;
};

export type Ledger = {
  readonly receipts: Map<string, ReceiptModel>;
  readonly pledges: Map<string, PledgeModel>;
  readonly orders: Map<string, OrderModel>;
};

const GATE_PATIENCE_S = 86_400;

export const pledgedOf = ({ pledges }: Ledger, receipt: string): number =>
  sum([...pledges.values()].filter((p) => p.receipt === receipt));

export const reservedOf = ({ orders }: Ledger, receipt: string): number =>
  sum([...orders.values()].filter((o) => o.receipt === receipt && o.state !== 'over'));

export const freeOf = (ledger: Ledger, id: string): number =>
  (ledger.receipts.get(id)?.qty ?? 0) - pledgedOf(ledger, id) - reservedOf(ledger, id);

function sum(items: readonly { readonly qty: number }[]): number {
  return items.reduce((total, { qty }) => total + qty, 0);
}

/** Each may be done by this party at this time, or not; what it does then is in `apply…`. */
export const may = {
  issue: (ledger: Ledger, by: string, goods: string, qty: number): boolean =>
    by === 'warehouse' && qty > 0 && ![...ledger.receipts.values()].some((r) => r.open && r.goods === goods),
  transfer: (ledger: Ledger, by: string, id: string, to: string): boolean => {
    const r = ledger.receipts.get(id);
    return isHolders(r, by) && !r.frozen && to !== r.holder && freeOf(ledger, id) === r.qty;
  },
  pledge: (ledger: Ledger, by: string, id: string, financier: string, qty: number): boolean => {
    const r = ledger.receipts.get(id);
    const isBank = financier === 'bank' || financier === 'secondBank';
    return isHolders(r, by) && !r.frozen && isBank && qty > 0 && qty <= freeOf(ledger, id);
  },
  reduce: ({ pledges }: Ledger, by: string, id: string, to: number): boolean => {
    const p = pledges.get(id);
    return p !== undefined && p.financier === by && to < p.qty;
  },
  request: (ledger: Ledger, by: string, id: string, qty: number, expires: number, now: number): boolean => {
    const r = ledger.receipts.get(id);
    return isHolders(r, by) && !r.frozen && qty > 0 && qty <= freeOf(ledger, id) && expires > now;
  },
  authorize: ({ orders }: Ledger, by: string, id: string, now: number): boolean => {
    const o = orders.get(id);
    return o?.state === 'requested' && now <= o.expires && by === 'warehouse';
  },
  begin: ({ orders, receipts }: Ledger, by: string, id: string, now: number): boolean => {
    const o = orders.get(id);
    const r = receipts.get(o?.receipt ?? '');
    if (o === undefined || r === undefined) return false;
    const isStopped = r.frozen || r.held || r.disputed.size > 0;
    return o.state === 'authorized' && by === 'gate' && now <= o.expires && !isStopped;
  },
  complete: ({ orders, receipts }: Ledger, by: string, id: string, moved: number, now: number): boolean => {
    const o = orders.get(id);
    if (o?.state !== 'executing' || moved > o.qty) return false;
    const isDead = receipts.get(o.receipt)?.frozen === true && now >= o.beganAt + GATE_PATIENCE_S;
    return by === 'gate' || (by === 'regulator' && isDead);
  },
  cancel: ({ orders, receipts }: Ledger, by: string, id: string): boolean => {
    const o = orders.get(id);
    const isOurs = by === 'warehouse' || by === receipts.get(o?.receipt ?? '')?.holder;
    return (o?.state === 'requested' || o?.state === 'authorized') && isOurs;
  },
  expire: ({ orders }: Ledger, id: string, now: number): boolean => {
    const o = orders.get(id);
    return (o?.state === 'requested' || o?.state === 'authorized') && now > o.expires;
  },
};

function isHolders(r: ReceiptModel | undefined, by: string): r is ReceiptModel {
  return r?.open === true && r.holder === by;
}
