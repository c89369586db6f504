import type { SlotKey, TailLeaf } from '../../domain/commit.ts';
import type { OpenBlock, StreamInBlock } from '../../evidence/open-block.ts';
import { MAX_LEAVES } from '../../evidence/segment.ts';

/** Leaves of a broken tail with their new numbers, and how many could not be kept. */
export type Kept = { readonly kept: readonly TailLeaf[]; readonly unfit: number };

/**
 * Adds to `open` what fits, each leaf with the seq that is next in its stream by then, so that one
 * that is damaged does not take those behind it along. A slot whose salt key is lost gets a new one.
 */
export function keepFitting(
  open: OpenBlock,
  leaves: readonly TailLeaf[],
  found: { readonly keys: readonly SlotKey[]; readonly slots: number; readonly randomKey: () => Uint8Array },
): Kept {
  const keys = new Map(found.keys.map((key) => [key.slot, key]));
  const kept: TailLeaf[] = [];
  for (const leaf of leaves) {
    const { slot } = leaf;
    if (slot >= found.slots) continue;
    const key = keys.get(slot) ?? { slot, key: found.randomKey() };
    keys.set(slot, key);
    const renumbered = { ...leaf, seq: open.seqOf(slot) };
    if (open.restore([renumbered], [key]).length === 0) kept.push(renumbered);
  }
  return { kept, unfit: leaves.length - kept.length };
}

/**
 * How many leaves are known to be gone: by the holes that they left in the numbers of their streams
 * and by whole commits that are not there, whichever knows of more. What was cut off behind the last
 * leaf of a stream shows only as a commit that the signed row counts.
 * @param commits what the signed row counts; null without one
 */
export function countMissing(
  leaves: readonly TailLeaf[],
  streams: readonly StreamInBlock[],
  commits: number | null,
): number {
  const rows: number[] = [];
  const numbered: number[] = [];
  const seen = new Set<number>();
  for (const { slot, seq, k } of leaves) {
    const place = seq - (streams[slot]?.seq0 ?? seq + 1);
    rows[slot] = (rows[slot] ?? 0) + 1;
    // A number that no leaf of a block can have is itself damaged and tells nothing.
    if (place >= 0 && place < MAX_LEAVES) numbered[slot] = Math.max(numbered[slot] ?? 0, place + 1);
    if (commits !== null && k >= 1 && k <= commits) seen.add(k);
  }
  const holes = numbered.reduce((sum, n, slot) => sum + Math.max(0, n - (rows[slot] ?? 0)), 0);
  return Math.max(holes, commits === null ? 0 : commits - seen.size);
}
