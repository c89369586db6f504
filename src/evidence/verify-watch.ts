import type { LeafObserver } from './proven-leaf.ts';
import type { Question } from './question.ts';
import type { StepName } from './verify-steps.ts';
import type { Proven } from './verify-question.ts';

/**
 * Is told of a verification as it goes on, for a progress bar or a chart; nothing told changes the
 * verdict, and what was told counts for nothing unless that says valid.
 */
export type Watch = {
  /** A step begins; of step `leaves`, this many are to come. */
  readonly step?: (step: StepName, leaves: number | null) => void;
  readonly leaf?: LeafObserver;
  /** All steps have passed. */
  readonly proven?: (proven: Proven, question: Question | null) => void;
};
