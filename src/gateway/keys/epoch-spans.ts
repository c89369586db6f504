import { openArchive } from '../../buffer/archive.ts';
import { epochsOf } from '../../buffer/epochs.ts';
import { continuedBy } from './epoch-end.ts';

/** The time that one epoch of a log tells of: from ≤ t < to, ms; `to` is Infinity for the newest. */
export type EpochSpan = { readonly epoch: number; readonly from: number; readonly to: number };

/** The epochs that a data directory holds, ascending, each up to where the next one begins. @throws StorageError */
export function epochSpans(directory: string): EpochSpan[] {
  const begins = epochsOf(directory).map((epoch) => {
    if (epoch === 0) return { epoch, from: 0 };
    using archive = openArchive(directory, epoch);
    return { epoch, from: continuedBy(archive)?.notBefore ?? 0 };
  });
  return begins.map((begin, i) => ({ ...begin, to: begins[i + 1]?.from ?? Infinity }));
}

/** Those that tell of a part of this window. */
export function spansIn(
  spans: readonly EpochSpan[],
  { from, to }: { readonly from: number; readonly to: number },
): EpochSpan[] {
  return spans.filter((span) => span.from < to && span.to > from);
}
