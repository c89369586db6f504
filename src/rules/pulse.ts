import { Signal } from './signal.ts';
import { numberIn, shiftAt, type Cell } from './watch.ts';

/** Something that happens and does not last: it raises, and from then on clears by the delay of its level. */
export class Pulse {
  readonly #place: number;
  readonly #lastsMs: number;

  /**
   * @param place the cell that remembers when it happened
   * @param lastsMs until a level's wait to clear begins
   */
  constructor(place: number, lastsMs = 1) {
    this.#place = place;
    this.#lastsMs = lastsMs;
  }

  begin(cells: Cell[], t: number): Signal {
    cells[this.#place] = t;
    return Signal.raise;
  }

  end(cells: Cell[]): Signal {
    cells[this.#place] = null;
    return Signal.clear;
  }

  due(cells: readonly Cell[]): number {
    const at = numberIn(cells, this.#place);
    return at === null ? Infinity : at + this.#lastsMs;
  }

  shift(cells: Cell[], a: number): void {
    shiftAt(cells, a, this.#place);
  }
}
