/** A point of a curve: when, and the scaled value. */
export type Point = { readonly t: number; readonly v: number };

/**
 * The course of a stream in few points, however many readings it has: of each stretch the lowest and
 * the highest are kept, so that no excursion is lost, be it a single reading.
 */
export class Curve {
  readonly #most: number;
  #points: Point[] = [];
  #readings = 0;
  /** Readings that each pair of points stands for; 1 while every reading is a point. */
  #stride = 1;
  #low: Point | null = null;
  #high: Point | null = null;
  #pending = 0;

  /** @param most points to keep at the most; halved when there are more */
  constructor(most: number) {
    this.#most = most;
  }

  add(t: number, v: number): void {
    this.#readings += 1;
    const point = { t, v };
    if (this.#low === null || v < this.#low.v) this.#low = point;
    if (this.#high === null || v > this.#high.v) this.#high = point;
    this.#pending += 1;
    if (this.#pending < this.#stride) return;
    this.#flush();
    if (this.#points.length >= this.#most) this.#halve();
  }

  /** In order of time. */
  finish(): { readonly points: readonly Point[]; readonly readings: number; readonly perPair: number } {
    this.#flush();
    this.#points.sort((a, b) => a.t - b.t);
    return { points: this.#points, readings: this.#readings, perPair: this.#stride };
  }

  #flush(): void {
    if (this.#low !== null && this.#high !== null) this.#points.push(...pair(this.#low, this.#high));
    this.#low = null;
    this.#high = null;
    this.#pending = 0;
  }

  /** Four points become two; they stand for four readings at first, then for twice as many as before. */
  #halve(): void {
    const points: Point[] = [];
    for (let i = 0; i < this.#points.length; i += 4) {
      const four = this.#points.slice(i, i + 4);
      const [first] = four;
      if (first === undefined) continue;
      const low = four.reduce((least, p) => (p.v < least.v ? p : least), first);
      const high = four.reduce((most, p) => (p.v > most.v ? p : most), first);
      points.push(...pair(low, high));
    }
    this.#points = points;
    this.#stride = this.#stride === 1 ? 4 : 2 * this.#stride;
  }
}

function pair(low: Point, high: Point): readonly Point[] {
  if (low === high) return [low];
  return low.t <= high.t ? [low, high] : [high, low];
}
