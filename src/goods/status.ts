import type { ControlGap, ControlState, ReceiptStatus, StatusReason } from '../domain/goods/status.ts';
import type { Control } from './control.ts';
import type { ControlRow } from './control-row.ts';
import { coverageOf } from './coverage.ts';
import type { Exposures } from './exposure.ts';
import { spansOf } from './lost-time.ts';
import { causeText, reasonText } from './reasons.ts';
import { amountsOf, lifecycleOf, type ReceiptRow } from './receipt-row.ts';
import type { Receipts } from './receipts.ts';

export type StatusParts = {
  readonly receipts: Receipts;
  readonly control: Control;
  readonly exposures: Exposures;
};

/** What is not known from goods' records alone. */
export type StatusTerms = {
  /** How long the statement may be shown, ms. */
  readonly validMs: number;
  /** Since when the log waits for its anchor longer than it may; null while it does not. */
  readonly proofLateSince: number | null;
};

const DAY_MS = 24 * 3_600_000;
const MONTH_MS = 30 * DAY_MS;
/** Gaps and breaches that a status shows one by one; all are served by themselves. */
const MOST_SHOWN = 50;

/** What is true of a receipt at `now` as far as records tell; null for one that was never bound here. */
export function statusOf(
  { receipts, control, exposures }: StatusParts,
  receipt: string,
  now: number,
  { validMs, proofLateSince }: StatusTerms,
): ReceiptStatus | null {
  const [bound, row] = [receipts.get(receipt), control.book.at(receipt, now)];
  if (bound === null || row === null) return null;
  const { binding, count } = bound;
  const [state, reasons] = stateOf(control, bound, row, now, proofLateSince);
  const observedAt = Math.max(...binding.sources.map((source) => control.sources.heard(source).at));
  const amounts = amountsOf(bound);
  const ofReceipt = (value: number | null | undefined): ReceiptStatus['amount']['attested'] =>
    value === null || value === undefined ? null : { ...binding.amount, value };
  return {
    receipt,
    number: binding.number,
    lot: binding.goods.lot,
    zone: bound.zone,
    observedAt: observedAt < 0 ? null : observedAt,
    lifecycle: lifecycleOf(bound),
    control: state,
    since: sinceOf(state, reasons, row, bound),
    reasons,
    asOf: now,
    validUntil: now + validMs,
    period: row.period,
    coverage: coverageAt(row, now),
    gaps: [...row.lost.gaps, ...(row.gap === null ? [] : [row.gap])].slice(-MOST_SHOWN),
    breaches: row.lost.breaches.slice(-MOST_SHOWN),
    amount: {
      attested: ofReceipt(amounts?.attested),
      attestedAt: amounts?.attestedAt ?? null,
      onReceipt: ofReceipt(amounts?.onReceipt) ?? binding.amount,
      floor: binding.floor,
    },
    lastCount:
      count === null
        ? null
        : {
            at: count.at,
            result: count.result,
            variance: count.result === 'complete' ? count.seen - count.expected : null,
          },
    exposure: exposures.of(receipt, now),
  };
}

/** The state alone, and the gaps one by one: a small part of the work, for those who look often. */
export function controlOf(
  { receipts, control }: Pick<StatusParts, 'receipts' | 'control'>,
  receipt: string,
  now: number,
  proofLateSince: number | null,
): { readonly control: ControlState; readonly gaps: readonly ControlGap[] } | null {
  const [bound, row] = [receipts.get(receipt), control.book.at(receipt, now)];
  if (bound === null || row === null) return null;
  const [state] = stateOf(control, bound, row, now, proofLateSince);
  return { control: state, gaps: row.lost.gaps };
}

/** Of the last day, the last 30 days and the whole period, each within the period. */
function coverageAt({ period, lost, gap }: ControlRow, now: number): ReceiptStatus['coverage'] {
  if (period === null) return null;
  const to = period.to ?? now;
  const spans = spansOf(lost, gap, now);
  const last = (ms: number): number => Math.max(period.from, to - ms);
  return {
    day: coverageOf(spans, last(DAY_MS), to),
    month: coverageOf(spans, last(MONTH_MS), to),
    period: coverageOf(spans, period.from, to),
  };
}

function stateOf(
  control: Control,
  bound: ReceiptRow,
  row: ControlRow,
  now: number,
  proofLateSince: number | null,
): readonly [ControlState, readonly StatusReason[]] {
  const lost = row.lost.breaches
    .filter(({ to }) => to === null)
    .map(({ by, from, refs }): StatusReason => {
      return { code: by, text: control.findings.titleOf(by) ?? reasonText(by), since: from, refs };
    });
  const unknown = unknownBy(control, bound, row, now);
  const isProven = unknown.length === 0;
  const weak = weakBy(control, bound, isProven, now, proofLateSince);
  const all = [...lost, ...unknown, ...weak];
  if (lost.length > 0) return ['breached', all];
  if (unknown.length > 0) return ['unknown', all];
  return [weak.length > 0 ? 'degraded' : 'in-control', all];
}

function unknownBy(
  control: Control,
  bound: ReceiptRow,
  row: ControlRow,
  now: number,
): readonly StatusReason[] {
  const { period, gap } = row;
  if (period?.to === null) return gap === null ? [] : [gapReason(gap)];
  if (period !== null && period.to !== null) {
    const { periodRefs: refs } = row;
    return [{ code: 'period-over', text: reasonText('period-over'), since: period.to, refs }];
  }
  return control.book.missing(bound, row, now).map((code): StatusReason => {
    return { code, text: reasonText(code), since: bound.boundAt, refs: [bound.ref] };
  });
}

function gapReason({ cause, from, refs }: ControlGap): StatusReason {
  return { code: cause, text: causeText(cause), since: from, refs };
}

/** What does not keep control from being proven, and makes it weaker all the same. */
function weakBy(
  control: Control,
  bound: ReceiptRow,
  isProven: boolean,
  now: number,
  proofLateSince: number | null,
): readonly StatusReason[] {
  const reasons: StatusReason[] = [];
  const { receipt, countWithinMs } = bound.binding;
  const say = (code: string, since: number, refs: StatusReason['refs']): void => {
    reasons.push({ code, text: reasonText(code), since, refs });
  };
  for (const { source, until, cause, ref } of control.evidence.health(bound, now)) {
    if (until > now) continue;
    const { en, zh } = reasonText(isProven ? 'source-down' : 'source-silent');
    const text = { en: `${en}: ${source}`, zh: `${zh}：${source}` };
    const since = until < 0 ? bound.boundAt : until;
    reasons.push({ code: cause, text, since, refs: ref.slot + ref.seq > 0 ? [ref] : [] });
  }
  const { attestedAt, attestedRef } = bound;
  if (attestedAt !== null && now >= attestedAt + countWithinMs)
    say('count-overdue', attestedAt + countWithinMs, attestedRef === null ? [] : [attestedRef]);
  for (const { rule, subject, priority, since, ref } of control.findings.alarms()) {
    const isGrave = priority <= 2 && control.findings.meaning(rule) !== null;
    if (!isGrave || !control.touched(subject, null).includes(receipt)) continue;
    const text = control.findings.titleOf(rule) ?? reasonText(rule);
    reasons.push({ code: rule, text, since, refs: [ref] });
  }
  for (const { rule, subject, isUnknown, since, ref } of control.findings.list()) {
    if (!isUnknown || !control.touched(subject, null).includes(receipt)) continue;
    const { en, zh } = reasonText('cannot-judge');
    const title = control.findings.titleOf(rule);
    const text = { en: `${en}: ${title?.en ?? rule}`, zh: `${zh}：${title?.zh ?? rule}` };
    reasons.push({ code: rule, text, since, refs: [ref] });
  }
  if (proofLateSince !== null) say('proof-late', proofLateSince, []);
  return reasons;
}

/** When the state began that is shown. */
function sinceOf(
  state: ControlState,
  reasons: readonly StatusReason[],
  { period, lost, gap }: ControlRow,
  bound: ReceiptRow,
): number {
  const begin = period?.from ?? bound.boundAt;
  if (state === 'breached') {
    const open = lost.breaches.filter(({ to }) => to === null).map(({ from }) => from);
    return Math.min(...open);
  }
  if (state === 'unknown') return gap?.from ?? period?.to ?? begin;
  // Proven since the last gap or breach was over.
  const ends = [...lost.gaps, ...lost.breaches].map(({ to }) => to ?? begin);
  const proven = Math.max(begin, ...ends);
  if (state === 'in-control') return proven;
  return Math.max(proven, Math.min(...reasons.map(({ since }) => since)));
}
