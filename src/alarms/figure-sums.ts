/** Sums over times in ascending order, ms. */

/**
 * Times in which too much happened: it begins with the event that is the `enough`-th within
 * `windowMs`, and is over `quietMs` after the `below`-th newest event, unless more came.
 */
export class Episodes {
  readonly #enough: number;
  readonly #windowMs: number;
  readonly #below: number;
  readonly #quietMs: number;
  readonly #newest: number[] = [];
  readonly #over: { readonly from: number; readonly to: number }[] = [];
  #since: number | null = null;

  constructor(enough: number, windowMs: number, below: number, quietMs: number) {
    this.#enough = enough;
    this.#windowMs = windowMs;
    this.#below = below;
    this.#quietMs = quietMs;
  }

  add(at: number): void {
    this.#close(at);
    this.#newest.push(at);
    if (this.#newest.length > this.#enough) this.#newest.shift();
    const [oldest = at] = this.#newest;
    const isMany = this.#newest.length === this.#enough && oldest > at - this.#windowMs;
    if (isMany) this.#since ??= at;
  }

  /** How many began or went on within [from, to), and how long they were there together, ms. */
  between(from: number, to: number): { readonly count: number; readonly ms: number } {
    this.#close(to);
    const open = this.#since === null ? [] : [{ from: this.#since, to }];
    const parts = [...this.#over, ...open].filter((e) => e.to > from && e.from < to);
    const ms = parts.reduce((sum, e) => sum + Math.min(e.to, to) - Math.max(e.from, from), 0);
    return { count: parts.length, ms };
  }

  #close(at: number): void {
    if (this.#since === null) return;
    const over = (this.#newest.at(-this.#below) ?? 0) + this.#quietMs;
    if (over > at) return;
    this.#over.push({ from: this.#since, to: over });
    this.#since = null;
  }
}

/** The most times within any stretch (t - windowMs, t]. */
export function mostWithin(times: readonly number[], windowMs: number): number {
  let most = 0;
  let first = 0;
  for (const [i, at] of times.entries()) {
    while ((times[first] ?? at) <= at - windowMs) first++;
    most = Math.max(most, i - first + 1);
  }
  return most;
}

/** The least value that `q` of all do not exceed; null of none. */
export function quantile(values: readonly number[], q: number): number | null {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(sorted.length * q) - 1)] ?? null;
}
