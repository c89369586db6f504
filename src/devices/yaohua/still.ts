import type { Decimal } from '../../domain/units.ts';

/**
 * Whether a load is at rest, for indicators that do not say so: so many frames in a row showed the
 * same. Nothing is known of the first frames, so they are in motion.
 */
export class Still {
  readonly #frames: number;
  #last: Decimal | null = null;
  #equal = 0;

  constructor(frames: number) {
    this.#frames = frames;
  }

  step(shown: Decimal): boolean {
    const isSame = this.#last?.digits === shown.digits && this.#last.exp === shown.exp;
    this.#equal = isSame ? this.#equal + 1 : 1;
    this.#last = shown;
    return this.#equal >= this.#frames;
  }
}
