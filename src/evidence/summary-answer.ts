import type { Block } from './block.ts';
import type { Interval } from './intervals.ts';
import type { StreamAtHand } from './proven-leaf.ts';
import type { RangeQuestion } from './question.ts';
import type { Because } from './verdict.ts';
import { intersect, subtract, union } from './intervals.ts';
import { descriptorOf } from './proven-leaf.ts';

/** Time covered; blocks within the window in which a value was out of range; what it leaves open. */
export type SummaryTold = {
  readonly covered: readonly Interval[];
  readonly outWithin: readonly Interval[];
  readonly because: readonly Because[];
};

/**
 * What segments alone say about a range. They tell least, greatest and gaps, never when: a segment out
 * of range counts 1 ms if it lies within the window, and leaves the answer open if it only meets it;
 * readings not usable may be backfilled or signed ones, which would be judged, so they leave it open.
 */
export function summaryOf(
  stream: StreamAtHand,
  question: RangeQuestion,
  blocks: readonly Block[],
): SummaryTold {
  const covered: Interval[] = [];
  const outWithin: Interval[] = [];
  let open = false;
  for (const [i, segment] of stream.row.entries()) {
    const block = blocks[i];
    if (segment === null || block === undefined) continue;
    const span = { from: block.t0, to: block.t1 };
    covered.push(...subtract([span], union(segment.gaps)));
    const { maxGapMs } = descriptorOf(stream, segment);
    if (intersect([{ from: question.from - maxGapMs, to: question.to }], [span]).length === 0) continue;
    const out = segment.min !== null && (segment.min < question.min || (segment.max ?? 0) > question.max);
    if (segment.nbad > 0) open = true;
    if (out && span.from >= question.from && span.to <= question.to) outWithin.push(span);
    else if (out) open = true;
  }
  return { covered: union(covered), outWithin, because: open ? ['SUMMARY_ONLY'] : [] };
}
