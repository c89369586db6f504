import type { Settled } from '../domain/commit.ts';
import type { RecordType, Value } from '../domain/record.ts';

/** A record on its way in: everything but its place in the order, which intake gives it. */
export type InputRecord = {
  readonly slot: number;
  /** When it was seen, evidence time, ms; intake may raise it (evidence section 3). */
  readonly t: number;
  readonly type: RecordType;
  readonly body: readonly Value[];
};

/** Records that belong together, and who is told once they are durable. */
export type Input = {
  readonly records: readonly InputRecord[];
  readonly settled?: readonly Settled[];
  readonly committed?: () => void;
};
