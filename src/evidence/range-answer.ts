import type { Descriptor } from './descriptor.ts';
import type { Interval } from './intervals.ts';
import type { ProvenLeaf } from './proven-leaf.ts';
import type { RangeQuestion } from './question.ts';
import { Quality } from '../domain/reading.ts';
import { RecordType } from '../domain/record.ts';
import type { CoveredTime } from './covered-time.ts';
import { union } from './intervals.ts';
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

/** Gathers that leaf by leaf in flat columns, which are gone with it when the stream ends. */
export class RangeReadings {
  readonly #question: RangeQuestion;
  readonly #alone: boolean;
  readonly #covered: CoveredTime;
  readonly #times: number[] = [];
  readonly #marks: number[] = [];
  readonly #maxGaps: number[] = [];
  readonly #backfilled: Interval[] = [];
  #ordered = true;
  #isAnyOut = false;

  /** @param alone leaves are disclosed one by one, so the next reading is not known */
  constructor(question: RangeQuestion, covered: CoveredTime, alone: boolean) {
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
    this.#ordered &&= at >= (this.#times.at(-1) ?? 0);
    this.#times.push(at);
    this.#marks.push((out ? OUT : 0) | (good ? ENDS : 0));
    this.#maxGaps.push(d.maxGapMs);
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
    const order = Array.from(this.#times.keys());
    if (!this.#ordered) order.sort((x, y) => (this.#times[x] ?? 0) - (this.#times[y] ?? 0) || x - y);
    const out: Interval[] = [];
    let next = Number.POSITIVE_INFINITY;
    for (const n of order.toReversed()) {
      const at = this.#times[n] ?? 0;
      const marks = this.#marks[n] ?? 0;
      const until = this.#alone ? at + 1 : Math.max(at + 1, Math.min(next, at + (this.#maxGaps[n] ?? 0)));
      if ((marks & OUT) !== 0) out.push({ from: at, to: until });
      if ((marks & ENDS) !== 0) next = at;
    }
    return union(out);
  }
}
