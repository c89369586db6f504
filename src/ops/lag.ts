/** How late the event loop is, by a timer against the monotonic clock. */
export class LagMeter implements Disposable {
  readonly #everyMs: number;
  readonly #timer: NodeJS.Timeout;
  #expected: number;
  #worst = 0;

  /** @param everyMs how often the loop is asked, ms */
  constructor(everyMs = 250) {
    this.#everyMs = everyMs;
    this.#expected = performance.now() + everyMs;
    this.#timer = setInterval(() => this.#tick(), everyMs);
    this.#timer.unref();
  }

  /** Lateness now, ms: also while the loop has not come round since. */
  get lagMs(): number {
    return Math.max(0, performance.now() - this.#expected);
  }

  /** The worst lateness since the last call, ms. */
  takeWorst(): number {
    const worst = Math.max(this.#worst, this.lagMs);
    this.#worst = 0;
    return worst;
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer);
  }

  #tick(): void {
    const now = performance.now();
    this.#worst = Math.max(this.#worst, now - this.#expected);
    this.#expected = now + this.#everyMs;
  }
}
