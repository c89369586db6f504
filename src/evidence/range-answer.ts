import type { Descriptor } from './descriptor.ts';
import type { Interval } from './intervals.ts';
import type { ProvenLeaf } from './proven-leaf.ts';
import type { RangeQuestion } from './question.ts';
import { Quality } from '../domain/reading.ts';
import { RecordType } from '../domain/record.ts';
import type { CoveredTime } from './covered-time.ts';
import { union } from './intervals.ts';
import { ReadingColumns } from './reading-columns.ts';
import { meaningOf } from './leaf.ts';
import { isSigned } from './verify-devices.ts';

const NOT_JUDGED = Quality.stale | Quality.outsideRange | Quality.substituted;

const OUT = 1;
/** Ends an excursion: a value that is there and not marked as doubtful. */
const ENDS = 2;

/** What one stream's readings say about a range, in time. */
export type RangeTold = {
  readonly covered: readonly Interval[];
  readonly out: readonly Interval[];
  readonly backfilled: readonly Interval[];
};

/** Gathers that leaf by leaf. */
export class RangeReadings {
  readonly #question: RangeQuestion;
  readonly #alone: boolean;
  readonly #covered: CoveredTime;
  readonly #columns: ReadingColumns;
  readonly #backfilled: Interval[] = [];
  #ordered = true;
  #isAnyOut = false;
  #latest = 0;

  /** @param alone leaves are disclosed one by one, so the next reading is not known */
  constructor(question: RangeQuestion, covered: CoveredTime, alone: boolean, columns: ReadingColumns) {
    columns.clear();
    this.#columns = columns;
    this.#question = question;
    this.#alone = alone;
    this.#covered = covered;
  }

  add(leaf: ProvenLeaf, d: Descriptor): void {
    const { i, t, type, body } = leaf;
    const [v, q, sourceAt] = body;
    if (type !== RecordType.reading || typeof q !== 'number' || typeof v !== 'number') return;
    const span = Math.min(this.#question.maxGapMs, d.maxGapMs);
    if (meaningOf(type, body).covers) this.#covered.cover(i, t, t + span);
    const good = (q & NOT_JUDGED) === 0;
    if (!good && !isSigned(d, type, body)) return;
    const late = (q & Quality.backfilled) !== 0;
    const at = late && typeof sourceAt === 'number' ? sourceAt : t;
    if (late && good) this.#backfilled.push({ from: at, to: at + span });
    // Values of another unit or exponent cannot be compared; the stream is a mismatch as a whole.
    const comparable = d.unit === this.#question.unit && d.exp === this.#question.exp;
    const out = comparable && (v < this.#question.min || v > this.#question.max);
    this.#isAnyOut ||= out;
    this.#ordered &&= at >= this.#latest;
    this.#latest = at;
    this.#columns.push(at, d.maxGapMs, (out ? OUT : 0) | (good ? ENDS : 0));
  }

  /** After the last leaf of the stream. */
  finish(): RangeTold {
    return { covered: this.#covered.finish(), out: this.#out(), backfilled: union(this.#backfilled) };
  }

  /**
   * Time out of range: from a judged value outside to the next good one, at most max_gap; at least
   * 1 ms, so that a value is never out for no time at all.
   */
  #out(): Interval[] {
    if (!this.#isAnyOut) return [];
    const { length, times, spans, marks } = this.#columns;
    const at = (n: number): number => times[n] ?? 0;
    const order = Array.from({ length }, (_, n) => n);
    if (!this.#ordered) order.sort((x, y) => at(x) - at(y) || x - y);
    const out: Interval[] = [];
    let next = Number.POSITIVE_INFINITY;
    for (let i = length - 1; i >= 0; i--) {
      const n = order[i] ?? 0;
      const end = Math.min(next, at(n) + (spans[n] ?? 0));
      const until = this.#alone ? at(n) + 1 : Math.max(at(n) + 1, end);
      if (((marks[n] ?? 0) & OUT) !== 0) out.push({ from: at(n), to: until });
      if (((marks[n] ?? 0) & ENDS) !== 0) next = at(n);
    }
    return union(out);
  }
}
