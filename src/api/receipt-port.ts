import type {
  ControlChanges,
  Movement,
  ReceiptAct,
  ReceiptGaps,
  ReceiptStatus,
  Score,
  SignedStatement,
  TimelineEntry,
} from './receipt-types.ts';

/** Who asks, by number and role. */
type By = { readonly actor: number; readonly role: string };

/** What is shown of receipts, from memory; null for one that was never bound here. */
export type ReceiptShowing = {
  list(): readonly ReceiptStatus[];
  status(receipt: string): ReceiptStatus | null;
  statement(receipt: string): SignedStatement | null;
  gaps(receipt: string): ReceiptGaps | null;
  movements(receipt: string): readonly Movement[] | null;
  timeline(receipt: string): readonly TimelineEntry[] | null;
  score(receipt: string): Score | null;
  /** @param day `2026-11-24`; null for one that is not over, or that no statement was made of */
  stock(day: string): SignedStatement | null;
  /** Changes after a number. */
  changes(after: number): ControlChanges;
  /**
   * Resolves once the act is on record, and leaves no record when it throws.
   * @throws Refused NOT_FOUND, CONFLICT for what cannot be now, NOT_ALLOWED for who may not
   */
  act(receipt: string, act: ReceiptAct & By): Promise<void>;
};
