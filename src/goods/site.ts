import type { Portal } from '../domain/goods/portals.ts';
import type { OpenStream } from '../domain/stream.ts';
import type { KnownRule } from './findings.ts';

/** What of a configuration goods are told by. */
export type GoodsSite = {
  readonly streams: readonly OpenStream[];
  /** Ids of the zones there are. */
  readonly zones: readonly string[];
  readonly portals: readonly Portal[];
  /** Rules by which control is lost, blinded or weaker say so by their basis. */
  readonly rules: readonly KnownRule[];
};
