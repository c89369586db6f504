import type { Breach, ControlGap } from '../domain/goods/status.ts';
import { unionMs, type LostSpans, type Span } from './coverage.ts';

/** How much of a span was a gap, and how much a breach but no gap. */
export type Sum = Span & { readonly gapMs: number; readonly breachMs: number };

/**
 * Gaps and breaches of one receipt in bounded memory. The newest are kept one by one. Older ones are
 * kept as sums, by the hour for as long as a window of 30 days can reach them, then as one: what the
 * period lost in all stays exact, and a window that cuts through an hour counts all that the hour lost.
 */
export type LostTime = {
  /** Those that are over, in order of time; they do not overlap. */
  readonly gaps: readonly ControlGap[];
  /** The same of breaches, which may overlap and may still last. */
  readonly breaches: readonly Breach[];
  /** Before this instant only sums count, ms. */
  readonly summedTo: number;
  readonly hours: readonly Sum[];
  readonly older: Sum | null;
  /** How many gaps are in the sums alone. */
  readonly summedGaps: number;
};

export const NOTHING_LOST: LostTime = {
  gaps: [],
  breaches: [],
  summedTo: 0,
  hours: [],
  older: null,
  summedGaps: 0,
};

export const MOST_GAPS = 256;
const KEPT_GAPS = 192;
export const MOST_BREACHES = 64;
const HOUR_MS = 3_600_000;
const WINDOW_MS = 31 * 24 * HOUR_MS;

/** With a gap that is over. */
export function withGap(lost: LostTime, gap: ControlGap): LostTime {
  const next = { ...lost, gaps: [...lost.gaps, gap] };
  return next.gaps.length <= MOST_GAPS ? next : sumUp(next, KEPT_GAPS);
}

export function withBreach(lost: LostTime, breach: Breach): LostTime {
  const next = { ...lost, breaches: [...lost.breaches, breach] };
  if (next.breaches.length <= MOST_BREACHES) return next;
  const over = next.breaches.find(({ to }) => to !== null);
  // Those that last are few: one of each rule.
  if (over?.to === undefined || over.to === null) return next;
  const summed = sumTo(next, over.to);
  return { ...summed, breaches: summed.breaches.filter((one) => one !== over) };
}

/** What is not summed up yet, with the gap and the breaches that last until `now`. */
export function spansOf(lost: LostTime, open: { readonly from: number } | null, now: number): LostSpans {
  const since = ({ from, to }: { readonly from: number; readonly to: number | null }): Span => ({
    from: Math.max(from, lost.summedTo),
    to: to ?? now,
  });
  const gaps = lost.gaps.map(since);
  if (open !== null) gaps.push(since({ from: open.from, to: null }));
  return {
    gaps: gaps.filter(({ from, to }) => to > from),
    breaches: lost.breaches.map(since).filter(({ from, to }) => to > from),
    sums: lost.older === null ? lost.hours : [lost.older, ...lost.hours],
  };
}

function sumUp(lost: LostTime, keep: number): LostTime {
  const last = lost.gaps.at(-keep - 1);
  if (last?.to === undefined || last.to === null) return lost;
  return sumTo(lost, last.to);
}

/** All before `to` becomes sums; of what reaches over it the rest still counts by itself. */
function sumTo(lost: LostTime, to: number): LostTime {
  if (to <= lost.summedTo) return lost;
  const { gaps, breaches } = spansOf(lost, null, to);
  const begins = [...gaps, ...breaches].map(({ from }) => from);
  const hours = [...lost.hours];
  for (let at = Math.min(to, ...begins); at < to;) {
    const last = hours.at(-1);
    const isIn = last !== undefined && at < last.from + HOUR_MS;
    const end = Math.min(to, isIn ? last.from + HOUR_MS : at + HOUR_MS);
    const gapMs = unionMs(gaps, at, end);
    const breachMs = unionMs([...gaps, ...breaches], at, end) - gapMs;
    if (isIn) {
      hours[hours.length - 1] = added(last, { from: at, to: end, gapMs, breachMs });
    } else if (gapMs + breachMs > 0) hours.push({ from: at, to: end, gapMs, breachMs });
    at = end;
  }
  const staying = lost.gaps.filter((gap) => gap.to === null || gap.to > to);
  return grownOld({
    ...lost,
    gaps: staying,
    summedGaps: lost.summedGaps + lost.gaps.length - staying.length,
    summedTo: to,
    hours,
  });
}

function grownOld(lost: LostTime): LostTime {
  const until = lost.summedTo - WINDOW_MS;
  const old = lost.hours.filter((hour) => hour.to <= until);
  if (old.length === 0) return lost;
  const older = old.reduce<Sum | null>((sum, hour) => (sum === null ? hour : added(sum, hour)), lost.older);
  return { ...lost, older, hours: lost.hours.slice(old.length) };
}

function added(a: Sum, b: Sum): Sum {
  return { from: a.from, to: b.to, gapMs: a.gapMs + b.gapMs, breachMs: a.breachMs + b.breachMs };
}
