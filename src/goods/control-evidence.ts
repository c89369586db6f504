import type { GapCause } from '../domain/goods/status.ts';
import { Overlay } from '../domain/overlay.ts';
import type { RecordRef, Value } from '../domain/record.ts';
import type { ControlRow } from './control-row.ts';
import type { Findings, OpenFinding } from './findings.ts';
import type { ReceiptRow } from './receipt-row.ts';
import { FOREVER, refOf, type Sources } from './sources.ts';
import { listIn, numberIn, refIn, textIn } from './state-fields.ts';

/** From an instant on: whether control is proven, until when that is known to last, and why not. */
export type Stretch = {
  readonly until: number;
  /** null while it is proven. */
  readonly not: {
    readonly cause: GapCause;
    readonly sources: readonly string[];
    readonly refs: readonly RecordRef[];
  } | null;
};

/** How one source stands at an instant. */
export type SourceHealth = {
  readonly source: string;
  /** ms; at or before the instant: it proves nothing. */
  readonly until: number;
  readonly cause: GapCause;
  readonly ref: RecordRef;
};

type Blinded = { readonly since: number; readonly until: number; readonly ref: RecordRef };

/** Least number of devices that have to see the goods: what one alone says is no proof. */
export const WITNESSES = 2;
/** The gateway's own subject in findings. */
const GATEWAY = 'gateway/';
const OPENED = '';

/** What evidence of control there is at a time: sources, what blinds them, what forbids to go by them. */
export class ControlEvidence {
  readonly #sources: Sources;
  readonly #findings: Findings;
  /** Zones in maintenance, and under '' the last opening past every rule. */
  readonly #blinded = new Overlay<string, Blinded>();

  constructor(sources: Sources, findings: Findings) {
    this.#sources = sources;
    this.#findings = findings;
  }

  maintain(zone: string, since: number, until: number, ref: RecordRef): void {
    this.#blinded.set(zone, { since, until, ref: refOf(ref) });
  }

  endMaintenance(zone: string): void {
    if (this.#blinded.get(zone) !== undefined) this.#blinded.delete(zone);
  }

  /** Something was opened past every rule: anything may have gone until a count says what is there. */
  openPast(t: number, ref: RecordRef): void {
    this.#blinded.set(OPENED, { since: t, until: FOREVER, ref: refOf(ref) });
  }

  /** The required sources of a receipt at `t`. */
  health({ binding }: ReceiptRow, t: number): readonly SourceHealth[] {
    const blinding = this.#findings
      .list()
      .filter(({ meaning, isUnknown }) => isBlinding(meaning) && !isUnknown);
    const power = this.#findings.list().find(({ meaning, isUnknown }) => meaning === 'power' && !isUnknown);
    return binding.sources.map((source) => {
      const by = blinding.find(({ subject }) => this.#isAbout(subject, source));
      if (by !== undefined) return { source, until: -1, cause: causeOf(by), ref: by.ref };
      const { until, cause, ref } = this.#sources.heard(source);
      const isPower = power !== undefined && cause === 'device-silent' && until <= t;
      return { source, until, cause: isPower ? 'power' : cause, ref };
    });
  }

  /** What holds for a receipt from `t` on, as far as it is known now. */
  from(receipt: ReceiptRow, { provenAt }: ControlRow, t: number): Stretch {
    const veto = this.#veto(receipt, provenAt, t);
    if (veto !== null) return veto;
    const sources = this.health(receipt, t);
    const byDevice = Map.groupBy(sources, ({ source }) => this.#sources.deviceOf(source));
    const ends = [...byDevice.values()].map((own) => Math.max(...own.map(({ until }) => until)));
    const last = ends.sort((a, b) => b - a)[WITNESSES - 1] ?? -1;
    // A veto comes with a record, so none begins by itself.
    if (last > t) return { until: last, not: null };
    const silent = sources.filter((one) => one.until <= t);
    // What went first is why; a word of more than silence is worth more.
    const first = silent.find(({ cause }) => cause !== 'device-silent') ?? silent[0];
    const names = silent.map(({ source }) => source);
    const refs = silent.map(({ ref }) => ref).filter(({ seq, slot }) => seq + slot > 0);
    return { until: FOREVER, not: { cause: first?.cause ?? 'device-silent', sources: names, refs } };
  }

  shift(a: number): void {
    for (const [key, b] of this.#blinded.entries()) {
      const until = b.until === FOREVER ? FOREVER : b.until + a;
      this.#blinded.set(key, { ...b, since: b.since + a, until });
    }
  }

  forgetRecords(): void {
    for (const [key, b] of this.#blinded.entries())
      this.#blinded.set(key, { ...b, ref: { slot: 0, seq: 0 } });
  }

  commit(): void {
    this.#blinded.commit();
  }

  discard(): void {
    this.#blinded.discard();
  }

  encode(): Value {
    return [...this.#blinded.entries()]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, { since, until, ref }]) => [key, since, until, ref.slot, ref.seq]);
  }

  /** @throws TypeError for what `encode` did not give */
  read(value: Value): void {
    for (const row of listIn(value)) {
      const [key, since, until, slot, seq] = listIn(row);
      const blinded = { since: numberIn(since), until: numberIn(until), ref: refIn(slot, seq) };
      this.#blinded.set(textIn(key), blinded);
    }
    this.commit();
  }

  /** Whatever the sources say, in the order of their weight. */
  #veto(receipt: ReceiptRow, provenAt: number, t: number): Stretch | null {
    const sources = receipt.binding.sources;
    const opened = this.#blinded.get(OPENED);
    if (opened !== undefined && opened.since >= provenAt) {
      return { until: FOREVER, not: { cause: 'break-glass', sources, refs: [opened.ref] } };
    }
    for (const finding of this.#findings.list()) {
      if (finding.isUnknown || !this.#forbids(finding, receipt)) continue;
      return { until: FOREVER, not: { cause: causeOf(finding), sources, refs: [finding.ref] } };
    }
    const maintained = this.#blinded.get(receipt.zone);
    if (maintained === undefined || maintained.until <= t) return null;
    return { until: maintained.until, not: { cause: 'maintenance', sources, refs: [maintained.ref] } };
  }

  /** The clock of the gateway, a lid of the gateway, and what is said of the whole zone. */
  #forbids({ meaning, subject }: OpenFinding, { zone, binding }: ReceiptRow): boolean {
    if (meaning === 'clock') return subject === GATEWAY || subject === 'gateway';
    if (meaning !== 'tamper' && meaning !== 'disarmed') return false;
    if (subject === zone) return true;
    const place = this.#sources.placeOf(subject);
    if (place === null || binding.sources.some((source) => this.#isAbout(subject, source))) return false;
    return meaning === 'tamper' ? place === '' || place === zone : place === zone;
  }

  /** A finding on a stream is about it and about its device; one on a device about all its streams. */
  #isAbout(subject: string, source: string): boolean {
    return subject === source || this.#sources.deviceOf(subject) === this.#sources.deviceOf(source);
  }
}

function isBlinding(meaning: OpenFinding['meaning']): boolean {
  return meaning === 'tamper' || meaning === 'camera-blind' || meaning === 'disarmed';
}

function causeOf({ meaning }: OpenFinding): GapCause {
  if (meaning === 'clock') return 'clock-unverified';
  return meaning === 'tamper' || meaning === 'camera-blind' || meaning === 'disarmed'
    ? meaning
    : 'device-silent';
}
