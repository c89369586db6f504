import type { GoodsDocument, ReceiptBinding } from '../domain/goods/documents.ts';
import type { GoodsFacts } from '../domain/goods/facts.ts';
import { RecordType, SystemCode, type LogRecord, type Value } from '../domain/record.ts';
import type { OpenStream } from '../domain/stream.ts';
import { Control } from './control.ts';
import { Exposures } from './exposure.ts';
import { Receipts } from './receipts.ts';
import type { KnownRule } from './findings.ts';

export const T0 = 1_767_225_600_000;
export const MINUTE = 60_000;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;
export const RECEIPT = 'a1'.repeat(32);

function stream(slot: number, dev: string, ch: string, more: Partial<OpenStream> = {}): OpenStream {
  return {
    id: `${dev}/${ch}`,
    dev,
    ch,
    slot,
    kind: 1,
    quantity: 'weight',
    unit: 'kg',
    exp: 0,
    cadenceMs: MINUTE,
    maxGapMs: 3 * MINUTE,
    place: 'yard',
    src: 2,
    urgent: false,
    ...more,
  };
}

export const STREAMS: readonly OpenStream[] = [
  stream(1, 'shelf', 'tags', { kind: 2, quantity: 'tags' }),
  stream(2, 'scale', 'weight'),
  stream(3, 'fence', 'line', { quantity: 'fence', unit: '1' }),
  stream(4, 'probe', 'temperature', { quantity: 'temperature', unit: 'Cel', exp: -1 }),
  stream(5, 'dock', 'tags', { kind: 2, quantity: 'tags', place: 'gate' }),
];

export const RULES: readonly KnownRule[] = [
  { id: 'goods-leave', title: { en: 'Goods leave', zh: '货物出门' }, basis: 'R1, R2' },
  { id: 'tags-disappear', title: { en: 'Tags disappear', zh: '标签消失' }, basis: 'R4' },
  { id: 'clock-stepped', title: { en: 'The clock was set', zh: '时钟被调整' }, basis: 'R26' },
  { id: 'tamper', title: { en: 'Tamper', zh: '防拆报警' }, basis: 'R12, R27, R31' },
  { id: 'camera-frozen', title: { en: 'Camera frozen', zh: '摄像机画面冻结' }, basis: 'R31' },
  { id: 'fence-disarmed', title: { en: 'Disarmed', zh: '撤防' }, basis: 'R13' },
  { id: 'mains-lost', title: { en: 'Mains lost', zh: '市电中断' }, basis: 'R25' },
  { id: 'weight-changes', title: { en: 'Weight changes', zh: '重量变化' }, basis: 'R10' },
  { id: 'cold-room-warm', title: { en: 'Warm', zh: '超温' }, basis: 'R16' },
];

export function bindingOf(more: Partial<ReceiptBinding> = {}): ReceiptBinding {
  return {
    kind: 'receipt',
    receipt: RECEIPT,
    number: 'WR-2026-0001',
    docHash: 'd0'.repeat(32),
    goodsKey: 'e0'.repeat(32),
    keeper: 'keeper',
    depositor: 'depositor',
    holder: 'holder',
    financier: 'bank-a',
    agreement: 'agreement-7',
    goods: { name: 'copper', spec: 'cathode', lot: 'lot-1', packages: 40, marks: '' },
    amount: { value: 40, exp: 0, unit: '1' },
    floor: { value: 30, exp: 0, unit: '1' },
    place: { zone: 'yard', location: 'A1' },
    epcs: null,
    sources: ['fence/line', 'scale/weight', 'shelf/tags'],
    attestedBy: 'count',
    scale: null,
    range: null,
    countWithinMs: 2 * DAY,
    storage: { from: T0, until: null },
    lossPerMille: 0,
    insuredUntil: null,
    issuedAt: T0,
    override: null,
    ...more,
  };
}

/** Records one after the other, as a journal would give them, and the parts that take them. */
export class Story {
  t = T0;
  #seqs = new Map<number, number>();
  readonly #documents: GoodsDocument[] = [];
  /** Receipts that an EPC is named by. */
  readonly items = new Map<string, readonly string[]>();
  readonly records: LogRecord[] = [];
  receipts = new Receipts(null);
  control: Control;
  exposures = new Exposures({ streams: STREAMS }, this.receipts, null);

  constructor() {
    this.control = new Control({ streams: STREAMS, rules: RULES }, this.receipts, this.facts, null);
  }

  get facts(): Pick<GoodsFacts, 'item' | 'receiptsIn'> {
    return {
      item: (epc) => {
        const receipts = this.items.get(epc);
        return receipts === undefined ? null : { lot: 'lot-1', receipts, zone: 'yard', seenAt: null };
      },
      receiptsIn: () => [],
    };
  }

  after(ms: number): this {
    this.t += ms;
    return this;
  }

  put(slot: number, type: RecordType, body: readonly Value[]): LogRecord {
    const seq = this.#seqs.get(slot) ?? 0;
    this.#seqs.set(slot, seq + 1);
    const record = { slot, seq, t: this.t, type, body };
    this.records.push(record);
    this.take(record);
    return record;
  }

  take(record: LogRecord): void {
    const find = (sha256: Uint8Array): GoodsDocument | null => this.#documents[sha256[0] ?? 0] ?? null;
    this.receipts.take(record, find);
    this.control.take(record);
    this.exposures.take(record);
  }

  commit(): void {
    for (const part of [this.receipts, this.control, this.exposures]) part.commit();
  }

  discard(): void {
    for (const part of [this.receipts, this.control, this.exposures]) part.discard();
  }

  encode(): Value {
    return [this.receipts.encode(), this.control.encode(), this.exposures.encode()];
  }

  /** As a start does: from what was encoded alone. */
  restart(): void {
    const [receipts, control, exposures] = this.encode() as readonly Value[];
    this.receipts = new Receipts(receipts ?? null);
    this.control = new Control(
      { streams: STREAMS, rules: RULES },
      this.receipts,
      this.facts,
      control ?? null,
    );
    this.exposures = new Exposures({ streams: STREAMS }, this.receipts, exposures ?? null);
  }

  bind(more: Partial<ReceiptBinding> = {}): LogRecord {
    const binding = bindingOf(more);
    return this.#state(4, binding.receipt, binding.amount.value, binding);
  }

  count(seen: number, result: 'complete' | 'incomplete' = 'complete'): LogRecord {
    const reply: GoodsDocument = {
      kind: 'count',
      challenge: `c${this.t}`,
      nonce: '',
      receipt: RECEIPT,
      zone: 'yard',
      what: 'manual',
      startedAt: this.t,
      finishedAt: this.t,
      result,
      reason: '',
      expected: 40,
      seen,
      missing: Math.max(0, 40 - seen),
      unexpected: 0,
      epcSetHash: null,
      readers: [],
      snapshots: [],
      weights: [],
    };
    return this.#state(5, RECEIPT, seen, reply);
  }

  order(order: string, value: number): void {
    const content: GoodsDocument = {
      kind: 'order',
      order,
      direction: 'out',
      receipt: RECEIPT,
      lot: 'lot-1',
      epcs: null,
      amount: { value, exp: 0, unit: '1' },
      portal: 'dock-1',
      zone: 'yard',
      from: T0,
      until: T0 + 365 * DAY,
      vehicle: null,
    };
    this.#state(3, order, null, content);
  }

  /** A round of the shelf's reader, values of the others: what each covers for three minutes. */
  hear(...devices: readonly ('shelf' | 'scale' | 'fence')[]): void {
    const all = devices.length === 0 ? (['shelf', 'scale', 'fence'] as const) : devices;
    for (const device of all) {
      if (device === 'shelf') this.put(1, RecordType.round, [40, 400]);
      else this.put(device === 'scale' ? 2 : 3, RecordType.reading, [0, 0]);
    }
  }

  /** Heard every minute until so much time has passed. */
  hearFor(ms: number, ...devices: readonly ('shelf' | 'scale' | 'fence')[]): void {
    for (const end = this.t + ms; this.t < end;) {
      this.hear(...devices);
      this.t = Math.min(end, this.t + MINUTE);
    }
    this.hear(...devices);
  }

  act(actor: number, verb: string, object: string, change: string | null = null): LogRecord {
    return this.put(0, RecordType.act, [actor, 'supervisor', verb, object, null, change, 'why', 0]);
  }

  find(rule: string, subject: string, phase: number, slot = 0, seq = 0): LogRecord {
    return this.put(0, RecordType.finding, [rule, subject, phase, slot, seq, null]);
  }

  system(code: number, a: number | null = null): LogRecord {
    // A start tells streams and rules before it says that it is one.
    if (code === SystemCode.start) {
      this.put(0, RecordType.stream, [1, null]);
      this.put(0, RecordType.ruleSet, [new Uint8Array(32), new Uint8Array(32), new Uint8Array(32)]);
    }
    return this.put(0, RecordType.system, [code, a, null, null]);
  }

  /** A receipt bound, counted, heard and under control. */
  begin(more: Partial<ReceiptBinding> = {}): this {
    this.bind(more);
    this.count(40);
    this.act(7, 'start-control', RECEIPT);
    this.hear();
    return this;
  }

  #state(kind: number, subject: string, qty: number | null, document: GoodsDocument): LogRecord {
    const at = this.#documents.push(document) - 1;
    return this.put(0, RecordType.statement, [kind, subject, qty, Uint8Array.of(at), 'api']);
  }
}
