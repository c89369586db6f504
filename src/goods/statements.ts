import type {
  Aggregation,
  CountReply,
  GoodsDocument,
  QuantityTold,
  ReceiptBinding,
} from '../domain/goods/documents.ts';
import { StatementKind } from '../domain/record.ts';

/**
 * Documents that people put on record by themselves; orders and hand-overs have ways of their own, with what
 * they need besides.
 */
export type Tellable = Aggregation | CountReply | QuantityTold | ReceiptBinding;

const TELLABLE: readonly GoodsDocument['kind'][] = ['aggregation', 'count', 'quantity', 'receipt'];

export function isTellable(document: GoodsDocument): document is Tellable {
  return TELLABLE.includes(document.kind);
}

type Said = { readonly kind: StatementKind; readonly subject: string; readonly qty: number | null };

/** What a statement says of the document it names: leaf 16 without hash and source. */
export function statementOf(document: Tellable): Said {
  if (document.kind === 'receipt')
    return { kind: StatementKind.receipt, subject: document.receipt, qty: document.amount.value };
  if (document.kind === 'count')
    return { kind: StatementKind.count, subject: document.receipt ?? document.zone, qty: document.seen };
  if (document.kind === 'aggregation')
    return { kind: StatementKind.aggregation, subject: document.parent, qty: document.children.length };
  return { kind: StatementKind.quantity, subject: document.lot, qty: document.amount.value };
}
