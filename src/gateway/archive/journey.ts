import type { Policy } from '../../evidence/policy.ts';
import type { Primitives } from '../../evidence/primitives.ts';
import type { Verdict } from '../../evidence/verdict.ts';
import { judgeLink, rootNamed, type JourneyTerms, type LinkStep } from './journey-link.ts';
import { readLeg, type Paper, type ReadLeg } from './journey-leg.ts';

export type LegCode =
  'LEG_YES' | 'LEG_NO' | 'LEG_UNDECIDED' | 'LEG_NO_QUESTION' | 'LEG_MISSING' | 'LEG_INVALID';

/** One keeper's time with the goods. Times ms; null where the bundle does not tell, or there is none. */
export type LegStep = {
  readonly kind: 'leg';
  readonly code: LegCode;
  /** File of the bundle; empty for a leg that is missing. */
  readonly name: string;
  readonly origin: string | null;
  readonly from: number | null;
  readonly to: number | null;
  /** Of its worst stream: time out of range, and time without readings. */
  readonly outMs: number;
  readonly gapMs: number;
  readonly verdict: Verdict | null;
};

/** The verdict on goods that went from keeper to keeper: as `Verdict`, and why for each step. */
export type Journey = {
  readonly format: 'bailee/journey/v1';
  readonly evidence: 'valid' | 'invalid';
  readonly answer: 'yes' | 'no' | 'undecided';
  readonly steps: readonly (LegStep | LinkStep)[];
  /** Summed over the legs, between the legs, ms. */
  readonly outMs: number;
  readonly gapMs: number;
  readonly betweenMs: number;
};

type JourneyArgs = JourneyTerms & {
  readonly legs: readonly Pick<ReadLeg, 'name' | 'bundle'>[];
  /** Given beside the bundles. */
  readonly papers: readonly Paper[];
  readonly policy: Policy;
  /** Time out of range that is borne with over all legs together, ms; null: each leg's own question says it. */
  readonly allowOutMs: number | null;
};

/**
 * Verifies each leg's bundle and links them by hand-overs: the terms name a root of the giver's log, the taker's log
 * names the terms, and both have signed. Pure; hostile bytes give a verdict, never an exception.
 */
export function verifyJourney(args: JourneyArgs, use: Primitives): Journey {
  const legs = args.legs
    .map((leg) => readLeg(leg, args.policy, use))
    .sort((x, y) => startOf(x) - startOf(y) || (x.name < y.name ? -1 : 1));
  const papers = [...args.papers, ...legs.flatMap((leg) => leg.papers)];
  const steps: (LegStep | LinkStep)[] = [];
  for (const [i, taker] of legs.entries()) {
    const giver = legs[i - 1] ?? null;
    const missing = giverMissing(taker, legs, papers);
    if (missing !== null) steps.push(missingLeg(missing));
    if (giver !== null || missing !== null)
      steps.push(judgeLink({ giver: missing === null ? giver : null, taker, papers, terms: args }, use));
    steps.push(legStep(taker, args.allowOutMs));
  }
  return { format: 'bailee/journey/v1', ...judge(steps, args.allowOutMs), steps };
}

/** Origin that goods came from by the taker's own records, where no bundle of it is here. */
function giverMissing(
  { recorded }: ReadLeg,
  legs: readonly ReadLeg[],
  papers: readonly Paper[],
): string | null {
  const origins = papers
    .filter(({ sha256 }) => recorded.has(sha256))
    .flatMap(({ document }) => (document.kind === 'hand-over' ? (rootNamed(document)?.origin ?? []) : []));
  return origins.find((origin) => !legs.some(({ verdict }) => verdict.origin === origin)) ?? null;
}

function missingLeg(origin: string): LegStep {
  const none = { name: '', from: null, to: null, outMs: 0, gapMs: 0, verdict: null };
  return { kind: 'leg', code: 'LEG_MISSING', origin, ...none };
}

function legStep({ name, verdict }: ReadLeg, allowOutMs: number | null): LegStep {
  const { origin, question, streams } = verdict;
  return {
    kind: 'leg',
    code: legCode(verdict, allowOutMs),
    name,
    origin,
    from: question?.from ?? null,
    to: question?.to ?? null,
    outMs: outOf(verdict),
    gapMs: Math.max(0, ...streams.map(({ gapMs }) => gapMs)),
    verdict,
  };
}

/** Where time out of range is borne with over all legs, a leg's own question does not limit it. */
function legCode(verdict: Verdict, allowOutMs: number | null): LegCode {
  const { evidence, question, answer, because } = verdict;
  if (evidence === 'invalid') return 'LEG_INVALID';
  if (question === null) return 'LEG_NO_QUESTION';
  if (allowOutMs !== null && question.kind === 'range') {
    const isTooLong = surelyOutOf(verdict) > allowOutMs;
    if (isTooLong || (answer === 'no' && allowOutMs <= question.allowOutMs)) return 'LEG_NO';
    const isBorne = outOf(verdict) <= allowOutMs && because.every((why) => why === 'OUT_OF_RANGE');
    return isBorne ? 'LEG_YES' : 'LEG_UNDECIDED';
  }
  return answer === 'yes' ? 'LEG_YES' : answer === 'no' ? 'LEG_NO' : 'LEG_UNDECIDED';
}

function judge(
  steps: readonly (LegStep | LinkStep)[],
  allowOutMs: number | null,
): Omit<Journey, 'format' | 'steps'> {
  const legs = steps.filter((step) => step.kind === 'leg');
  const links = steps.filter((step) => step.kind === 'hand-over');
  const outMs = sum(legs.map((leg) => leg.outMs));
  const surelyOut = sum(legs.map(({ verdict }) => (verdict === null ? 0 : surelyOutOf(verdict))));
  const isInvalid =
    legs.some(({ code }) => code === 'LEG_INVALID') ||
    links.some(({ code }) => code === 'ROOT_CONFLICT' || code === 'SIGNATURE_WRONG');
  const isNo = legs.some(({ code }) => code === 'LEG_NO') || (allowOutMs !== null && surelyOut > allowOutMs);
  const isYes =
    legs.length > 0 &&
    legs.every(({ code }) => code === 'LEG_YES') &&
    links.every(({ code }) => code === 'LINKED' || code === 'SAME_LOG') &&
    (allowOutMs === null || outMs <= allowOutMs);
  return {
    evidence: isInvalid ? 'invalid' : 'valid',
    answer: isInvalid ? 'undecided' : isNo ? 'no' : isYes ? 'yes' : 'undecided',
    outMs,
    gapMs: sum(legs.map((leg) => leg.gapMs)),
    betweenMs: sum(links.map((link) => link.betweenMs ?? 0)),
  };
}

function sum(values: readonly number[]): number {
  return values.reduce((all, value) => all + value, 0);
}

/** Of the worst stream, ms. */
function outOf({ streams }: Verdict): number {
  return Math.max(0, ...streams.map(({ outMs }) => outMs));
}

/** What may have been in doubtful time does not count against the goods. */
function surelyOutOf({ streams, because }: Verdict): number {
  if (because.includes('STREAM_MISMATCH')) return 0;
  return Math.max(0, ...streams.map(({ outMs, uncertainMs }) => outMs - uncertainMs));
}

function startOf({ verdict }: ReadLeg): number {
  return verdict.question?.from ?? Infinity;
}
