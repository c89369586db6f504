import { Overlay } from '../domain/overlay.ts';
import type { LogRecord, RecordRef, Value } from '../domain/record.ts';
import type { ControlEvidence } from './control-evidence.ts';
import { decodeControl, encodeControl, MOST_PERIODS, newControlRow, type ControlRow } from './control-row.ts';
import { closed, settleAt, walkTo } from './control-walk.ts';
import { withBreach } from './lost-time.ts';
import type { ReceiptRow } from './receipt-row.ts';
import type { Receipts } from './receipts.ts';
import { refOf } from './sources.ts';
import { listIn } from './state-fields.ts';

/** The control of every receipt: periods, gaps and breaches, as evidence changes. */
export class ControlBook {
  readonly #receipts: Receipts;
  readonly #evidence: ControlEvidence;
  readonly #rows = new Overlay<string, ControlRow>();

  constructor(receipts: Receipts, evidence: ControlEvidence) {
    this.#receipts = receipts;
    this.#evidence = evidence;
  }

  get(receipt: string): ControlRow | undefined {
    return this.#rows.get(receipt);
  }

  /** By their receipts. */
  list(): readonly ControlRow[] {
    return [...this.#rows.entries()].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, row]) => row);
  }

  put(row: ControlRow): void {
    this.#rows.set(row.receipt, row);
  }

  begin(receipt: string, t: number): void {
    this.put(newControlRow(receipt, t));
  }

  /** With the gaps that began since the last record; nothing of it is kept. */
  at(receipt: string, now: number): ControlRow | null {
    const [row, bound] = [this.#rows.get(receipt), this.#receipts.get(receipt)];
    return row === undefined || bound === null ? null : walkTo(row, bound, this.#evidence, now);
  }

  /** What was known holds up to `t`; then it changes, and what follows from it is looked at. */
  change(record: LogRecord, change: () => void, isFor: (bound: ReceiptRow) => boolean): void {
    const affected = this.#receipts.list().filter(isFor);
    for (const { binding } of affected) this.walk(binding.receipt, record.t);
    change();
    for (const { binding } of affected) this.settle(binding.receipt, record);
  }

  walk(receipt: string, t: number): ControlRow | null {
    const row = this.at(receipt, t);
    if (row !== null) this.put(row);
    return row;
  }

  walkAll(t: number): void {
    for (const { receipt } of this.list()) this.walk(receipt, t);
  }

  /** Opens a period once all holds that a start needs, and ends or begins a gap. */
  settle(receipt: string, record: LogRecord): void {
    const [row, bound] = [this.#rows.get(receipt), this.#receipts.get(receipt)];
    if (row === undefined || bound === null) return;
    const { t } = record;
    if (row.wanted !== null && row.period?.to !== null && this.missing(bound, row, t).length === 0) {
      const past = row.period === null ? row.past : [...row.past, row.period].slice(-MOST_PERIODS);
      const periodRefs = [bound.ref, row.wanted.ref, refOf(record)];
      const period = { from: t, to: null, endedBy: null };
      this.put({ ...row, wanted: null, past, period, periodRefs, checkedTo: t });
      return;
    }
    this.put(settleAt(row, bound, this.#evidence, t, refOf(record)));
  }

  /** What of the conditions for a period does not hold at `t`, in words of `reasons.ts`. */
  missing(bound: ReceiptRow, row: ControlRow, t: number): readonly string[] {
    const missing: string[] = [];
    if (bound.binding.agreement === null) missing.push('no-agreement');
    if (row.provenAt < 0) missing.push('not-counted');
    const silent = this.#evidence.health(bound, t).filter(({ until }) => until <= t);
    if (silent.length > 0) missing.push('source-silent');
    else if (this.#evidence.from(bound, row, t).not !== null) missing.push('not-proven');
    if (row.wanted === null) missing.push('not-started');
    return missing;
  }

  breach(receipt: string, by: string, from: number, refs: readonly RecordRef[]): void {
    const row = this.#rows.get(receipt);
    // Nothing is lost that was never held, nor lost twice.
    if (row?.period?.to !== null || row.lost.breaches.some((b) => b.by === by && b.to === null)) return;
    this.put({ ...row, closing: null, lost: withBreach(row.lost, { from, to: null, by, refs }) });
  }

  end(receipt: string, endedBy: string, record: LogRecord): void {
    const row = this.walk(receipt, record.t);
    if (row?.period?.to !== null) return;
    const over = { ...closed(row, record.t, refOf(record)), wanted: null };
    const periodRefs = [...row.periodRefs, refOf(record)];
    this.put({ ...over, period: { ...row.period, to: record.t, endedBy }, periodRefs });
  }

  commit(): void {
    this.#rows.commit();
  }

  discard(): void {
    this.#rows.discard();
  }

  encode(): Value {
    return this.list().map(encodeControl);
  }

  /** @throws TypeError for what `encode` did not give */
  read(value: Value): void {
    for (const row of listIn(value).map(decodeControl)) this.put(row);
    this.commit();
  }
}
