import type { ControlGap } from '../domain/goods/status.ts';
import type { RecordRef } from '../domain/record.ts';
import type { ControlEvidence } from './control-evidence.ts';
import type { ControlRow } from './control-row.ts';
import { withGap } from './lost-time.ts';
import type { ReceiptRow } from './receipt-row.ts';

/** Records that one gap names at most. */
const MOST_REFS = 16;

/**
 * The row as it stands at `t`: gaps begin where evidence ended and end where a blinding ended by itself.
 * Nothing but records brings new evidence, so what is known now holds for all of the time up to `t`.
 */
export function walkTo(
  row: ControlRow,
  receipt: ReceiptRow,
  evidence: ControlEvidence,
  t: number,
): ControlRow {
  if (t <= row.checkedTo) return row;
  if (row.period === null || row.period.to !== null) return { ...row, checkedTo: t };
  let at = row;
  for (let from = row.checkedTo; from < t;) {
    const { until, not } = evidence.from(receipt, at, from);
    at = { ...at, checkedTo: Math.min(until, t) };
    if (not === null) at = closed(at, from, null);
    else if (at.gap === null) at = { ...at, gap: { from, to: null, filledLate: false, ...bounded(not) } };
    else at = { ...at, gap: widened(at.gap, not) };
    from = Math.max(from + 1, Math.min(until, t));
  }
  return { ...at, checkedTo: t };
}

/** After a record at `t` that changed what is known: a gap ends where control is proven again. */
export function settleAt(
  row: ControlRow,
  receipt: ReceiptRow,
  evidence: ControlEvidence,
  t: number,
  ref: RecordRef,
): ControlRow {
  if (row.period === null || row.period.to !== null) return row;
  const { not } = evidence.from(receipt, row, t);
  if (not === null) return closed(row, t, ref);
  if (row.gap !== null) return { ...row, gap: widened(row.gap, not) };
  return { ...row, gap: { from: t, to: null, filledLate: false, ...bounded(not) } };
}

/** A gap that ends where it began was none. */
export function closed(row: ControlRow, to: number, ref: RecordRef | null): ControlRow {
  const { gap } = row;
  if (gap === null) return row;
  if (to <= gap.from) return { ...row, gap: null };
  const refs = ref === null ? gap.refs : merged(gap.refs, [ref]);
  return { ...row, gap: null, lost: withGap(row.lost, { ...gap, to, refs }) };
}

type Why = Pick<ControlGap, 'cause' | 'sources' | 'refs'>;

function bounded({ cause, sources, refs }: Why): Why {
  return { cause, sources: [...sources].sort(), refs: merged([], refs) };
}

/** The first cause stays: it is why the gap began. Sources that fell silent meanwhile are named too. */
function widened(gap: ControlGap, { sources, refs }: Why): ControlGap {
  const all = [...new Set([...gap.sources, ...sources])].sort();
  const more = merged(gap.refs, refs);
  if (all.length === gap.sources.length && more.length === gap.refs.length) return gap;
  return { ...gap, sources: all, refs: more };
}

function merged(refs: readonly RecordRef[], more: readonly RecordRef[]): readonly RecordRef[] {
  const all = [...refs];
  for (const { slot, seq } of more) {
    if (all.length >= MOST_REFS) break;
    if (!all.some((ref) => ref.slot === slot && ref.seq === seq)) all.push({ slot, seq });
  }
  return all;
}
