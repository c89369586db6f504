import { StorageError } from '../domain/errors.ts';
import { bytesEqual, toHex } from '../evidence/encodings.ts';

/** A head that a ledger holds; `root` is null at size 0. */
export type HeldHead = { readonly size: bigint; readonly root: Uint8Array | null };

/** The local log as far as its heads were signed. */
export type SignedLog = {
  /** Size of the newest signed head, 0 without one. */
  readonly size: number;
  rootAt(size: number): Uint8Array;
};

/**
 * Compares a head of our log that stands on a ledger with the log itself. `ahead` means that this key
 * signed more than the store remembers: an old image was restored, or a second gateway has the key.
 * @throws StorageError FORK when both have the size and tell different histories
 */
export function compareHead(head: HeldHead, log: SignedLog): 'prefix' | 'ahead' {
  if (head.size > BigInt(log.size)) return 'ahead';
  if (head.root === null) return 'prefix';
  const root = log.rootAt(Number(head.size));
  if (bytesEqual(root, head.root)) return 'prefix';
  throw new StorageError(
    'FORK',
    `the ledger holds root ${toHex(head.root)} at size ${head.size}, the journal has ${toHex(root)}`,
  );
}
