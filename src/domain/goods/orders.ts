import type { OrderContent } from './documents.ts';

/**
 * How far an order is. `known`: only its content is; the others are the steps of its release (leaf type 10),
 * of which the last counts. A refused claim ends nothing: it may be asked for again.
 */
export type OrderState =
  'known' | 'requested' | 'authorised' | 'claimed' | 'open' | 'done' | 'cancelled' | 'expired';

/** Something that went through the portal of an order and should not have. */
export type OrderBreach = {
  readonly epc: string;
  readonly is: 'excess' | 'wrong-goods' | 'wrong-way';
  readonly at: number;
};

/** One order as far as the journal tells of it. Instants: evidence time, ms; `order`: 64 digits. */
export type OrderFact = {
  readonly order: string;
  /** null while nobody has told what it is about. */
  readonly content: OrderContent | null;
  readonly state: OrderState;
  readonly since: number;
  /** When its portal was opened for it, and when that was over. */
  readonly openedAt: number | null;
  readonly endedAt: number | null;
  /** EPCs that went out under it, sorted. */
  readonly passed: readonly string[];
  readonly breaches: readonly OrderBreach[];
  /** Something passed that should not have, and no person has settled it. */
  readonly isDisputed: boolean;
  /** What was carried out, in the order's own amount; null while that is not known. */
  readonly moved: number | null;
  /** The last refusal, in words. */
  readonly refused: { readonly at: number; readonly why: string } | null;
};
