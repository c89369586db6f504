import type { StreamSpec } from '../../domain/stream.ts';
import type { Fields } from '../fields.ts';
import type { About, Level, Rule } from '../rule.ts';
import type { Site } from '../site.ts';

/** What a level may name beside the streams that its rule selects. */
export type Scope = {
  readonly site: Site;
  /** Ids of the rules that stand before this one, and those of them that are right. */
  readonly before: readonly string[];
  readonly earlier: ReadonlyMap<string, Rule>;
};

/** One word of the rule language: what it may say and how that reads on a stream. */
export type Kind = {
  readonly about: About;
  /** Keys it adds to a rule and to each of its levels. */
  readonly keys: readonly string[];
  /** False for a kind whose condition brings its own waiting time. */
  readonly raiseAfter: boolean;
  /** Whether the same limit is put before readings that come late. */
  readonly seesLate: boolean;
  /** Whether it looks at more than the values of its own stream as they come. */
  readonly looksAround: boolean;
  /** Reads one level for the streams selected; null, with the problems told, when it is wrong. */
  readonly check: (level: Fields, streams: readonly StreamSpec[], scope: Scope) => Level['bind'] | null;
};
