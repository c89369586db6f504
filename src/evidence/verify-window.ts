import type { Block } from './block.ts';
import type { Interval } from './intervals.ts';
import type { OriginPolicy } from './policy.ts';
import type { VerifiedNotes } from './verify-notes.ts';
import type { BlockTime } from './verify-time.ts';

/**
 * C6 (evidence section 6): blocks not disclosed were made before the window or after it, whatever
 * they say. With k = 0 only their own times speak.
 */
export function coversWindow(
  window: Interval,
  maxGapMs: number,
  blocks: readonly Block[],
  times: readonly BlockTime[],
  notes: VerifiedNotes,
): boolean {
  const first = blocks[0];
  const last = blocks.at(-1);
  if (first === undefined || last === undefined) return false;
  const { k, skewMs } = notes.policy;
  const heads = [...notes.heads, notes.checkpoint];
  const madeBefore =
    k === 0 || heads.some((h) => h.size >= first.no && h.time !== null && h.time + skewMs <= window.from);
  const begins = first.no === 0 || (first.t0 <= window.from - maxGapMs && madeBefore);
  const notBefore = times.at(-1)?.notBefore ?? null;
  const madeAfter = k === 0 || (notBefore !== null && notBefore - skewMs >= window.to);
  return begins && last.t1 >= window.to && madeAfter;
}

/** Worst room to invent (delay) and to have sealed early (lead) over blocks meeting the window, ms. */
export function worstTimes(
  window: Interval,
  blocks: readonly Block[],
  times: readonly BlockTime[],
): { readonly worstDelayMs: number | null; readonly worstLeadMs: number | null; readonly blocks: number } {
  let worstDelayMs: number | null = Number.NEGATIVE_INFINITY;
  let worstLeadMs: number | null = Number.NEGATIVE_INFINITY;
  let met = 0;
  for (const [i, { t0, t1 }] of blocks.entries()) {
    if (t0 >= window.to || t1 <= window.from) continue;
    met += 1;
    const { notBefore = null, notAfter = null } = times[i] ?? {};
    worstDelayMs = worse(worstDelayMs, notAfter === null ? null : notAfter - t1);
    worstLeadMs = worse(worstLeadMs, notBefore === null ? null : t1 - notBefore);
  }
  return met === 0
    ? { worstDelayMs: null, worstLeadMs: null, blocks: 0 }
    : { worstDelayMs, worstLeadMs, blocks: met };
}

function worse(a: number | null, b: number | null): number | null {
  return a === null || b === null ? null : Math.max(a, b);
}

/** Whether a bound of the policy is exceeded; an unlimited delay exceeds every bound. */
export function exceeds(worst: number | null, allowed: OriginPolicy['maxDelayMs']): boolean {
  return allowed !== null && (worst === null || worst > allowed);
}
