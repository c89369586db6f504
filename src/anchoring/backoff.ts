const LEAST_MS = 1000;
export const LONGEST_MS = 300_000;

/** Waits of 1 s to 5 min, doubling, each shortened by up to half so that gateways do not return in step. */
export class Backoff {
  readonly #random: () => number;
  #failures = 0;

  /** @param random in [0, 1) */
  constructor(random: () => number) {
    this.#random = random;
  }

  /** Milliseconds to wait after one more failure. */
  next(): number {
    const full = Math.min(LONGEST_MS, LEAST_MS * 2 ** this.#failures++);
    return Math.round(full * (1 - this.#random() / 2));
  }

  reset(): void {
    this.#failures = 0;
  }
}
