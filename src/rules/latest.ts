import type { OpenStream } from '../domain/stream.ts';
import { numberIn, type Cell, type Happening } from './watch.ts';

/**
 * The latest value of each of several streams, in two cells each: value, and when it was heard.
 * A value is known as long as a reading of its stream speaks for; without a time there is none since the start.
 */
export class Latest {
  readonly #inputs: readonly OpenStream[];

  constructor(inputs: readonly OpenStream[]) {
    this.#inputs = inputs;
  }

  fresh(): Cell[] {
    return this.#inputs.flatMap(() => [null, null]);
  }

  /** Takes what happened; false when it says nothing about these values. */
  take(cells: Cell[], happening: Happening): boolean {
    const { is, t } = happening;
    if (is === 'reading') {
      cells[2 * happening.input] = happening.v;
      cells[2 * happening.input + 1] = t;
      return true;
    }
    if (is !== 'start' && is !== 'time') return false;
    this.#inputs.forEach(({ maxGapMs }, i) => {
      const heard = numberIn(cells, 2 * i + 1);
      if (is === 'start' || (heard !== null && t > heard + maxGapMs)) cells[2 * i] = null;
      if (is === 'start') cells[2 * i + 1] = null;
    });
    return true;
  }

  /** Scaled by the exponent of the stream; null when it is not known. */
  value(cells: readonly Cell[], i: number): number | null {
    return numberIn(cells, 2 * i);
  }

  /** Whether some stream was not heard since the start, and may yet be. */
  isAwaited(cells: readonly Cell[]): boolean {
    return this.#inputs.some((_, i) => cells[2 * i + 1] === null);
  }

  /** When the next value is too old. */
  due(cells: readonly Cell[]): number {
    let due = Infinity;
    this.#inputs.forEach(({ maxGapMs }, i) => {
      const heard = numberIn(cells, 2 * i + 1);
      if (heard !== null && cells[2 * i] !== null) due = Math.min(due, heard + maxGapMs + 1);
    });
    return due;
  }

  shift(cells: Cell[], a: number): void {
    this.#inputs.forEach((_, i) => {
      const heard = numberIn(cells, 2 * i + 1);
      if (heard !== null) cells[2 * i + 1] = heard + a;
    });
  }
}
