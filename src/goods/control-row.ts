import type { Breach, ControlGap, ControlPeriod } from '../domain/goods/status.ts';
import type { RecordRef, Value } from '../domain/record.ts';
import { NOTHING_LOST, type LostTime, type Sum } from './lost-time.ts';
import { causeIn, listIn, numberIn, orNullIn, refIn, refRows, refsIn, textIn } from './state-fields.ts';

/** Who did something on record. */
export type Signed = { readonly actor: number; readonly at: number; readonly ref: RecordRef };

/** What is remembered of the control of one receipt. Rows are replaced, never changed. */
export type ControlRow = {
  readonly receipt: string;
  /** A start that was signed, and whose conditions do not all hold yet. */
  readonly wanted: Signed | null;
  readonly period: ControlPeriod | null;
  /** Records that opened and ended it. */
  readonly periodRefs: readonly RecordRef[];
  /** Periods before it, the newest last. */
  readonly past: readonly ControlPeriod[];
  /** Gaps are known up to here, ms. */
  readonly checkedTo: number;
  readonly gap: ControlGap | null;
  readonly lost: LostTime;
  /** A first person says that the incident is closed. */
  readonly closing: Signed | null;
  /** The last complete count or amount told: what it proves, an opening past every rule before it did not take. */
  readonly provenAt: number;
};

export const MOST_PERIODS = 16;

export function newControlRow(receipt: string, t: number): ControlRow {
  const nothing = { wanted: null, period: null, periodRefs: [], past: [], gap: null, closing: null };
  return { receipt, ...nothing, checkedTo: t, lost: NOTHING_LOST, provenAt: -1 };
}

/** Moves every instant: lengths and distances stay what they were. */
export function shiftedControl(row: ControlRow, a: number): ControlRow {
  const span = <T extends { readonly from: number; readonly to: number | null }>(one: T): T => ({
    ...one,
    from: one.from + a,
    to: one.to === null ? null : one.to + a,
  });
  const signed = (one: Signed | null): Signed | null => (one === null ? null : { ...one, at: one.at + a });
  const { lost } = row;
  return {
    ...row,
    wanted: signed(row.wanted),
    period: row.period === null ? null : span(row.period),
    past: row.past.map(span),
    checkedTo: row.checkedTo + a,
    gap: row.gap === null ? null : span(row.gap),
    lost: {
      ...lost,
      gaps: lost.gaps.map(span),
      breaches: lost.breaches.map(span),
      summedTo: lost.summedTo + a,
      hours: lost.hours.map(span),
      older: lost.older === null ? null : span(lost.older),
    },
    closing: signed(row.closing),
    provenAt: row.provenAt < 0 ? -1 : row.provenAt + a,
  };
}

/** The log of the records that were named is over; its times stay. */
export function withoutRefs(row: ControlRow): ControlRow {
  const ref = { slot: 0, seq: 0 };
  const signed = (one: Signed | null): Signed | null => (one === null ? null : { ...one, ref });
  return {
    ...row,
    wanted: signed(row.wanted),
    periodRefs: [],
    gap: row.gap === null ? null : bare(row.gap),
    lost: { ...row.lost, gaps: row.lost.gaps.map(bare), breaches: row.lost.breaches.map(bare) },
    closing: signed(row.closing),
  };
}

function bare<T extends { readonly refs: readonly RecordRef[] }>(one: T): T {
  return { ...one, refs: [] };
}

export function encodeControl(row: ControlRow): Value {
  const { lost } = row;
  const sums: Value = [
    lost.summedTo,
    lost.summedGaps,
    lost.hours.flatMap(sumRow),
    lost.older === null ? null : sumRow(lost.older),
  ];
  return [
    row.receipt,
    signedRow(row.wanted),
    row.period === null ? null : periodRow(row.period),
    refRows(row.periodRefs),
    row.past.map(periodRow),
    row.checkedTo,
    row.gap === null ? null : gapRow(row.gap),
    lost.gaps.map(gapRow),
    lost.breaches.map(({ from, to, by, refs }) => [from, to, by, refRows(refs)]),
    sums,
    signedRow(row.closing),
    row.provenAt,
  ];
}

/** @throws TypeError for what `encodeControl` did not give */
export function decodeControl(value: Value): ControlRow {
  const [receipt, wanted, period, periodRefs, past, checkedTo, gap, gaps, breaches, sums, closing, provenAt] =
    listIn(value);
  const [summedTo, summedGaps, hours, older] = listIn(sums);
  return {
    receipt: textIn(receipt),
    wanted: orNullIn(wanted, signedIn),
    period: orNullIn(period, periodIn),
    periodRefs: refsIn(periodRefs),
    past: listIn(past).map(periodIn),
    checkedTo: numberIn(checkedTo),
    gap: orNullIn(gap, gapIn),
    lost: {
      gaps: listIn(gaps).map(gapIn),
      breaches: listIn(breaches).map((row): Breach => {
        const [from, to, by, refs] = listIn(row);
        return { from: numberIn(from), to: orNullIn(to, numberIn), by: textIn(by), refs: refsIn(refs) };
      }),
      summedTo: numberIn(summedTo),
      summedGaps: numberIn(summedGaps),
      hours: sumsIn(listIn(hours)),
      older: orNullIn(older, (row) => sumsIn(listIn(row))[0] ?? null),
    },
    closing: orNullIn(closing, signedIn),
    provenAt: numberIn(provenAt),
  };
}

function signedRow(signed: Signed | null): Value {
  return signed === null ? null : [signed.actor, signed.at, signed.ref.slot, signed.ref.seq];
}

function signedIn(value: Value): Signed {
  const [actor, at, slot, seq] = listIn(value);
  return { actor: numberIn(actor), at: numberIn(at), ref: refIn(slot, seq) };
}

function periodRow({ from, to, endedBy }: ControlPeriod): Value {
  return [from, to, endedBy];
}

function periodIn(value: Value): ControlPeriod {
  const [from, to, endedBy] = listIn(value);
  return { from: numberIn(from), to: orNullIn(to, numberIn), endedBy: orNullIn(endedBy, textIn) };
}

function gapRow({ from, to, cause, sources, refs, filledLate }: ControlGap): Value {
  return [from, to, cause, sources, refRows(refs), filledLate ? 1 : 0];
}

function gapIn(value: Value): ControlGap {
  const [from, to, cause, sources, refs, late] = listIn(value);
  return {
    from: numberIn(from),
    to: orNullIn(to, numberIn),
    cause: causeIn(cause),
    sources: listIn(sources).map(textIn),
    refs: refsIn(refs),
    filledLate: late === 1,
  };
}

function sumRow({ from, to, gapMs, breachMs }: Sum): number[] {
  return [from, to, gapMs, breachMs];
}

/** Four numbers each. */
function sumsIn(numbers: readonly Value[]): readonly Sum[] {
  return numbers.flatMap((_, i) => {
    if (i % 4 !== 0) return [];
    const [from, to, gapMs, breachMs] = numbers.slice(i, i + 4).map(numberIn);
    return [{ from: numberIn(from), to: numberIn(to), gapMs: numberIn(gapMs), breachMs: numberIn(breachMs) }];
  });
}
