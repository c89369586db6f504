import type { Block } from './block.ts';
import type { LeafCount, LeafObserver, Stream, StreamAtHand } from './proven-leaf.ts';
import type { Primitives } from './primitives.ts';
import type { Question } from './question.ts';
import type { Proven } from './verify-question.ts';
import type { Watch } from './verify-watch.ts';
import { breaksOf, CoveredTime } from './covered-time.ts';
import { Sightings } from './present-answer.ts';
import { RangeReadings, type RangeTold } from './range-answer.ts';
import { ReadingColumns } from './reading-columns.ts';
import { summaryOf, type SummaryTold } from './summary-answer.ts';
import { DeviceFrames } from './verify-devices.ts';
import { verifyFull } from './verify-leaves.ts';
import { modeOf } from './verify-question.ts';
import { segmentRow } from './verify-segments.ts';
import { verifySome } from './verify-some.ts';

type Told = Pick<Proven, 'counts' | 'readings' | 'summaries' | 'sightings'>;

/**
 * Step 8, stream by stream: what the question needs is gathered as the leaves go by, and of a stream
 * that is done nothing stays but that.
 */
export class StreamLeaves {
  readonly devices: DeviceFrames;
  readonly #blocks: readonly Block[];
  readonly #question: Question | null;
  readonly #use: Primitives;
  readonly #watch: Watch;
  readonly #counts = new Map<number, LeafCount>();
  readonly #readings = new Map<number, RangeTold>();
  readonly #summaries = new Map<number, SummaryTold>();
  readonly #sightings: Sightings | null;
  readonly #columns = new ReadingColumns();

  constructor(blocks: readonly Block[], question: Question | null, use: Primitives, watch: Watch) {
    this.devices = new DeviceFrames(use.verifyEd25519);
    this.#blocks = blocks;
    this.#question = question;
    this.#use = use;
    this.#watch = watch;
    this.#sightings = question?.kind === 'present' ? new Sightings(question, blocks) : null;
  }

  /** @throws VerificationError */
  verify(disclosed: Stream): void {
    const { slot, full, some } = disclosed.files;
    const stream: StreamAtHand = { ...disclosed, row: segmentRow(disclosed.files) };
    const range = this.#rangeOf(stream);
    let shown = 0;
    const observe: LeafObserver = (leaf, d) => {
      shown += 1;
      this.#watch.leaf?.(leaf, d);
      range?.add(leaf, d);
      if (this.#question?.slots.includes(slot) === true) this.#sightings?.add(leaf, d);
    };
    if (full !== null) verifyFull(stream, full(), this.#blocks, this.#use, this.devices, observe);
    if (some !== null) verifySome(stream, some(), this.#blocks, this.#use.sha256, this.devices, observe);
    if (range !== null) this.#readings.set(slot, range.finish());
    const nbad = stream.row.reduce((sum, s) => sum + (s?.nbad ?? 0), 0);
    this.#counts.set(slot, { leaves: some === null ? stream.leaves : shown, nbad });
  }

  told(): Told {
    return {
      counts: this.#counts,
      readings: this.#readings,
      summaries: this.#summaries,
      sightings: this.#sightings,
    };
  }

  /** What gathers the readings of a stream that is asked about, or, where there are none, its summary. */
  #rangeOf(stream: StreamAtHand): RangeReadings | null {
    const { slot, some } = stream.files;
    const question = this.#question;
    if (question?.kind !== 'range' || !question.slots.includes(slot)) return null;
    if (modeOf(stream) === 'summary') {
      this.#summaries.set(slot, summaryOf(stream, question, this.#blocks));
      return null;
    }
    const covered = new CoveredTime(this.#blocks, breaksOf(stream.row, this.#blocks));
    return new RangeReadings(question, covered, some !== null, this.#columns);
  }
}
