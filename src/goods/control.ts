import type { GoodsFacts } from '../domain/goods/facts.ts';
import type { ControlGap } from '../domain/goods/status.ts';
import { Overlay } from '../domain/overlay.ts';
import { isUsable, Quality } from '../domain/reading.ts';
import {
  isAct,
  RecordType,
  ReleaseStep,
  StatementKind,
  SystemCode,
  type LogRecord,
  type RecordRef,
  type Value,
} from '../domain/record.ts';
import type { OpenStream } from '../domain/stream.ts';
import { ControlEvidence } from './control-evidence.ts';
import { actOn, openPast } from './control-acts.ts';
import { ControlBook } from './control-book.ts';
import { shiftedControl, withoutRefs } from './control-row.ts';
import { Findings, type KnownRule, type OpenFinding } from './findings.ts';
import { hexOf } from '../domain/hex.ts';
import type { Part } from './part.ts';
import { amountsOf, lifecycleOf } from './receipt-row.ts';
import type { Receipts } from './receipts.ts';
import { refOf, Sources } from './sources.ts';
import { listIn, numberIn, textIn } from './state-fields.ts';

/** Why a breach is open that no rule found: what is attested is less than what has to stay. */
export const BELOW_FLOOR = 'below-floor';

export type ControlSite = {
  readonly streams: readonly OpenStream[];
  readonly rules: readonly KnownRule[];
};

/** A tag that a record was about, for findings that name the record. */
type Sighting = { readonly seq: number; readonly epc: string };

/**
 * Since when, how continuously and with which gaps the goods of each receipt are controlled. Periods are
 * opened by a signed start once all evidence is there, gaps come of what was not heard, breaches of what
 * rules found; a breach is ended by two persons and by nothing else.
 */
export class Control implements Part {
  readonly #receipts: Receipts;
  readonly #facts: Pick<GoodsFacts, 'item' | 'receiptsIn'>;
  readonly #slots: ReadonlyMap<number, OpenStream>;
  readonly sources: Sources;
  readonly findings: Findings;
  readonly evidence: ControlEvidence;
  readonly book: ControlBook;
  readonly #sighted = new Overlay<number, Sighting>();
  /** When the last record was: nobody knows what was between it and a start. */
  readonly #last = new Overlay<'t', number>();

  /**
   * @param receipts takes each record before this
   * @throws TypeError for a state that `encode` did not give
   */
  constructor(
    site: ControlSite,
    receipts: Receipts,
    facts: Pick<GoodsFacts, 'item' | 'receiptsIn'>,
    state: Value | null,
  ) {
    this.#receipts = receipts;
    this.#facts = facts;
    this.#slots = new Map(site.streams.map((stream) => [stream.slot, stream]));
    this.sources = new Sources(site.streams);
    this.findings = new Findings(site.rules);
    this.evidence = new ControlEvidence(this.sources, this.findings);
    this.book = new ControlBook(receipts, this.evidence);
    if (state !== null) this.#read(state);
  }

  take(record: LogRecord): void {
    const { type, body, t } = record;
    if (type === RecordType.system) this.#system(record);
    else if (type === RecordType.reading) this.#reading(record);
    else if (type === RecordType.round) {
      const stream = this.#slots.get(record.slot);
      if (stream !== undefined) this.#hear(stream, record);
    } else if (type === RecordType.observation) this.#sight(record);
    else if (type === RecordType.statement) this.#statement(record);
    else if (type === RecordType.finding) this.#find(record);
    else if (type === RecordType.alarm) this.findings.note(body, t, refOf(record));
    else if (type === RecordType.act && isAct(body)) actOn(this.book, this.evidence, body, record);
    else if (type === RecordType.release) this.#release(record);
    if (!comesFirst(record)) this.#last.set('t', Math.max(t, this.#last.get('t') ?? 0));
  }

  commit(): void {
    for (const part of this.#all()) part.commit();
  }

  discard(): void {
    for (const part of this.#all()) part.discard();
  }

  encode(): Value {
    const sighted = [...this.#sighted.entries()].sort(([a], [b]) => a - b);
    return [
      this.#last.get('t') ?? 0,
      this.book.encode(),
      sighted.map(([slot, { seq, epc }]) => [slot, seq, epc]),
      this.sources.encode(),
      this.findings.encode(),
      this.evidence.encode(),
    ];
  }

  #all(): readonly { commit(): void; discard(): void }[] {
    return [this.sources, this.findings, this.evidence, this.book, this.#sighted, this.#last];
  }

  #system(record: LogRecord): void {
    const [code, a] = record.body;
    const last = this.#last.get('t') ?? record.t;
    if (code === SystemCode.clockStepped && typeof a === 'number') {
      // The record has its time already; what was before has the old one.
      for (const part of [this.sources, this.findings, this.evidence]) part.shift(a);
      for (const row of this.book.list()) this.book.put(shiftedControl(row, a));
      this.#last.set('t', Math.max(0, last + a));
    } else if (code === SystemCode.start) this.#wasDown(last, 'gateway-down', record);
    else if (code === SystemCode.tailBroken || code === SystemCode.rollbackFound)
      this.#wasDown(last, 'evidence-missing', record);
    else if (code === SystemCode.epochContinues) {
      for (const part of [this.sources, this.findings, this.evidence]) part.forgetRecords();
      for (const row of this.book.list()) this.book.put(withoutRefs(row));
      for (const [slot] of this.#sighted.entries()) this.#sighted.delete(slot);
    }
  }

  /** Nothing is known from the last record on; each source has to be heard again. */
  #wasDown(last: number, cause: 'gateway-down' | 'evidence-missing', record: LogRecord): void {
    const from = Math.min(last, record.t);
    this.book.walkAll(from);
    this.sources.stopAt(from, cause, record);
    for (const row of this.book.list()) {
      // What was lost on the way down is why the same gap is there.
      const isWorse = cause === 'evidence-missing' && row.gap?.cause === 'gateway-down';
      if (isWorse && row.gap !== null) this.book.put({ ...row, gap: { ...row.gap, cause } });
    }
    this.book.walkAll(record.t);
  }

  #reading(record: LogRecord): void {
    const stream = this.#slots.get(record.slot);
    const [v, q, sourceAt] = record.body;
    if (stream === undefined || typeof q !== 'number' || (v !== null && typeof v !== 'number')) return;
    if (isUsable(v ?? null, q)) this.#hear(stream, record);
    else if (typeof v === 'number' && (q & Quality.backfilled) !== 0 && typeof sourceAt === 'number')
      this.#fillLate(stream.id, sourceAt, record.t);
  }

  #hear(stream: OpenStream, record: LogRecord): void {
    const { t } = record;
    if (!this.sources.isSilent(stream.id, t)) {
      this.sources.hear(stream, t, record);
      return;
    }
    this.book.change(
      record,
      () => this.sources.hear(stream, t, record),
      ({ binding }) => binding.sources.includes(stream.id),
    );
  }

  /** History that comes late completes a chart; the gap stays, and says so. */
  #fillLate(source: string, at: number, t: number): void {
    this.book.walkAll(t);
    const holds = ({ from, to, sources }: ControlGap): boolean =>
      from <= at && (to === null || at < to) && sources.includes(source);
    for (const row of this.book.list()) {
      if (row.gap !== null && holds(row.gap))
        this.book.put({ ...row, gap: { ...row.gap, filledLate: true } });
      if (!row.lost.gaps.some(holds)) continue;
      const gaps = row.lost.gaps.map((gap) => (holds(gap) ? { ...gap, filledLate: true } : gap));
      this.book.put({ ...row, lost: { ...row.lost, gaps } });
    }
  }

  #sight({ slot, seq, body }: LogRecord): void {
    const [epc] = body;
    if (epc instanceof Uint8Array) this.#sighted.set(slot, { seq, epc: hexOf(epc) });
  }

  #statement(record: LogRecord): void {
    const [kind, subject, qty] = record.body;
    const { t } = record;
    if (typeof subject !== 'string') return;
    if (kind === StatementKind.device) {
      const tell = (): void => this.sources.tell(subject, qty === 1, t, record);
      this.book.change(record, tell, ({ binding }) => binding.sources.includes(subject));
    } else if (kind === StatementKind.tagConflict) {
      this.#sighted.set(record.slot, { seq: record.seq, epc: subject });
    } else if (kind === StatementKind.receipt) this.#bind(subject, record);
    else if (kind === StatementKind.count || kind === StatementKind.quantity) this.#attest(record);
  }

  #bind(receipt: string, record: LogRecord): void {
    const bound = this.#receipts.get(receipt);
    if (bound === null) return;
    const row = this.book.get(receipt);
    if (row === undefined) this.book.begin(receipt, record.t);
    else if (bound.binding.agreement === null) this.book.end(receipt, 'no-agreement', record);
    this.#weigh(receipt, record);
    this.book.settle(receipt, record);
  }

  /** A complete count, or an amount told of the lot: proves what is there, if it is what has to be. */
  #attest(record: LogRecord): void {
    for (const bound of this.#receipts.list()) {
      const { receipt } = bound.binding;
      const { attestedRef } = bound;
      const isNews = attestedRef?.seq === record.seq && attestedRef.slot === record.slot;
      const row = isNews ? this.book.walk(receipt, record.t) : null;
      if (row === null) continue;
      this.book.put({ ...row, provenAt: record.t });
      this.#weigh(receipt, record);
      this.book.settle(receipt, record);
    }
  }

  /** Below the floor control is lost, whether or not a rule says so too. */
  #weigh(receipt: string, record: LogRecord): void {
    const amounts = amountsOf(this.#receipts.get(receipt));
    if (amounts === null || amounts.attested === null || amounts.floor === null) return;
    if (amounts.attested < amounts.floor) this.book.breach(receipt, BELOW_FLOOR, record.t, [refOf(record)]);
  }

  #find(record: LogRecord): void {
    const { t, body } = record;
    let found: OpenFinding | null = null;
    this.book.change(
      record,
      () => (found = this.findings.find(body, t, refOf(record))),
      () => true,
    );
    const opened = found as OpenFinding | null;
    if (opened?.meaning !== 'breach' || body[2] !== 1) return;
    const [, subject, , slot, seq] = body;
    const cause = { slot: numberIn(slot), seq: numberIn(seq) };
    for (const receipt of this.touched(textIn(subject), cause))
      this.book.breach(receipt, opened.rule, t, [cause, refOf(record)]);
  }

  /** Receipts that something is about: a receipt, a zone, a tag, or a read point with the tag it saw. */
  touched(subject: string, cause: RecordRef | null): readonly string[] {
    if (this.#receipts.get(subject) !== null) return [subject];
    const sighted = cause === null ? undefined : this.#sighted.get(cause.slot);
    const epc = sighted !== undefined && sighted.seq === cause?.seq ? sighted.epc : subject;
    const item = this.#facts.item(epc);
    if (item !== null) return item.receipts;
    const place = this.sources.placeOf(subject) ?? subject;
    const inZone = this.#facts.receiptsIn(place);
    return this.#receipts
      .list()
      .filter(({ zone, binding }) => {
        const isSource = binding.sources.some((s) => s === subject || this.sources.deviceOf(s) === subject);
        return zone === place || isSource || inZone.includes(binding.receipt);
      })
      .map(({ binding }) => binding.receipt);
  }

  #release(record: LogRecord): void {
    const [, step] = record.body;
    if (step === ReleaseStep.override) openPast(this.book, this.evidence, record);
    if (step !== ReleaseStep.done) return;
    for (const bound of this.#receipts.list()) {
      if (lifecycleOf(bound) === 'released') this.book.end(bound.binding.receipt, 'released', record);
    }
  }

  #read(state: Value): void {
    const [last, rows, sighted, sources, findings, evidence] = listIn(state);
    this.#last.set('t', numberIn(last));
    this.book.read(rows ?? []);
    for (const row of listIn(sighted)) {
      const [slot, seq, epc] = listIn(row);
      this.#sighted.set(numberIn(slot), { seq: numberIn(seq), epc: textIn(epc) });
    }
    this.sources.read(sources ?? []);
    this.findings.read(findings ?? []);
    this.evidence.read(evidence ?? []);
    this.commit();
  }
}

/** What a start writes before it says that it is one: until then the time is that of the last life. */
function comesFirst({ type, body }: LogRecord): boolean {
  const isContinuing = type === RecordType.system && body[0] === SystemCode.epochContinues;
  return type === RecordType.ruleSet || type === RecordType.stream || isContinuing;
}
