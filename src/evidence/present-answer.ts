import type { Block } from './block.ts';
import type { Descriptor } from './descriptor.ts';
import type { Interval } from './intervals.ts';
import type { ProvenLeaf } from './proven-leaf.ts';
import type { PresentQuestion } from './question.ts';
import { Quality } from '../domain/reading.ts';
import { RecordType } from '../domain/record.ts';
import { intersect, union } from './intervals.ts';
import { toHex } from './encodings.ts';

/** Where and when one EPC was seen, over all disclosed read points (evidence section 7). */
export class Sightings {
  readonly #question: PresentQuestion;
  readonly #held: readonly Interval[];
  readonly #bySlot = new Map<number, Interval[]>();
  readonly #late = new Map<number, Interval[]>();
  /** [first, last] of each place, the last millisecond included. */
  readonly #byPlace = new Map<string, Interval[]>();

  constructor(question: PresentQuestion, blocks: readonly Block[]) {
    this.#question = question;
    this.#held = union(blocks.map((b) => ({ from: b.t0, to: b.t1 })));
  }

  add({ type, body }: ProvenLeaf, d: Descriptor): void {
    const [epc, , , first, last, , , q] = body;
    if (type !== RecordType.observation || !(epc instanceof Uint8Array)) return;
    if (typeof first !== 'number' || typeof last !== 'number' || typeof q !== 'number') return;
    if (toHex(epc) !== this.#question.epc) return;
    const shown = { from: first, to: last + Math.min(this.#question.maxGapMs, d.maxGapMs) };
    const late = (q & Quality.backfilled) !== 0;
    push(late ? this.#late : this.#bySlot, d.slot, shown);
    if (!late) push(this.#byPlace, d.place, { from: first, to: last + 1 });
  }

  shown(slot: number): Interval[] {
    return intersect(union(this.#bySlot.get(slot) ?? []), this.#held);
  }

  backfilled(slot: number): Interval[] {
    return union(this.#late.get(slot) ?? []);
  }

  /** Seen at two places at one moment: in order of time, one begins before another has ended. */
  conflict(): boolean {
    // Of one place they are apart, so those that overlap are of two.
    const seen = [...this.#byPlace.values()].flatMap((intervals) => union(intervals));
    let end = Number.NEGATIVE_INFINITY;
    for (const { from, to } of seen.sort((x, y) => x.from - y.from)) {
      if (from < end) return true;
      end = to;
    }
    return false;
  }
}

function push<K>(map: Map<K, Interval[]>, key: K, interval: Interval): void {
  const list = map.get(key);
  if (list === undefined) map.set(key, [interval]);
  else list.push(interval);
}
