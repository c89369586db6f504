import type { OpenStream } from '../domain/stream.ts';
import type { Condition, Level, Rule } from './rule.ts';

export type BoundLevel = Pick<Level, 'priority' | 'raise' | 'clear'> & Condition;

/** What `when:` says while the stream's device is well and while it is ill; null without a guard. */
export type GuardOutcomes = { readonly well: boolean; readonly ill: boolean };

/** One rule on one subject. */
export type Instance = {
  readonly index: number;
  readonly rule: Rule;
  /** The stream it is about; of a zone or the gateway one that is none, with its name and place. */
  readonly stream: OpenStream;
  readonly subject: string;
  /** `<subject>/<rule>`. */
  readonly alarm: string;
  readonly levels: readonly BoundLevel[];
  readonly guard: GuardOutcomes | null;
  /** Its condition is absence: it waits from the start on, and bad readings do not reach it. */
  readonly isSilence: boolean;
  /** All its levels remember, and are told what they listen to. */
  readonly isWatch: boolean;
};
