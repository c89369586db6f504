/**
 * The evidence clock: t = offset + monotonic clock, ms. Only a clock step (an event in the
 * journal) changes the offset, so the order of records never depends on the wall clock.
 */
export class EvidenceClock {
  #offset: number;
  readonly #monotonicMs: () => number;
  readonly #wallMs: () => number;

  /**
   * @param notBefore least t of this boot: the last recorded t + 1, or 0 in an empty journal
   * @param monotonicMs integer milliseconds that never go back while this process lives
   */
  constructor(notBefore: number, monotonicMs: () => number = monotonic, wallMs: () => number = Date.now) {
    this.#monotonicMs = monotonicMs;
    this.#wallMs = wallMs;
    this.#offset = Math.max(wallMs(), notBefore) - monotonicMs();
  }

  /** Evidence time, ms since 1970. */
  now(): number {
    return this.#offset + this.#monotonicMs();
  }

  get offset(): number {
    return this.#offset;
  }

  /** How far the wall clock stands from evidence time; more than STEP_MS is a step to record. */
  drift(): number {
    return this.#wallMs() - this.now();
  }

  /** Applies a recorded step of `a` ms (event 13/3). */
  step(a: number): void {
    this.#offset += a;
  }
}

/** A wall clock further away from evidence time than this is a step (evidence section 3). */
export const STEP_MS = 1000;

function monotonic(): number {
  return Math.floor(performance.now());
}
