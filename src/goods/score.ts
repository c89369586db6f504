import type { RecordRef } from '../domain/record.ts';

/** What one figure rests on: records, and streams read in full over the window of the score. */
export type ScoreEvidence = {
  readonly records: readonly RecordRef[];
  readonly streams: readonly string[];
};

type Figure = { readonly evidence: ScoreEvidence };

/**
 * All that a score is made of: integers, so that the same input gives the same score bit for bit on any
 * machine. Shares in hundredths of a per cent, times in ms. See docs/score.md.
 */
export type ScoreInput = {
  readonly format: 'bailee/score-input/v1';
  readonly receipt: string;
  readonly asOf: number;
  /** Of the last 30 days within the control period; null outside of one. */
  readonly control: Figure & { readonly controlledShare: number | null; readonly gapMs: number };
  readonly breaches: Figure & { readonly open: number; readonly closed: number };
  /** Of the last complete count or weighing; null for never. */
  readonly count: Figure & { readonly ageMs: number | null; readonly limitMs: number };
  readonly quantity: Figure & {
    readonly attested: number | null;
    readonly onReceipt: number;
    readonly floor: number | null;
  };
  /** null where the receipt asks for no range. */
  readonly condition: Figure & {
    readonly outsideMs: number | null;
    readonly allowedMs: number;
    /** Shown beside the score, and no part of it: what was not measured is in the coverage. */
    readonly missingMs: number;
    readonly mkt: number | null;
  };
  readonly alarms: Figure & { readonly urgent: number; readonly high: number; readonly medium: number };
};

export type ScorePart = {
  readonly factor: 'control' | 'breaches' | 'count' | 'quantity' | 'condition' | 'alarms';
  /** Hundredths of a point, and how many there are. */
  readonly points: number;
  readonly of: number;
  readonly evidence: ScoreEvidence;
};

export type Score = {
  readonly format: 'bailee/score/v1';
  readonly receipt: string;
  readonly asOf: number;
  /** Hundredths of a point of 10,000. */
  readonly score: number;
  readonly parts: readonly ScorePart[];
  readonly input: ScoreInput;
};

const CONTROL = 4000;
const BREACHES = 1500;
const COUNT = 1500;
const QUANTITY = 1000;
const CONDITION = 1000;
const ALARMS = 1000;

/** Below this share control earns nothing; a month of 90 % has lost three days. */
const LEAST_SHARE = 9000;
const WHOLE_SHARE = 10_000;
const EACH_CLOSED_BREACH = 500;
const EACH_ALARM = { urgent: 500, high: 300, medium: 100 } as const;

/** How well the goods of a receipt are controlled and kept. It says nothing of anybody's credit. */
export function scoreOf(input: ScoreInput): Score {
  const { control, breaches, count, quantity, condition, alarms } = input;
  const parts: readonly ScorePart[] = [
    part('control', CONTROL, controlPoints(control.controlledShare), control),
    part(
      'breaches',
      BREACHES,
      breaches.open > 0 ? 0 : BREACHES - EACH_CLOSED_BREACH * breaches.closed,
      breaches,
    ),
    part('count', COUNT, countPoints(count.ageMs, count.limitMs), count),
    part('quantity', QUANTITY, quantityPoints(quantity), quantity),
    part('condition', CONDITION, conditionPoints(condition.outsideMs, condition.allowedMs), condition),
    part(
      'alarms',
      ALARMS,
      ALARMS -
        EACH_ALARM.urgent * alarms.urgent -
        EACH_ALARM.high * alarms.high -
        EACH_ALARM.medium * alarms.medium,
      alarms,
    ),
  ];
  const score = parts.reduce((sum, { points }) => sum + points, 0);
  return { format: 'bailee/score/v1', receipt: input.receipt, asOf: input.asOf, score, parts, input };
}

function part(factor: ScorePart['factor'], of: number, points: number, { evidence }: Figure): ScorePart {
  return { factor, points: Math.min(of, Math.max(0, points)), of, evidence };
}

function controlPoints(share: number | null): number {
  return share === null ? 0 : portion(CONTROL, share - LEAST_SHARE, WHOLE_SHARE - LEAST_SHARE);
}

/** All of them while the count is in time, none when it is twice as old as it may be. */
function countPoints(ageMs: number | null, limitMs: number): number {
  if (ageMs === null) return 0;
  return ageMs <= limitMs ? COUNT : portion(COUNT, 2 * limitMs - ageMs, limitMs);
}

/** From the floor, where one is agreed, up to what the receipt says. */
function quantityPoints({ attested, onReceipt, floor }: ScoreInput['quantity']): number {
  if (attested === null) return 0;
  if (attested >= onReceipt) return QUANTITY;
  const least = Math.min(floor ?? 0, onReceipt);
  return portion(QUANTITY, attested - least, onReceipt - least);
}

function conditionPoints(outsideMs: number | null, allowedMs: number): number {
  if (outsideMs === null || outsideMs === 0) return CONDITION;
  return allowedMs === 0 ? 0 : portion(CONDITION, allowedMs - outsideMs, allowedMs);
}

/** all · part / whole, down to a whole number; exact for any integers. */
function portion(all: number, amount: number, whole: number): number {
  if (whole <= 0) return 0;
  return amount <= 0 ? 0 : Number((BigInt(all) * BigInt(amount)) / BigInt(whole));
}
