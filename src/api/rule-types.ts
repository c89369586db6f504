/** One difference between the confirmed rules and the others; null: it is not there. Addresses and numbers are not told. */
export type RuleChange = { readonly path: string; readonly old: string | null; readonly new: string | null };

/**
 * confirmed: what is in force was confirmed. trial: it was changed and goes back at `until` unless people
 * confirm it. rolled-back: what is configured is not in force. stuck: it is, though nobody confirmed it in
 * time, since what was confirmed before cannot be brought back.
 */
export type RuleSetState = 'confirmed' | 'trial' | 'rolled-back' | 'stuck';

export type RuleSetStatus = {
  readonly state: RuleSetState;
  /** Hash of the rule files that are confirmed, or that wait for it, hex. */
  readonly rules: string;
  /** When the trial began and when it ends. */
  readonly since: number | null;
  readonly until: number | null;
  /** The first of two persons who confirm. */
  readonly endorsedBy: string | null;
  readonly needsTwo: boolean;
  /** Why it is no trial any more; empty else. */
  readonly why: string;
  readonly changes: readonly RuleChange[];
};
