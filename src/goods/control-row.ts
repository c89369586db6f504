import type { Breach, ControlGap, ControlPeriod } from '../domain/goods/status.ts';
import type { RecordRef, Value } from '../domain/record.ts';
import { NOTHING_LOST, type LostTime, type Sum } from './lost-time.ts';
import { causeIn, listIn, numberIn, orNullIn, refIn, textIn } from './state-fields.ts';

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

/**
 * Lists stand flat in a row, each with its length before it: the state of deciding is eight lists deep at
 * most (evidence section 2), and goods are well inside it.
 */
export function encodeControl(row: ControlRow): Value {
  const { lost } = row;
  return [
    row.receipt,
    signedRow(row.wanted),
    row.period === null ? null : periodRow(row.period),
    refRow(row.periodRefs),
    row.past.flatMap(periodRow),
    row.checkedTo,
    row.gap === null ? null : gapRow(row.gap),
    lost.gaps.flatMap(gapRow),
    lost.breaches.flatMap(({ from, to, by, refs }) => [from, to, by, ...refRow(refs)]),
    lost.summedTo,
    lost.summedGaps,
    lost.hours.flatMap(sumRow),
    lost.older === null ? null : sumRow(lost.older),
    signedRow(row.closing),
    row.provenAt,
  ];
}

/** @throws TypeError for what `encodeControl` did not give */
export function decodeControl(value: Value): ControlRow {
  const all = listIn(value);
  const [receipt, wanted, period, periodRefs, past, checkedTo, gap, gaps, breaches] = all;
  const [summedTo, summedGaps, hours, older, closing, provenAt] = all.slice(9);
  return {
    receipt: textIn(receipt),
    wanted: orNullIn(wanted, signedIn),
    period: orNullIn(period, (row) => periodIn(new Flat(row))),
    periodRefs: refsOf(new Flat(periodRefs)),
    past: new Flat(past).all(periodIn),
    checkedTo: numberIn(checkedTo),
    gap: orNullIn(gap, (row) => gapIn(new Flat(row))),
    lost: {
      gaps: new Flat(gaps).all(gapIn),
      breaches: new Flat(breaches).all((f): Breach => {
        const [from, to] = [f.number(), f.numberOrNull()];
        return { from, to, by: textIn(f.next()), refs: refsOf(f) };
      }),
      summedTo: numberIn(summedTo),
      summedGaps: numberIn(summedGaps),
      hours: new Flat(hours).all(sumIn),
      older: orNullIn(older, (row) => sumIn(new Flat(row))),
    },
    closing: orNullIn(closing, signedIn),
    provenAt: numberIn(provenAt),
  };
}

/** Reads a flat list from its begin to its end. */
class Flat {
  readonly #values: readonly Value[];
  #at = 0;

  constructor(value: Value | undefined) {
    this.#values = listIn(value);
  }

  next(): Value | undefined {
    this.#at += 1;
    return this.#values[this.#at - 1];
  }

  number(): number {
    return numberIn(this.next());
  }

  numberOrNull(): number | null {
    return orNullIn(this.next(), numberIn);
  }

  all<T>(read: (from: Flat) => T): readonly T[] {
    const items: T[] = [];
    while (this.#at < this.#values.length) items.push(read(this));
    return items;
  }

  /** So many as the number before them says. */
  counted<T>(read: (from: Flat) => T): readonly T[] {
    return Array.from({ length: this.number() }, () => read(this));
  }
}

function signedRow(signed: Signed | null): Value {
  return signed === null ? null : [signed.actor, signed.at, signed.ref.slot, signed.ref.seq];
}

function signedIn(value: Value): Signed {
  const [actor, at, slot, seq] = listIn(value);
  return { actor: numberIn(actor), at: numberIn(at), ref: refIn(slot, seq) };
}

function periodRow({ from, to, endedBy }: ControlPeriod): Value[] {
  return [from, to, endedBy];
}

function periodIn(f: Flat): ControlPeriod {
  return { from: f.number(), to: f.numberOrNull(), endedBy: orNullIn(f.next(), textIn) };
}

function refRow(refs: readonly RecordRef[]): number[] {
  return [refs.length, ...refs.flatMap(({ slot, seq }) => [slot, seq])];
}

function refsOf(f: Flat): readonly RecordRef[] {
  return f.counted(() => ({ slot: f.number(), seq: f.number() }));
}

function gapRow({ from, to, cause, sources, refs, filledLate }: ControlGap): Value[] {
  return [from, to, cause, filledLate ? 1 : 0, sources.length, ...sources, ...refRow(refs)];
}

function gapIn(f: Flat): ControlGap {
  const [from, to, cause, filledLate] = [f.number(), f.numberOrNull(), causeIn(f.next()), f.next() === 1];
  const sources = f.counted(() => textIn(f.next()));
  return { from, to, cause, filledLate, sources, refs: refsOf(f) };
}

function sumRow({ from, to, gapMs, breachMs }: Sum): number[] {
  return [from, to, gapMs, breachMs];
}

function sumIn(f: Flat): Sum {
  return { from: f.number(), to: f.number(), gapMs: f.number(), breachMs: f.number() };
}
