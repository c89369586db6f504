/** Sets of time: half-open intervals [from, to) in ms, ascending and apart. */
export type Interval = { readonly from: number; readonly to: number };

/** The same time as disjoint ascending intervals. */
export function union(intervals: readonly Interval[]): Interval[] {
  const merged: Interval[] = [];
  for (const next of intervals.filter((i) => i.from < i.to).sort((x, y) => x.from - y.from)) {
    const last = merged.at(-1);
    if (last !== undefined && next.from <= last.to)
      merged[merged.length - 1] = { from: last.from, to: Math.max(last.to, next.to) };
    else merged.push(next);
  }
  return merged;
}

/** Time in both; each argument as `union` gives it. */
export function intersect(a: readonly Interval[], b: readonly Interval[]): Interval[] {
  const both: Interval[] = [];
  for (let i = 0, j = 0; ;) {
    const x = a[i];
    const y = b[j];
    if (x === undefined || y === undefined) return both;
    const from = Math.max(x.from, y.from);
    const to = Math.min(x.to, y.to);
    if (from < to) both.push({ from, to });
    if (x.to <= y.to) i++;
    else j++;
  }
}

/** Time in a and not in b; each as `union` gives it. */
export function subtract(a: readonly Interval[], b: readonly Interval[]): Interval[] {
  const left: Interval[] = [];
  let j = 0;
  for (const { from, to } of a) {
    let at = from;
    while ((b[j]?.to ?? Number.POSITIVE_INFINITY) <= at) j++;
    for (let k = j; at < to; k++) {
      const hole = b[k];
      if (hole === undefined || hole.from >= to) {
        left.push({ from: at, to });
        break;
      }
      if (hole.from > at) left.push({ from: at, to: hole.from });
      at = Math.max(at, hole.to);
    }
  }
  return left;
}

/** Total length, ms. */
export function duration(intervals: readonly Interval[]): number {
  return intervals.reduce((sum, i) => sum + i.to - i.from, 0);
}
