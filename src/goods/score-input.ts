import { Priority } from '../domain/alarm.ts';
import type { RecordRef } from '../domain/record.ts';
import { coverageOf } from './coverage.ts';
import { spansOf } from './lost-time.ts';
import { amountsOf } from './receipt-row.ts';
import type { ScoreInput } from './score.ts';
import type { StatusParts } from './status.ts';

const MONTH_MS = 30 * 24 * 3_600_000;
const MOST_RECORDS = 256;

/** The input of a receipt's score at `now`; null for one that was never bound here. */
export function scoreInputOf(
  { receipts, control, exposures }: StatusParts,
  receipt: string,
  now: number,
): ScoreInput | null {
  const [bound, row] = [receipts.get(receipt), control.book.at(receipt, now)];
  const amounts = amountsOf(bound);
  if (bound === null || row === null || amounts === null) return null;
  const { binding, attestedAt, attestedRef } = bound;
  const { period, lost, gap } = row;
  const from = Math.max(now - MONTH_MS, period?.from ?? now);
  const month = coverageOf(spansOf(lost, gap, now), from, now);
  const gaps = [...lost.gaps, ...(gap === null ? [] : [gap])].filter(({ to }) => (to ?? now) > from);
  const breaches = lost.breaches.filter(({ to }) => (to ?? now) > from);
  const exposure = exposures.of(receipt, now);
  const alarms = control.findings
    .alarms()
    .filter(({ subject }) => control.touched(subject, null).includes(receipt));
  const countOf = (priority: number): number => alarms.filter((a) => a.priority === priority).length;
  const counted = attestedRef === null ? [] : [attestedRef];
  return {
    format: 'bailee/score-input/v1',
    receipt,
    asOf: now,
    control: {
      controlledShare: period?.to === null ? month.controlledShare : null,
      gapMs: month.gapMs,
      evidence: {
        records: some([...row.periodRefs, ...gaps.flatMap(({ refs }) => refs)]),
        streams: binding.sources,
      },
    },
    breaches: {
      open: breaches.filter(({ to }) => to === null).length,
      closed: breaches.filter(({ to }) => to !== null).length,
      evidence: { records: some(breaches.flatMap(({ refs }) => refs)), streams: [] },
    },
    count: {
      ageMs: attestedAt === null ? null : now - attestedAt,
      limitMs: binding.countWithinMs,
      evidence: { records: counted, streams: [] },
    },
    quantity: {
      attested: amounts.attested,
      onReceipt: amounts.onReceipt,
      floor: amounts.floor,
      evidence: { records: some([bound.ref, ...counted, ...bound.releases]), streams: [] },
    },
    condition: {
      outsideMs: exposure?.outsideMs ?? null,
      allowedMs: exposure?.allowedMs ?? 0,
      missingMs: exposure?.missingMs ?? 0,
      mkt: exposure?.mkt ?? null,
      evidence: { records: [bound.ref], streams: exposures.streamsOf(bound) },
    },
    alarms: {
      urgent: countOf(Priority.urgent),
      high: countOf(Priority.high),
      medium: countOf(Priority.medium),
      evidence: { records: some(alarms.map(({ ref }) => ref)), streams: [] },
    },
  };
}

function some(records: readonly RecordRef[]): readonly RecordRef[] {
  return records.slice(-MOST_RECORDS);
}
