import type { CountReply, ReceiptBinding } from '../domain/goods/documents.ts';
import { Overlay } from '../domain/overlay.ts';
import {
  GoodsVerb,
  isAct,
  RecordType,
  ReleaseStep,
  StatementKind,
  SystemCode,
  type LogRecord,
  type Value,
} from '../domain/record.ts';
import { hexOf } from '../domain/hex.ts';
import type { Documents, Part } from './part.ts';
import { counted, decodeRow, encodeRow, isSameUnit, type ReceiptRow } from './receipt-row.ts';
import { refOf } from './sources.ts';
import { listIn, textIn } from './state-fields.ts';

/** What people do to a receipt as such, by the verb of the act; the object is the receipt. */
export const RECEIPT_VERBS = {
  dispute: 'dispute-receipt',
  settle: 'settle-receipt',
  cancel: 'cancel-receipt',
} as const;

const MOST_REFS = 32;

/** Warehouse receipts bound to goods here: what their documents say, and how far their life is. */
export class Receipts implements Part {
  readonly #rows = new Overlay<string, ReceiptRow>();
  /** Receipt of each release order that is not over. */
  readonly #orders = new Overlay<string, string>();

  constructor(state: Value | null) {
    if (state !== null) this.#read(state);
  }

  take(record: LogRecord, documents: Documents): void {
    const { type, body } = record;
    if (type === RecordType.statement) this.#learn(record, documents);
    else if (type === RecordType.release) this.#release(record);
    else if (type === RecordType.goods) this.#move(body);
    else if (type === RecordType.act && isAct(body)) this.#act(body[2], body[3], body[7] === 0);
    else if (type === RecordType.system) {
      const [code, a] = body;
      if (code === SystemCode.clockStepped && typeof a === 'number') this.#shift(a);
      else if (code === SystemCode.epochContinues) this.#forgetRecords();
    }
  }

  get(receipt: string): ReceiptRow | null {
    return this.#rows.get(receipt) ?? null;
  }

  /** By their ids. */
  list(): readonly ReceiptRow[] {
    return [...this.#rows.entries()].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, row]) => row);
  }

  commit(): void {
    this.#rows.commit();
    this.#orders.commit();
  }

  discard(): void {
    this.#rows.discard();
    this.#orders.discard();
  }

  encode(): Value {
    const orders = [...this.#orders.entries()].sort(([a], [b]) => (a < b ? -1 : 1));
    return [this.list().map(encodeRow), orders.map(([order, receipt]) => [order, receipt])];
  }

  #learn(record: LogRecord, documents: Documents): void {
    const [kind, , , sha256] = record.body;
    const wanted = kind === StatementKind.receipt || kind === StatementKind.orderContent;
    if (!wanted && kind !== StatementKind.count && kind !== StatementKind.quantity) return;
    const told = sha256 instanceof Uint8Array ? documents(sha256) : null;
    if (told?.kind === 'receipt') this.#bind(told, record);
    else if (told?.kind === 'order' && told.receipt !== null) this.#orders.set(told.order, told.receipt);
    else if (told?.kind === 'count' && told.receipt !== null) this.#count(told.receipt, told, record);
    else if (told?.kind === 'quantity') {
      for (const { binding } of this.list())
        if (binding.goods.lot === told.lot && isSameUnit(binding.amount, told.amount))
          this.#attest(binding.receipt, told.amount.value, record);
    }
  }

  /** A later statement of a receipt takes the place of the one before; what happened to its goods stays. */
  #bind(told: ReceiptBinding, record: LogRecord): void {
    const binding = { ...told, epcs: null };
    const before = this.#rows.get(binding.receipt);
    const ref = refOf(record);
    if (before === undefined) {
      const fresh = {
        released: 0,
        releases: [],
        count: null,
        attested: null,
        attestedAt: null,
        attestedRef: null,
      };
      const where = { binding, boundAt: record.t, ref, zone: binding.place.zone };
      this.#put({ ...where, ...fresh, isDisputed: false, isCancelled: false });
      return;
    }
    const zone = binding.place.zone === before.binding.place.zone ? before.zone : binding.place.zone;
    this.#put({ ...before, binding, ref, zone });
  }

  /** A weight attests by itself; a picture, and a count that was refused, say nothing of how much there is. */
  #count(receipt: string, { what, result, expected, seen, weights }: CountReply, record: LogRecord): void {
    const row = this.#rows.get(receipt);
    if (row === undefined || result === 'refused' || what === 'snapshot') return;
    if (what === 'weigh') {
      const weighed = weights.find(({ amount }) => isSameUnit(row.binding.amount, amount));
      if (result === 'complete' && weighed !== undefined && row.binding.attestedBy === 'weight')
        this.#attest(receipt, weighed.amount.value, record);
      return;
    }
    this.#put({ ...row, count: { result, expected, seen, at: record.t, ref: refOf(record) } });
    if (result === 'complete') this.#attest(receipt, counted(row, expected, seen), record);
  }

  #attest(receipt: string, attested: number, record: LogRecord): void {
    const row = this.#rows.get(receipt);
    if (row !== undefined) this.#put({ ...row, attested, attestedAt: record.t, attestedRef: refOf(record) });
  }

  #release(record: LogRecord): void {
    const [id, step, qty] = record.body;
    if (!(id instanceof Uint8Array) || typeof qty !== 'number') return;
    const order = hexOf(id);
    const receipt = this.#orders.get(order);
    const row = receipt === undefined ? undefined : this.#rows.get(receipt);
    const { done, cancelled, expired } = ReleaseStep;
    if (row === undefined || (step !== done && step !== cancelled && step !== expired)) return;
    this.#orders.delete(order);
    if (step !== done) return;
    const releases = [...row.releases, refOf(record)].slice(-MOST_REFS);
    this.#put({ ...row, released: row.released + qty, releases });
  }

  /** A lot that is moved as a whole takes its receipts along. */
  #move([verb, lot, epc, zone]: readonly Value[]): void {
    if (verb !== GoodsVerb.moved || epc !== null || typeof zone !== 'string') return;
    for (const row of this.list()) if (row.binding.goods.lot === lot) this.#put({ ...row, zone });
  }

  #act(verb: string, receipt: string, isDone: boolean): void {
    const row = this.#rows.get(receipt);
    if (!isDone || row === undefined) return;
    if (verb === RECEIPT_VERBS.dispute) this.#put({ ...row, isDisputed: true });
    else if (verb === RECEIPT_VERBS.settle) this.#put({ ...row, isDisputed: false });
    else if (verb === RECEIPT_VERBS.cancel) this.#put({ ...row, isCancelled: true });
  }

  #shift(a: number): void {
    for (const row of this.list()) {
      this.#put({
        ...row,
        boundAt: row.boundAt + a,
        count: row.count === null ? null : { ...row.count, at: row.count.at + a },
        attestedAt: row.attestedAt === null ? null : row.attestedAt + a,
      });
    }
  }

  #forgetRecords(): void {
    const ref = { slot: 0, seq: 0 };
    for (const row of this.list()) {
      const count = row.count === null ? null : { ...row.count, ref };
      const attestedRef = row.attestedRef === null ? null : ref;
      this.#put({ ...row, ref, releases: row.releases.map(() => ref), count, attestedRef });
    }
  }

  #put(row: ReceiptRow): void {
    this.#rows.set(row.binding.receipt, row);
  }

  #read(state: Value): void {
    const [rows, orders] = listIn(state);
    for (const row of listIn(rows).map(decodeRow)) this.#put(row);
    for (const row of listIn(orders)) {
      const [order, receipt] = listIn(row);
      this.#orders.set(textIn(order), textIn(receipt));
    }
    this.commit();
  }
}
