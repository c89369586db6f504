import type { Block } from './block.ts';
import type { Interval } from './intervals.ts';
import type { SegmentRow } from './verify-segments.ts';
import type { BlockTime } from './verify-time.ts';
import { BlockFlag } from './block.ts';
import { bytesEqual } from './encodings.ts';
import { intersect, subtract, union } from './intervals.ts';

/**
 * Time that a stream's leaves cover, asked with a covering time of the asker's own (evidence section
 * 15). A reading covers into later blocks, but neither past a clock step nor a change of descriptor,
 * and never time that no block holds.
 */
export class CoveredTime {
  readonly #blocks: readonly Block[];
  /** Indexes of blocks in which coverage begins anew, descending. */
  readonly #breaks: number[];
  readonly #done: Interval[] = [];
  /** Coverage since it last began anew, and the first block of that stretch. */
  #open: Interval[] = [];
  #from = 0;

  /** @param breaks indexes of blocks in which nothing earlier covers: another descriptor or clock */
  constructor(blocks: readonly Block[], breaks: readonly number[]) {
    this.#blocks = blocks;
    this.#breaks = breaks.toSorted((x, y) => y - x);
  }

  /** A reading in block i covers [from, to). Blocks never fall from call to call. */
  cover(i: number, from: number, to: number): void {
    for (let next = this.#breaks.at(-1); next !== undefined && next <= i; next = this.#breaks.at(-1)) {
      this.#settle(next);
      this.#breaks.pop();
    }
    const last = this.#open.at(-1);
    if (last !== undefined && from >= last.from && from <= last.to)
      this.#open[this.#open.length - 1] = { from: last.from, to: Math.max(last.to, to) };
    else this.#open.push({ from, to });
  }

  /** All covered time; after this nothing is added. */
  finish(): Interval[] {
    this.#settle(this.#breaks.at(-1) ?? this.#blocks.length);
    return union(this.#done);
  }

  #settle(end: number): void {
    const held = union(this.#blocks.slice(this.#from, end).map((b) => ({ from: b.t0, to: b.t1 })));
    for (const stretch of intersect(union(this.#open), held)) this.#done.push(stretch);
    this.#open = [];
    this.#from = end;
  }
}

/** Blocks of a stream in which coverage begins anew (section 4.3): its first, STEP, another descriptor. */
export function breaksOf(row: SegmentRow, blocks: readonly Block[]): number[] {
  let desc: Uint8Array | null = null;
  const breaks: number[] = [];
  for (const [i, segment] of row.entries()) {
    const step = ((blocks[i]?.flags ?? 0) & BlockFlag.step) !== 0;
    const changed = segment !== null && desc !== null && !bytesEqual(desc, segment.desc);
    if (step || changed) breaks.push(i);
    if (segment !== null) desc = segment.desc;
  }
  return breaks;
}

/**
 * Uncertain time: blocks whose clock cannot be believed, and what a block tells again that an earlier
 * one had already told (evidence section 6).
 */
export function uncertainTime(blocks: readonly Block[], times: readonly BlockTime[]): Interval[] {
  let told = Number.NEGATIVE_INFINITY;
  const unsure: Interval[] = [];
  for (const [i, { t0, t1 }] of blocks.entries()) {
    if (times[i]?.uncertain === true) unsure.push({ from: t0, to: t1 });
    if (t0 < told) unsure.push({ from: t0, to: told });
    told = Math.max(told, t1);
  }
  return union(unsure);
}

/** How covered, uncertain and backfilled time stand to each other within the question's window. */
export function measure(
  window: Interval,
  since: number,
  covered: readonly Interval[],
  unsure: readonly Interval[],
): { readonly gap: Interval[]; readonly uncertain: Interval[] } {
  const known = intersect(covered, union([{ from: since, to: Number.MAX_SAFE_INTEGER }]));
  const uncertain = intersect([window], unsure);
  return { gap: subtract([window], subtract(known, unsure)), uncertain };
}
