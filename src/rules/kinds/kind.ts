import type { StreamSpec } from '../../domain/stream.ts';
import type { Fields } from '../fields.ts';
import type { Level } from '../rule.ts';

/** One word of the rule language: what it may say and how that reads on a stream. */
export type Kind = {
  /** Keys it adds to a rule and to each of its levels. */
  readonly keys: readonly string[];
  /** False for a kind whose condition brings its own waiting time. */
  readonly raiseAfter: boolean;
  /** Reads one level for the streams selected; null, with the problems told, when it is wrong. */
  readonly check: (level: Fields, streams: readonly StreamSpec[]) => Level['bind'] | null;
};
