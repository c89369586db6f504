/** Time-outs in a row after which a slave is asked less often, so that it holds up nobody. */
const TIMEOUTS_TO_OPEN = 3;
const FIRST_PAUSE_MS = 1000;
const LONGEST_PAUSE_MS = 15_000;

/** Decides when a silent slave is worth a time-out of everybody's line. Times are monotonic, ms. */
export class Breaker {
  #timeouts = 0;
  #notBefore = 0;

  allows(now: number): boolean {
    return now >= this.#notBefore;
  }

  get open(): boolean {
    return this.#timeouts >= TIMEOUTS_TO_OPEN;
  }

  timedOut(now: number): void {
    this.#timeouts++;
    if (!this.open) return;
    const doublings = Math.min(this.#timeouts - TIMEOUTS_TO_OPEN, 10);
    this.#notBefore = now + Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** doublings);
  }

  /** The line is a new one: worth one try, though it may be as silent as before. */
  tryNow(): void {
    this.#notBefore = 0;
  }

  /** It answered: ask at every turn again. */
  reset(): void {
    this.#timeouts = 0;
    this.#notBefore = 0;
  }
}
