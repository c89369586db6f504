import type { AnchorAlarm, AnchorEvent } from './anchor-status.ts';
import type { CheckpointLedger, Hex32 } from './port.ts';

/** The gateway's own log: signed heads, roots and proofs. */
export type LocalLog = {
  /** The newest head that may be anchored: with witnesses configured, one that bears k cosignatures. */
  newest(): { readonly size: number; readonly note: string } | null;
  /** Size of the newest signed head, which anyone may have relayed; 0 without one. */
  signedSize(): number;
  rootAt(size: number): Uint8Array;
  consistency(oldSize: number, newSize: number): readonly Uint8Array[];
};

export type StagedAnchor = {
  readonly id: string;
  readonly kind: 'anchor';
  readonly log: Hex32;
  readonly size: number;
  /** JSON of what was asked. */
  readonly request: string;
  readonly makes: null;
  readonly raw: Uint8Array;
  readonly sender: string;
  readonly nonce: number;
};

/** Durable before it returns: what is sent was stored, so a restart sends the same bytes or none. */
export type SubmissionStore = {
  stage(s: StagedAnchor): void;
  update(
    id: string,
    change:
      | { readonly state: 'submitted' }
      | { readonly state: 'final'; readonly proof: string | null }
      | { readonly state: 'refused' | 'dropped'; readonly why: string },
  ): void;
  inFlight(): readonly FlyingAnchor[];
  lastFinal(log: string): { readonly size: number | null } | null;
};
export type FlyingAnchor = {
  readonly id: string;
  readonly log: string | null;
  readonly size: number | null;
  readonly raw: Uint8Array;
  readonly sender: string;
  readonly nonce: number | null;
};

export type AnchorerParts = {
  readonly ledger: CheckpointLedger;
  readonly logId: Hex32;
  readonly log: LocalLog;
  readonly store: SubmissionStore;
  /** A rotation of keys takes its turn before the anchors; null when there is nothing for it to do. */
  readonly keys?: { step(signal: AbortSignal): Promise<'again' | 'retry' | null> };
  readonly onOutcome: (event: AnchorEvent) => void;
  readonly onAlarm: (alarm: AnchorAlarm) => void;
  /** How long an outcome is waited for before the same bytes are sent again, ms. */
  readonly patienceMs: number;
  /** Wall clock, ms since 1970. */
  readonly now: () => number;
  /** In [0, 1). */
  readonly random: () => number;
  /** Resolves when time is up or the signal aborts. */
  readonly sleep: (ms: number, signal: AbortSignal) => Promise<void>;
};
