import type { Block } from './block.ts';
import type { Descriptor } from './descriptor.ts';
import type { Gap, Segment } from './segment.ts';
import { BlockFlag } from './block.ts';
import { bytesEqual } from './encodings.ts';
import { Coverage } from './gaps.ts';
import { VerificationError } from './verification-error.ts';

/** C5: the gaps a stream declares are those its readings leave (evidence section 4.3). */
export class GapCheck {
  /** Whether blocks before the first disclosed one may cover time in it. */
  #earlier: boolean;
  #coveredUntil: number | null = null;
  #desc: Uint8Array | null = null;
  /** Time before which earlier, undisclosed readings may cover; the lists are compared from there on. */
  #cut = 0;
  readonly #first: Block | undefined;

  constructor(first: Block | undefined) {
    this.#first = first;
    this.#earlier = first !== undefined && first.no > 0;
  }

  /** End of the coverage by readings so far, null for none. */
  get coveredUntil(): number | null {
    return this.#coveredUntil;
  }

  /** The slot is not open yet in this block, so whatever comes is its first. */
  absent(): void {
    this.#earlier = false;
  }

  open(block: Block, segment: Segment, d: Descriptor): Coverage | null {
    const changed = this.#desc !== null && !bytesEqual(this.#desc, segment.desc);
    const step = (block.flags & BlockFlag.step) !== 0;
    if (step || changed || (this.#desc === null && !this.#earlier)) {
      this.#coveredUntil = null;
      this.#cut = 0;
    } else if (this.#desc === null) this.#cut = (this.#first?.t0 ?? 0) + d.maxGapMs;
    this.#desc = segment.desc;
    if (d.kind === 0) return null;
    return new Coverage({ t0: block.t0, maxGapMs: d.maxGapMs, coveredUntil: this.#coveredUntil });
  }

  /** A segment whose leaves are gone: coverage goes on from what is kept of its end. */
  erased(block: Block, segment: Segment, d: Descriptor, coveredUntil: number | null): void {
    this.open(block, segment, d);
    this.#coveredUntil = coveredUntil;
  }

  close(block: Block, segment: Segment, d: Descriptor, coverage: Coverage | null, where: string): void {
    const recomputed = coverage?.gaps(block.t1) ?? [];
    this.#coveredUntil = coverage?.coveredUntil ?? null;
    const declared = cutAt(segment.gaps, this.#cut);
    const expected = cutAt(recomputed, this.#cut);
    const equal = declared.length === expected.length && declared.every((g, n) => sameSpan(g, expected[n]));
    if (!equal)
      throw new VerificationError(
        'GAPS',
        `${where}: ${declared.length} gaps declared, ${expected.length} with max_gap ${d.maxGapMs}`,
      );
  }
}

function cutAt(gaps: readonly Gap[], time: number): readonly Gap[] {
  return gaps.filter((g) => g.to > time).map((g) => ({ ...g, from: Math.max(g.from, time) }));
}

function sameSpan(a: Gap, b: Gap | undefined): boolean {
  return a.from === b?.from && a.to === b.to;
}
