/** Is somebody there? Debounced by dwell and hold; pure, at times the caller gives, ms. */
export class Presence {
  readonly #dwellMs: number;
  readonly #holdMs: number;
  #insideSince: number | null = null;
  #lastInside = 0;
  #present = false;

  constructor(dwellMs: number, holdMs: number) {
    this.#dwellMs = dwellMs;
    this.#holdMs = holdMs;
  }

  step(inside: boolean, now: number): boolean {
    if (inside) {
      this.#insideSince ??= now;
      this.#lastInside = now;
      if (now - this.#insideSince >= this.#dwellMs) this.#present = true;
    } else {
      this.#insideSince = null;
      if (now - this.#lastInside >= this.#holdMs) this.#present = false;
    }
    return this.#present;
  }
}
