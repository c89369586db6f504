/**
 * What rules should have found, worked out from a whole history at once and by nothing else than what
 * the words of the rules mean. No timers, no states: intervals of lists of readings.
 */

/** A reading; null is one that is not usable. Rising t, ms. */
export type Sample = { readonly t: number; readonly v: number | null };
/** Found from, and found to be over at; null for one that still stands. */
export type Interval = { readonly from: number; readonly to: number | null };

type Known = { readonly t: number; readonly v: number };

function usable(samples: readonly Sample[]): Known[] {
  return samples.flatMap(({ t, v }) => (v === null ? [] : [{ t, v }]));
}

/**
 * Raises when it was beyond for so long, from the first value that is beyond to the next that is not; is over
 * with the first value that is back.
 */
export function beyond(
  samples: readonly Sample[],
  isBeyond: (v: number) => boolean,
  isBack: (v: number) => boolean,
  raiseMs: number,
  end: number,
): Interval[] {
  const known = usable(samples);
  const found: Interval[] = [];
  for (let i = 0; i < known.length;) {
    const first = known[i];
    if (first === undefined || !isBeyond(first.v)) {
      i += 1;
      continue;
    }
    let next = i + 1;
    while (next < known.length && isBeyond(known[next]?.v ?? 0)) next += 1;
    const from = first.t + raiseMs;
    const until = known[next]?.t ?? Infinity;
    if (from > until || from > end) {
      i = next;
      continue;
    }
    const back = known.findIndex((k, j) => j > i && k.t >= from && isBack(k.v));
    found.push({ from, to: known[back]?.t ?? null });
    i = back === -1 ? known.length : back;
  }
  return found;
}

/** No usable value for so long; over with the next. */
export function silence(samples: readonly Sample[], forMs: number, end: number): Interval[] {
  const known = usable(samples);
  return known.flatMap(({ t }, i): Interval[] => {
    const next = known[i + 1]?.t ?? Infinity;
    return next >= t + forMs && t + forMs <= end
      ? [{ from: t + forMs, to: next === Infinity ? null : next }]
      : [];
  });
}

/** So long outside in all, when a value speaks until the next one and no longer than `gapMs`; never over. */
export function exposed(
  samples: readonly Sample[],
  isOutside: (v: number) => boolean,
  sumMs: number,
  gapMs: number,
): Interval[] {
  const known = usable(samples);
  let sum = 0;
  for (const [i, { t, v }] of known.entries()) {
    const spoken = Math.min((known[i + 1]?.t ?? Infinity) - t, gapMs);
    if (!isOutside(v)) continue;
    if (sum + spoken >= sumMs) return [{ from: t + sumMs - sum, to: null }];
    sum += spoken;
  }
  return [];
}

/** The line through all values of the window up to each one rises by more than so much over it. */
export function rising(samples: readonly Sample[], overMs: number, rise: number, back: number): Interval[] {
  const known = usable(samples);
  const found: Interval[] = [];
  let from: number | null = null;
  for (const [i, { t }] of known.entries()) {
    const window = known.slice(Math.max(0, i - 40), i + 1).filter((k) => k.t >= t - overMs);
    if (window.length < 5) continue;
    const change = slopeOf(window) * overMs;
    if (from === null && change > rise) from = t;
    else if (from !== null && change <= back) {
      found.push({ from, to: t });
      from = null;
    }
  }
  return from === null ? found : [...found, { from, to: null }];
}

function slopeOf(points: readonly Known[]): number {
  const n = points.length;
  const meanT = points.reduce((sum, { t }) => sum + t / n, 0);
  const meanV = points.reduce((sum, { v }) => sum + v / n, 0);
  const xy = points.reduce((sum, { t, v }) => sum + (t - meanT) * (v - meanV), 0);
  return xy / points.reduce((sum, { t }) => sum + (t - meanT) ** 2, 0);
}

/** Both stand at one time; over when neither does. */
export function both(a: readonly Interval[], b: readonly Interval[]): Interval[] {
  const edges = [...a, ...b].flatMap(({ from, to }) => [from, ...(to === null ? [] : [to])]);
  const stands = (list: readonly Interval[], t: number): boolean => {
    return list.some(({ from, to }) => from <= t && (to === null || t < to));
  };
  const found: Interval[] = [];
  let from: number | null = null;
  for (const t of edges.sort((x, y) => x - y)) {
    const [one, other] = [stands(a, t), stands(b, t)];
    if (from === null && one && other) from = t;
    else if (from !== null && !one && !other) {
      found.push({ from, to: t });
      from = null;
    }
  }
  return from === null ? found : [...found, { from, to: null }];
}
