import type { Objection, RefusalWord } from '../domain/goods/refusals.ts';
import type { OrderContent } from '../domain/goods/documents.ts';
import type { OrderFact } from '../domain/goods/orders.ts';
import type { GateParts, Hex, LedgerOrder, LocalFacts, OnLedger } from './ports.ts';

/** What is against an order by what the ledger says; null for nothing. `wanted` is the state it has to be in. */
export function objectionOnLedger(
  found: OnLedger | null,
  content: OrderContent,
  gate: Hex,
  wanted: 'authorized' | 'executing',
): Objection | null {
  if (found === null) return because('not-on-ledger', content.order);
  const { order, receipt } = found;
  if (order.gate.toLowerCase() !== gate.toLowerCase()) return because('wrong-gate', order.gate);
  if (order.state !== wanted) return because(STATE_WORDS[order.state], order.state);
  if (order.receiptId.toLowerCase() !== `0x${content.receipt ?? ''}`) {
    return because('other-goods', `receipt ${order.receiptId}`);
  }
  const asked = BigInt(content.amount.value);
  if (asked > order.qty) return because('too-much', `${asked}, ${order.qty} are let go`);
  if (asked < order.qty) return because('other-goods', `${asked} of ${order.qty}`);
  if (receipt.frozen) return because('frozen', order.receiptId);
  if (receipt.held) return because('held', order.receiptId);
  if (receipt.disputedBy.length > 0) return because('disputed', `by ${receipt.disputedBy.join(', ')}`);
  return null;
}

const STATE_WORDS: Readonly<Record<LedgerOrder['state'], RefusalWord>> = {
  requested: 'not-authorised',
  // Of an order that has to be Executing: the ledger takes back what it said was final.
  authorized: 'contradiction',
  executing: 'already-claimed',
  done: 'done',
  cancelled: 'cancelled',
  expired: 'expired',
};

/** What is against an order by what the gateway knows itself; asked before the claim and before the door. */
export function objectionHere(
  fact: OrderFact | null,
  { portal, local }: Pick<GateParts, 'portal' | 'local'>,
): Objection | null {
  const content = fact?.content ?? null;
  if (fact === null || content === null) return because('no-content', '');
  if (content.direction !== 'out' || content.receipt === null) return because('wrong-way', content.direction);
  if (content.portal !== portal) return because('wrong-gate', content.portal);
  const now = local.now();
  if (now < content.from || now > content.until) return because('out-of-window', windowOf(content));
  if (fact.isDisputed) return because('disputed', fact.breaches.map(({ epc }) => epc).join(' '));
  const other = otherGoods(content, content.receipt, local);
  if (other !== null) return because('other-goods', other);
  const [excursion] = local.excursions(content.zone);
  if (excursion !== undefined) return because('excursion', excursion);
  if (local.reader() !== 'well') return because('reader-ill', local.reader());
  return local.barrier() === 'well' ? null : because('barrier-ill', local.barrier());
}

/** A tag that is on record under another receipt or lot; what is not on record at all is counted at the portal. */
function otherGoods(
  { epcs, lot }: OrderContent,
  receipt: string,
  local: Pick<LocalFacts, 'item'>,
): string | null {
  for (const epc of epcs ?? []) {
    const item = local.item(epc);
    if (item === null) continue;
    if (item.lot !== lot) return `${epc} is of lot ${item.lot}`;
    const [first] = item.receipts;
    if (first !== undefined && !item.receipts.includes(receipt)) return `${epc} is under receipt ${first}`;
  }
  return null;
}

function windowOf({ from, until }: OrderContent): string {
  return `${new Date(from).toISOString()} to ${new Date(until).toISOString()}`;
}

export function because(word: RefusalWord, values: string): Objection {
  return { word, with: values };
}

/** What can only be one, whenever it is asked. */
function fixed({ order }: OnLedger): string {
  return [order.receiptId, order.gate, order.qty, order.expires].join(' ').toLowerCase();
}

const RANK: Readonly<Record<LedgerOrder['state'], number>> = {
  requested: 0,
  authorized: 1,
  executing: 2,
  done: 3,
  cancelled: 3,
  expired: 3,
};

/** Whether two answers at finality, the second asked after the first, cannot both be true. */
export function contradicts(first: OnLedger | null, second: OnLedger | null): boolean {
  if (first === null || second === null) return first !== null;
  if (fixed(first) !== fixed(second)) return true;
  const [before, after] = [first.order.state, second.order.state];
  return RANK[after] < RANK[before] || (RANK[before] === 3 && before !== after);
}
