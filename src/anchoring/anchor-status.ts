import type { AnchorErrorCode } from '../domain/errors.ts';
import type { Point, Refusal } from './port.ts';

/** What became of the checkpoint of this size; told once each time it changes. */
export type AnchorEvent =
  /** `proof` is null when another member relayed the same text and so has the transaction. */
  | { readonly kind: 'final'; readonly size: number; readonly proof: string | null }
  | { readonly kind: 'included'; readonly size: number; readonly point: Point }
  | { readonly kind: 'refused'; readonly size: number; readonly why: Refusal }
  | { readonly kind: 'dropped' | 'unknown' | 'reorganised'; readonly size: number };

/** What a person must look at. It is told once, and `cleared` when it is over. */
export type AnchorAlarm =
  /** The ledger holds more of our log than we do; unless it is final, it may yet be reorganised away. */
  | {
      readonly kind: 'rollback';
      readonly ledgerSize: number;
      readonly localSize: number;
      readonly final: boolean;
    }
  /** The ledger refuses our anchors, and trying again will not help. */
  | { readonly kind: 'refused'; readonly why: Refusal['code'] }
  | { readonly kind: 'cleared' };

export type AnchorState =
  /** Waiting for the fork guard's answer: nothing is signed. */
  | 'guarding'
  /** All that was signed is final on the ledger. */
  | 'idle'
  /** A transaction is on its way. */
  | 'submitting'
  | 'retrying'
  /** The ledger refuses; see the alarm. */
  | 'refused'
  | 'rollback';

export type AnchorStatus = {
  readonly state: AnchorState;
  /** Newest checkpoint that cannot be undone; `at` is ledger time in ms, null until the ledger was read. */
  readonly lastFinal: { readonly size: number; readonly at: number | null } | null;
  /** Its age now, ms; null when it is not known. */
  readonly ageMs: number | null;
  readonly lastError: {
    readonly code: AnchorErrorCode;
    readonly message: string;
    readonly at: number;
  } | null;
};
