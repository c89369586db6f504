import type { SlotKey, TailLeaf, TailRow } from '../domain/commit.ts';
import type { BundleSource, ErasedSegment, SourceSegment } from './bundle-source.ts';
import type { NoteKey } from './note-key.ts';
import type { PolicyKey } from './policy.ts';

/** The read side of a data directory, walked block by block. */
export type AuditArchive = Pick<BundleSource, 'segmentHeads' | 'node' | 'notesBetween' | 'streams'> & {
  size(): number;
  block(no: number): { readonly t0: number; readonly t1: number; readonly block: Uint8Array } | null;
  segment(no: number, slot: number): AuditSegment | null;
  tailRow(): TailRow | null;
  tailLeaves(): Iterable<TailLeaf>;
  tailKeys(): readonly SlotKey[];
  /** Looks while nothing changes, whatever is committed meanwhile. */
  atOneMoment<T>(look: () => T): T;
};

export type AuditSegment = Omit<SourceSegment, 'erased'> & {
  /** By which act of slot 0 leaves were erased, if they were. */
  readonly erased?:
    (ErasedSegment & { readonly act: { readonly block: number; readonly seq: number } }) | null;
  readonly seq0: number;
  readonly n: number;
  readonly coveredUntil: number | null;
};

export type AuditKeys = {
  readonly origin: string;
  readonly log: readonly PolicyKey[];
  /** Ledger and witness keys whose lines must verify where a note has them. */
  readonly others: readonly NoteKey[];
};
