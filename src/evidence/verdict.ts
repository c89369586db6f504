import type { FailureCode } from './verification-error.ts';
import type { Question } from './question.ts';

/** Why an answer is not yes; closed, in this order. */
export const BECAUSE = [
  'NOT_COMPLETE',
  'OUT_OF_RANGE',
  'NOT_PRESENT',
  'GAPS_TOO_LONG',
  'CLOCK_UNSURE',
  'READINGS_LOST',
  'STREAM_MISMATCH',
  'DELAY_TOO_LONG',
  'LEAD_TOO_LONG',
  'NOT_ENROLLED',
  'SUMMARY_ONLY',
  'PARTIAL_ONLY',
  'PRESENCE_CONFLICT',
] as const;
export type Because = (typeof BECAUSE)[number];

/** What is not proven, whatever the answer (evidence section 1). */
export type Limit = 'L1' | 'L2' | 'L3' | 'L4' | 'L5' | 'L6' | 'L7';

/** A: signed by the device. B: the channel is authenticated. C: observed. */
export type Level = 'A' | 'B' | 'C';

export type StreamVerdict = {
  readonly slot: number;
  readonly mode: 'full' | 'summary' | 'partial';
  readonly level: Level;
  /** All that was recorded about the question's time is here, every silence declared (section 6). */
  readonly complete: boolean;
  readonly leaves: number;
  /** Readings that are not usable. */
  readonly nbad: number;
  /** Numbers left out between signed frames. */
  readonly lost: number;
  /** Within the question's time, ms; gapMs includes uncertainMs, backfilledMs is a part of gapMs. */
  readonly outMs: number;
  readonly gapMs: number;
  readonly uncertainMs: number;
  readonly backfilledMs: number;
};

type Anchor =
  | { readonly kind: 'cosignature'; readonly owner: string; readonly size: number; readonly at: number }
  /** Shown, not counted: no ledger's proof is checked offline in version 1. */
  | { readonly kind: 'ledger'; readonly ledger: string; readonly network: string; readonly size: number };

/** Signatures of notes under keys of the policy, of log and witnesses. */
export type NoteSignatures = {
  /** Checked and right. */
  readonly checked: number;
  /**
   * Not checked and not counted: the log's own, under heads that the checkpoint proves without them
   * (decision 25).
   */
  readonly implied: number;
};

/** The verifier's answer (evidence section 16); times in ms, an anchor's `at` in seconds. */
export type Verdict = {
  readonly format: 'bailee/verdict/v1';
  /** SHA-256 of the bundle, hex. */
  readonly bundle: string;
  /** null where the checkpoint could not be read. */
  readonly origin: string | null;
  readonly size: number | null;
  readonly root: string | null;
  readonly evidence: 'valid' | 'invalid';
  readonly failure: { readonly code: FailureCode; readonly where: string } | null;
  /** null when neither the asker nor the bundle put one. */
  readonly question: Question | null;
  readonly answer: 'yes' | 'no' | 'undecided';
  readonly because: readonly Because[];
  readonly streams: readonly StreamVerdict[];
  /** Worst room before and after sealing over the question's blocks; null for unlimited. */
  readonly time: { readonly worstDelayMs: number | null; readonly worstLeadMs: number | null };
  /** null where the evidence is invalid. */
  readonly signatures: NoteSignatures | null;
  readonly anchors: readonly Anchor[];
  readonly attested: false;
  readonly limits: readonly Limit[];
};

/**
 * The order on verdicts: 0 the evidence is invalid, 1 undecided, 2 an answer. Taking an optional file
 * out of a bundle never makes a verdict stronger, and never turns one answer into the other.
 */
export function strength({ evidence, answer }: Verdict): 0 | 1 | 2 {
  if (evidence === 'invalid') return 0;
  return answer === 'undecided' ? 1 : 2;
}
