import type { GoodsDocument } from '../domain/goods/documents.ts';
import type { LogRecord, Value } from '../domain/record.ts';

/** Finds what a statement names by its hash; null for what is not kept or is no document of goods. */
export type Documents = (sha256: Uint8Array) => GoodsDocument | null;

/**
 * One part of what is known of goods. It takes every record in the order of evidence, also those that
 * deciding wrote; what it learns counts at once and lasts only with `commit`.
 */
export interface Part {
  /** Inputs before the rules see them, decisions after they have their place. A clock step moves every instant kept. */
  take(record: LogRecord, documents: Documents): void;
  commit(): void;
  discard(): void;
  /** For snapshots and the state hash of event 7. */
  encode(): Value;
}
