import { StorageError } from '../domain/errors.ts';
import { CborError } from './cbor.ts';

/** What a bundle is made from: the read side of a journal, committed state only. */
export type BundleSource = {
  block(no: number): { readonly t0: number; readonly block: Uint8Array } | null;
  /** Blocks a ≤ no < b that reach from the first to the last one meeting [from, to); a = b for none. */
  blocksBetween(from: number, to: number): { readonly a: number; readonly b: number };
  segment(no: number, slot: number): SourceSegment | null;
  /** Bytes of S and of the leaves of every slot of a block, in slot order, without reading them. */
  segmentSizes(no: number): readonly { readonly segment: number; readonly leaves: number }[];
  /** Whether leaves of this segment were erased. */
  isErased(no: number, slot: number): boolean;
  /** CBOR of S of every slot of a block, in slot order. */
  segmentHeads(no: number): readonly Uint8Array[];
  /** Root of the perfect subtree [index · 2^level, (index + 1) · 2^level) of the log. */
  node(level: number, index: number): Uint8Array | null;
  note(size: number): string | null;
  notesBetween(from: number, to: number): Iterable<{ readonly size: number; readonly note: string }>;
  /** Every descriptor that was ever in force. */
  streams(): readonly { readonly slot: number; readonly descriptor: Uint8Array }[];
  file(sha256: Uint8Array): Uint8Array | null;
  /** Bytes of a file that is kept; null for one that is not. */
  fileSize(sha256: Uint8Array): number | null;
  /** JSON of what a ledger gave back for the head of this size. */
  ledgerProof(size: number): string | null;
};

/** `leaves` is CBOR of [[t, type, body], …]; `key` is null for an empty segment. */
export type SourceSegment = {
  readonly segment: Uint8Array;
  readonly key: Uint8Array | null;
  readonly leaves: Uint8Array;
  /** After an erasure `key` is null and `leaves` empty; see `placesOf`. */
  readonly erased?: ErasedSegment | null;
};

/** `rest` is CBOR of what is left in seq order, [salt, t, type, body] or LH(L) of each leaf; null for nothing. */
export type ErasedSegment = { readonly rest: Uint8Array | null };

/** Reads something the source keeps. @throws StorageError CORRUPT naming it when its bytes are none */
export function soundly<T>(what: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (error instanceof CborError)
      throw new StorageError('CORRUPT', `${what}: ${error.message}`, { cause: error });
    throw error;
  }
}

/** @throws StorageError CORRUPT for what the source must have and has not */
export function present<T>(found: T | null, what: string): T {
  if (found === null) throw new StorageError('CORRUPT', `${what} is missing`);
  return found;
}
