import type { Block } from './block.ts';
import type { Descriptor } from './descriptor.ts';
import type { Interval } from './intervals.ts';
import type { Sightings } from './present-answer.ts';
import type { LeafCount, Stream } from './proven-leaf.ts';
import type { Question } from './question.ts';
import type { RangeTold } from './range-answer.ts';
import type { SummaryTold } from './summary-answer.ts';
import type { Because, Level, StreamVerdict, Verdict } from './verdict.ts';
import type { VerifiedNotes } from './verify-notes.ts';
import type { BlockTime } from './verify-time.ts';
import { measure, uncertainTime } from './covered-time.ts';
import { duration, intersect, subtract, union } from './intervals.ts';
import { BECAUSE } from './verdict.ts';
import { coversWindow, exceeds, worstTimes } from './verify-window.ts';

/** All that the evidence steps have proven, as the question is put to it. */
export type Proven = {
  readonly notes: VerifiedNotes;
  readonly blocks: readonly Block[];
  readonly times: readonly BlockTime[];
  readonly streams: ReadonlyMap<number, Stream>;
  readonly counts: ReadonlyMap<number, LeafCount>;
  readonly lost: ReadonlyMap<number, number>;
  /** Of the slots of a range question. */
  readonly readings: ReadonlyMap<number, RangeTold>;
  /** Of those of its slots of which there are segments alone. */
  readonly summaries: ReadonlyMap<number, SummaryTold>;
  /** Of a question after an EPC. */
  readonly sightings: Sightings | null;
};

type Judged = {
  readonly verdict: StreamVerdict;
  readonly because: readonly Because[];
  /** Time out of range that nobody can doubt, ms. */
  readonly surelyOutMs: number;
  readonly covered: readonly Interval[];
};

/** Puts the question to what is proven. Nothing here can make evidence invalid. */
export function answer(
  question: Question,
  proven: Proven,
): Pick<Verdict, 'answer' | 'because' | 'streams' | 'time'> {
  const { policy } = proven.notes;
  const window = { from: question.from, to: question.to };
  const unsure = uncertainTime(proven.blocks, proven.times);
  const judged = question.slots.map((slot) => judge(slot, question, proven, unsure));
  const because = new Set(judged.flatMap((j) => j.because));
  if (question.kind === 'present')
    for (const b of judgePresence(question, judged, unsure, proven)) because.add(b);
  const time = worstTimes(window, proven.blocks, proven.times);
  if (time.blocks > 0 && exceeds(time.worstDelayMs, policy.maxDelayMs)) because.add('DELAY_TOO_LONG');
  if (time.blocks > 0 && exceeds(time.worstLeadMs, policy.maxLeadMs)) because.add('LEAD_TOO_LONG');
  const surelyOut =
    question.kind === 'range' &&
    !because.has('STREAM_MISMATCH') &&
    judged.some((j) => j.surelyOutMs > question.allowOutMs);
  return {
    answer: surelyOut ? 'no' : because.size === 0 ? 'yes' : 'undecided',
    because: BECAUSE.filter((b) => because.has(b)),
    streams: judged.map((j) => j.verdict),
    time: { worstDelayMs: time.worstDelayMs, worstLeadMs: time.worstLeadMs },
  };
}

function judge(slot: number, question: Question, proven: Proven, unsure: readonly Interval[]): Judged {
  const { blocks, notes, times } = proven;
  const { policy } = notes;
  const window = { from: question.from, to: question.to };
  const stream = proven.streams.get(slot);
  if (stream === undefined) return undisclosed(slot, window, unsure);
  const descriptors = [...stream.descriptors.values()];
  const maxGapMs = descriptors.reduce((most, d) => Math.max(most, d.maxGapMs), 0);
  const mode = modeOf(stream);
  const told = timeOf(slot, question, proven, unsure);
  const { gap, uncertain, out } = told;
  const { leaves, nbad } = proven.counts.get(slot) ?? { leaves: 0, nbad: 0 };
  const enrolled = policy.descriptors;
  const isEnrolled = enrolled === 'any' || [...stream.descriptors.keys()].every((desc) => enrolled.has(desc));
  const verdict: StreamVerdict = {
    slot,
    mode,
    level: isEnrolled ? levelOf(stream) : 'C',
    complete: mode !== 'partial' && coversWindow(window, maxGapMs, blocks, times, notes),
    leaves,
    nbad,
    lost: proven.lost.get(slot) ?? 0,
    outMs: duration(out) + told.outWithin.length,
    gapMs: duration(gap),
    uncertainMs: duration(uncertain),
    backfilledMs: duration(told.backfilled),
  };
  const because = new Set<Because>(told.because);
  if (!verdict.complete) because.add('NOT_COMPLETE');
  if (mode === 'partial') because.add('PARTIAL_ONLY');
  if (mode === 'summary' && !(policy.acceptSummary && maxGapMs <= question.maxGapMs))
    because.add('SUMMARY_ONLY');
  if (verdict.lost > 0) because.add('READINGS_LOST');
  if (!isEnrolled) because.add('NOT_ENROLLED');
  if (question.kind === 'range') {
    if (verdict.outMs > question.allowOutMs) because.add('OUT_OF_RANGE');
    for (const b of gapReasons(verdict.gapMs, verdict.uncertainMs, question.allowGapMs)) because.add(b);
  }
  if (descriptors.some((d) => !fits(d, question))) because.add('STREAM_MISMATCH');
  const surely = told.outWithin.filter((block) => intersect([block], unsure).length === 0);
  const surelyOutMs = duration(subtract(out, unsure)) + surely.length;
  return { verdict, because: [...because], surelyOutMs, covered: told.covered };
}

/** What a stream tells about the question: time covered, out of range, shown late. */
type Told = {
  readonly covered: readonly Interval[];
  readonly out: readonly Interval[];
  readonly backfilled: readonly Interval[];
  /** Blocks out of range at moments that a summary does not tell: each counts 1 ms. */
  readonly outWithin: readonly Interval[];
  readonly because: readonly Because[];
};

function toldTime(slot: number, proven: Proven): Told {
  const nothing: Told = { covered: [], out: [], backfilled: [], outWithin: [], because: [] };
  const summary = proven.summaries.get(slot);
  if (summary !== undefined) return { ...nothing, ...summary };
  const { sightings } = proven;
  if (sightings !== null)
    return { ...nothing, covered: sightings.shown(slot), backfilled: sightings.backfilled(slot) };
  const readings = proven.readings.get(slot);
  if (readings === undefined) return nothing;
  return { ...nothing, ...readings };
}

/** The question's time as one stream tells it (section 6): `backfilled` is a part of `gap`. */
export function timeOf(
  slot: number,
  question: Question,
  proven: Proven,
  unsure: readonly Interval[],
): Told & { readonly gap: readonly Interval[]; readonly uncertain: readonly Interval[] } {
  const told = toldTime(slot, proven);
  const { since } = proven.notes.policy;
  const { from, to } = question;
  const { gap, uncertain } = measure({ from, to }, since, told.covered, unsure);
  const out = intersect([{ from: Math.max(from, since), to }], told.out);
  const outWithin = told.outWithin.filter((block) => block.from >= since);
  return { ...told, gap, uncertain, out, outWithin, backfilled: intersect(gap, told.backfilled) };
}

function judgePresence(
  question: Question,
  judged: readonly Judged[],
  unsure: readonly Interval[],
  proven: Proven,
): readonly Because[] {
  const window = { from: question.from, to: question.to };
  const shown = union(judged.flatMap((j) => j.covered));
  const { gap, uncertain } = measure(window, proven.notes.policy.since, shown, unsure);
  return [
    ...(intersect([window], shown).length === 0 ? (['NOT_PRESENT'] as const) : []),
    ...gapReasons(duration(gap), duration(uncertain), question.allowGapMs),
    ...(proven.sightings?.conflict() === true ? (['PRESENCE_CONFLICT'] as const) : []),
  ];
}

function gapReasons(gapMs: number, uncertainMs: number, allowGapMs: number): readonly Because[] {
  if (gapMs <= allowGapMs) return [];
  return uncertainMs > 0 ? ['GAPS_TOO_LONG', 'CLOCK_UNSURE'] : ['GAPS_TOO_LONG'];
}

function fits(d: Descriptor, question: Question): boolean {
  if (question.kind === 'present') return d.kind === 2;
  return d.kind === 1 && d.unit === question.unit && d.exp === question.exp;
}

function undisclosed(slot: number, window: Interval, unsure: readonly Interval[]): Judged {
  const uncertainMs = duration(intersect([window], unsure));
  const verdict: StreamVerdict = {
    slot,
    mode: 'partial',
    level: 'C',
    complete: false,
    leaves: 0,
    nbad: 0,
    lost: 0,
    outMs: 0,
    gapMs: window.to - window.from,
    uncertainMs,
    backfilledMs: 0,
  };
  return { verdict, because: ['NOT_COMPLETE', 'PARTIAL_ONLY'], surelyOutMs: 0, covered: [] };
}

export function modeOf(stream: Stream): StreamVerdict['mode'] {
  if (stream.files.full !== null) return 'full';
  return stream.files.some !== null ? 'partial' : 'summary';
}

/**
 * A stream's level is its lowest (evidence section 9). A is for values whose signatures were checked:
 * in a summary or a part there are values that nobody saw.
 */
export function levelOf(stream: Stream): Level {
  const sources = [...stream.descriptors.values()].map((d) => d.src);
  if (modeOf(stream) === 'full' && sources.every((src) => src === 3)) return 'A';
  return sources.every((src) => src >= 2) ? 'B' : 'C';
}
