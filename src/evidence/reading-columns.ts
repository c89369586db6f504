const FIRST = 4096;

/** Readings of one stream in flat columns, used again for the next stream: no garbage for each. */
export class ReadingColumns {
  /** Time a reading is judged at, ms. */
  times = new Float64Array(FIRST);
  /** Its max_gap, ms. */
  spans = new Float64Array(FIRST);
  marks = new Uint8Array(FIRST);
  length = 0;

  clear(): void {
    this.length = 0;
  }

  push(time: number, span: number, marks: number): void {
    const n = this.length;
    if (n === this.times.length) {
      this.times = grown(this.times, new Float64Array(2 * n));
      this.spans = grown(this.spans, new Float64Array(2 * n));
      this.marks = grown(this.marks, new Uint8Array(2 * n));
    }
    this.times[n] = time;
    this.spans[n] = span;
    this.marks[n] = marks;
    this.length = n + 1;
  }
}

function grown<T extends Float64Array | Uint8Array>(from: T, to: T): T {
  to.set(from);
  return to;
}
