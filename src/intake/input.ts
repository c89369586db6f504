import type { Settled, StoredFile } from '../domain/commit.ts';
import type { RecordType, Value } from '../domain/record.ts';

/**
 * A record on its way in. Whoever brings it gives it away: intake puts it in its place and journals
 * this very object, since another one for each was a tenth of all garbage (m).
 */
export type InputRecord = {
  readonly slot: number;
  /** Intake's; readings have room for it from the start. */
  seq?: number;
  /** When it was seen, evidence time, ms; intake may raise it (evidence section 3). */
  t: number;
  readonly type: RecordType;
  /** Intake sets the bit of a late reading (evidence section 4.1). */
  body: readonly Value[];
};

export const UNPLACED = -1;

/** Records that belong together, and who is told once they are durable. */
export type Input = {
  readonly records: readonly InputRecord[];
  readonly settled?: readonly Settled[];
  /** Documents that these records name by their hash: stored in the same commit. */
  readonly files?: readonly StoredFile[];
  readonly committed?: () => void;
};
