import type { SourceLevel } from '../../domain/stream.ts';
import { Quality } from '../../domain/reading.ts';
import { RecordType } from '../../domain/record.ts';
import { uncertainTime } from '../../evidence/covered-time.ts';
import type { Descriptor } from '../../evidence/descriptor.ts';
import type { Interval } from '../../evidence/intervals.ts';
import { intersect, subtract } from '../../evidence/intervals.ts';
import type { LeafObserver } from '../../evidence/proven-leaf.ts';
import type { Question } from '../../evidence/question.ts';
import type { Gap } from '../../evidence/segment.ts';
import { timeOf, type Proven } from '../../evidence/verify-question.ts';
import { segmentRow, type SegmentRow } from '../../evidence/verify-segments.ts';
import { Curve, type Point } from './curve.ts';

/** What a stream is, in the words of its last descriptor. */
export type StreamName = {
  readonly slot: number;
  readonly kind: Descriptor['kind'];
  readonly dev: string;
  readonly ch: string;
  readonly place: string;
  readonly unit: string;
  readonly exp: number;
  readonly maxGapMs: number;
  readonly src: SourceLevel;
};

/** Least and greatest usable value of one block: all that a summary tells. */
export type Band = Interval & { readonly min: number; readonly max: number };

export type StreamPicture = {
  readonly name: StreamName;
  /** Usable readings. */
  readonly line: readonly Point[];
  /** Readings that cover no time: late, or marked as doubtful; at the device's own time where late. */
  readonly apart: readonly Point[];
  readonly readings: number;
  /** Readings for which each two points of `line` stand; 1 when all are there. */
  readonly perPair: number;
  readonly bands: readonly Band[];
  /** Time within the question's: not covered though the clock is sure, out of range, shown late only. */
  readonly silent: readonly Interval[];
  readonly out: readonly Interval[];
  readonly late: readonly Interval[];
  /** Covered by no reading, whatever the clock: a line does not cross it. */
  readonly unread: readonly Interval[];
  /** Silences that segments declare, with their reason. */
  readonly declared: readonly Gap[];
};

/** What a verdict says in numbers, as intervals and curves; only of evidence that is valid. */
export type Picture = {
  /** From the first disclosed block's start to the last one's end. */
  readonly held: Interval;
  readonly blocks: number;
  readonly unsureBlocks: number;
  /** Of the first and the last block that meets the question's time; null without a bound. */
  readonly notBefore: number | null;
  readonly notAfter: number | null;
  readonly k: number;
  readonly owners: readonly string[];
  readonly uncertain: readonly Interval[];
  readonly names: readonly StreamName[];
  /** Of the question's slots that are disclosed. */
  readonly streams: readonly StreamPicture[];
};

const MOST_POINTS = 4000;
const NOT_COVERING = Quality.stale | Quality.outsideRange | Quality.substituted | Quality.backfilled;

/** Gathers curves while leaves go by, for the slots and the time of a question. */
export class Curves {
  readonly #line = new Map<number, Curve>();
  readonly #apart = new Map<number, Curve>();
  readonly #question: Question | null;

  /** @param question null to see nothing */
  constructor(question: Question | null) {
    this.#question = question;
  }

  readonly see: LeafObserver = ({ t, type, body }, d) => {
    const question = this.#question;
    if (question?.kind !== 'range' || type !== RecordType.reading || !question.slots.includes(d.slot)) return;
    const [v, q, sourceAt] = body;
    if (typeof v !== 'number' || typeof q !== 'number') return;
    const at = (q & Quality.backfilled) !== 0 && typeof sourceAt === 'number' ? sourceAt : t;
    if (at < question.from - d.maxGapMs || at >= question.to + d.maxGapMs) return;
    const curves = (q & NOT_COVERING) === 0 ? this.#line : this.#apart;
    const curve = curves.get(d.slot) ?? new Curve(MOST_POINTS);
    curves.set(d.slot, curve);
    curve.add(at, v);
  };

  of(slot: number): Pick<StreamPicture, 'line' | 'apart' | 'readings' | 'perPair'> {
    const line = this.#line.get(slot)?.finish() ?? { points: [], readings: 0, perPair: 1 };
    const apart = this.#apart.get(slot)?.finish();
    return {
      line: line.points,
      apart: apart?.points ?? [],
      readings: line.readings + (apart?.readings ?? 0),
      perPair: line.perPair,
    };
  }
}

export function pictureOf(proven: Proven, question: Question | null, curves: Curves): Picture {
  const { blocks, times, notes } = proven;
  const unsure = uncertainTime(blocks, times);
  const held = { from: blocks[0]?.t0 ?? 0, to: blocks.reduce((latest, b) => Math.max(latest, b.t1), 0) };
  const window = question === null ? held : { from: question.from, to: question.to };
  const met = blocks.flatMap((b, i) => (b.t0 < window.to && b.t1 > window.from ? [times[i]] : []));
  const slots = question?.slots.filter((slot) => proven.streams.has(slot)) ?? [];
  return {
    held,
    blocks: blocks.length,
    unsureBlocks: times.filter((t) => t.uncertain).length,
    notBefore: met[0]?.notBefore ?? null,
    notAfter: met.at(-1)?.notAfter ?? null,
    k: notes.policy.k,
    owners: [...new Set(notes.policy.witnesses.map((w) => w.owner))],
    uncertain: intersect([window], unsure),
    names: [...proven.streams].map(([slot, s]) => nameOf(slot, [...s.descriptors.values()])),
    streams:
      question === null ? [] : slots.map((slot) => streamPicture(slot, question, proven, unsure, curves)),
  };
}

function streamPicture(
  slot: number,
  question: Question,
  proven: Proven,
  unsure: readonly Interval[],
  curves: Curves,
): StreamPicture {
  const stream = proven.streams.get(slot);
  const window = { from: question.from, to: question.to };
  const told = timeOf(slot, question, proven, unsure);
  const row = stream === undefined ? [] : segmentRow(stream.files);
  const isSummary = stream?.files.full === null && stream.files.some === null;
  return {
    name: nameOf(slot, [...(stream?.descriptors.values() ?? [])]),
    ...curves.of(slot),
    bands: isSummary && question.kind === 'range' ? bandsOf(row, proven, window) : [],
    silent: subtract(told.gap, unsure),
    out: told.out,
    late: told.backfilled,
    unread: subtract([window], told.covered),
    declared: row
      .flatMap((segment) => segment?.gaps ?? [])
      .filter((gap) => gap.from < window.to && gap.to > window.from),
  };
}

function bandsOf(row: SegmentRow, { blocks }: Proven, window: Interval): Band[] {
  return row.flatMap((segment, i) => {
    const block = blocks[i];
    if (block === undefined || block.t0 >= window.to || block.t1 <= window.from) return [];
    if (segment === null || segment.min === null || segment.max === null) return [];
    return [{ from: block.t0, to: block.t1, min: segment.min, max: segment.max }];
  });
}

/** The last descriptor is in force at the end. */
export function nameOf(slot: number, descriptors: readonly Descriptor[]): StreamName {
  const d = descriptors.at(-1);
  return {
    slot,
    kind: d?.kind ?? 0,
    dev: d?.dev ?? '',
    ch: d?.ch ?? '',
    place: d?.place ?? '',
    unit: d?.unit ?? '',
    exp: d?.exp ?? 0,
    maxGapMs: d?.maxGapMs ?? 0,
    src: d?.src ?? 0,
  };
}
