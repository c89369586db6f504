import type { Coverage } from '../domain/goods/status.ts';

/** [from, to), evidence time in ms. */
export type Span = { readonly from: number; readonly to: number };

/** Time without proof and time of known loss, with what is known of them only as sums. */
export type LostSpans = {
  readonly gaps: readonly Span[];
  readonly breaches: readonly Span[];
  /** Of times before those of the spans: how much of each span was a gap, and how much a breach but no gap. */
  readonly sums: readonly (Span & { readonly gapMs: number; readonly breachMs: number })[];
};

/** Time that the spans cover within [from, to), overlaps once. */
export function unionMs(spans: readonly Span[], from: number, to: number): number {
  let [sum, reached] = [0, from];
  for (const span of [...spans].sort((a, b) => a.from - b.from)) {
    const begin = Math.max(span.from, reached);
    const end = Math.min(span.to, to);
    if (end > begin) [sum, reached] = [sum + end - begin, end];
  }
  return sum;
}

/** Hundredths of a per cent, truncated, never rounded up: 43,153 of 43,200 is 9989. Null of nothing. */
export function truncatedShare(part: number, whole: number): number | null {
  return whole <= 0 ? null : Number((BigInt(part) * 10_000n) / BigInt(whole));
}

/**
 * known = period - union(gaps); coverage = known / period; controlledShare = (known - what of the
 * breaches is known time) / period. A sum that the window cuts through counts as if all of it lay inside,
 * so a share is never better than the truth.
 */
export function coverageOf(lost: LostSpans, from: number, to: number): Coverage {
  const whole = Math.max(0, to - from);
  let gapMs = unionMs(lost.gaps, from, to);
  let breachMs = unionMs([...lost.gaps, ...lost.breaches], from, to) - gapMs;
  for (const sum of lost.sums) {
    const inside = Math.min(sum.to, to) - Math.max(sum.from, from);
    if (inside <= 0) continue;
    const gap = Math.min(sum.gapMs, inside);
    gapMs += gap;
    breachMs += Math.min(sum.breachMs, inside - gap);
  }
  const knownMs = whole - gapMs;
  return {
    from,
    to: Math.max(from, to),
    knownMs,
    gapMs,
    breachMs,
    coverage: truncatedShare(knownMs, whole),
    controlledShare: truncatedShare(knownMs - breachMs, whole),
    isUnbroken: whole > 0 && gapMs === 0 && breachMs === 0,
  };
}

/** Hundredths of a per cent as people read them: 9989 is `99.89`. */
export function shareText(share: number): string {
  return `${Math.floor(share / 100)}.${String(share % 100).padStart(2, '0')}`;
}
