/** How long and how many: 500 records or 100 ms per fsync, whichever comes first (decision 0009). */
const MAX_WEIGHT = 500;
const MAX_DELAY_MS = 100;

export type GroupCommitOptions<T> = {
  /** Decides and stores these, in the order they came; returns when they are durable. */
  readonly flush: (items: readonly T[]) => void;
  /** Told once, with the first thing that `flush` threw; nothing is taken after it. */
  readonly onError: (error: unknown) => void;
  /** How much an item counts for, 1 or more; 1 unless said. */
  readonly weightOf?: (item: T) => number;
  /** What waits is flushed as soon as it counts for this much together. */
  readonly maxWeight?: number;
  readonly maxDelayMs?: number;
};

/**
 * Collects items so that one fsync serves many, and never later than `maxDelayMs` after the first
 * of them, or than one of them may wait. One that may not goes with the next macrotask, together
 * with all that waits before it.
 */
export class GroupCommit<T> {
  readonly #flush: (items: readonly T[]) => void;
  readonly #onError: (error: unknown) => void;
  readonly #weightOf: (item: T) => number;
  readonly #maxWeight: number;
  readonly #maxDelayMs: number;
  #items: T[] = [];
  #weight = 0;
  #timer: NodeJS.Timeout | undefined;
  /** Monotonic ms when the timer ends; Infinity without one. */
  #dueAt = Infinity;
  #soon: NodeJS.Immediate | undefined;
  #flushing = false;
  #open = true;

  constructor(options: GroupCommitOptions<T>) {
    this.#flush = options.flush;
    this.#onError = options.onError;
    this.#weightOf = options.weightOf ?? (() => 1);
    this.#maxWeight = options.maxWeight ?? MAX_WEIGHT;
    this.#maxDelayMs = options.maxDelayMs ?? MAX_DELAY_MS;
  }

  /** Items that wait; less than `maxWeight` but for those that a flush itself adds. */
  get pending(): number {
    return this.#items.length;
  }

  /**
   * Takes an item that may wait so many ms. False after `drain` or a failure: it was not taken and
   * must not be acknowledged.
   */
  add(item: T, waitMs = this.#maxDelayMs): boolean {
    if (!this.#open) return false;
    this.#items.push(item);
    this.#weight += this.#weightOf(item);
    if (this.#weight >= this.#maxWeight && !this.#flushing) this.#flushPending();
    else if (waitMs <= 0) this.#soon ??= setImmediate(() => this.#flushPending());
    else this.#flushWithin(Math.min(waitMs, this.#maxDelayMs));
    return true;
  }

  /** Stores what waits now, without waiting for more. */
  flush(): void {
    if (this.#open) this.#flushPending();
  }

  /** Stores what waits, and what storing it adds, then takes no more. */
  drain(): void {
    while (this.#items.length > 0 && this.#open) this.#flushPending();
    this.#stop();
  }

  #flushPending(): void {
    this.#cancelTimers();
    const items = this.#items;
    if (items.length === 0) return;
    this.#items = [];
    this.#weight = 0;
    this.#flushing = true;
    try {
      this.#flush(items);
    } catch (error) {
      this.#stop();
      this.#onError(error);
    } finally {
      this.#flushing = false;
    }
  }

  #flushWithin(ms: number): void {
    if (this.#timer !== undefined && (ms === this.#maxDelayMs || this.#dueAt <= performance.now() + ms))
      return;
    clearTimeout(this.#timer);
    this.#dueAt = performance.now() + ms;
    this.#timer = setTimeout(() => this.#flushPending(), ms);
  }

  #stop(): void {
    this.#open = false;
    this.#cancelTimers();
  }

  #cancelTimers(): void {
    clearTimeout(this.#timer);
    clearImmediate(this.#soon);
    this.#timer = undefined;
    this.#soon = undefined;
  }
}
