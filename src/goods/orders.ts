import type { OrderContent } from '../domain/goods/documents.ts';
import type { OrderBreach, OrderFact } from '../domain/goods/orders.ts';
import { Overlay } from '../domain/overlay.ts';
import {
  isAct,
  RecordType,
  ReleaseStep,
  StatementKind,
  SystemCode,
  type LogRecord,
  type Value,
} from '../domain/record.ts';
import { hexOf } from '../domain/hex.ts';
import { decodeRow, encodeRow, factOf, listIn, newRow, shifted, type OrderRow } from './order-row.ts';
import type { Documents, Part } from './part.ts';

/** Verb of the act by which a person settles what passed against an order, or says how much of it was moved. */
export const SETTLE = 'settle-order';

/** An order that is over is remembered for so long, ms: what a reader tells late is still held against it. */
const KEEP_MS = 7 * 86_400_000;
const MOST_ORDERS = 2000;

/**
 * Orders: what they are about (statement 3), how far their release is (leaf type 10), what went through
 * under them. The first content told of an order stands; another one is never put in its place.
 */
export class Orders implements Part {
  readonly #rows = new Overlay<string, OrderRow>();

  /** @throws TypeError for a state that `encode` did not give */
  constructor(state: Value | null) {
    for (const row of listIn(state ?? []).map(decodeRow)) this.#put(row);
    this.#rows.commit();
  }

  take(record: LogRecord, documents: Documents): void {
    const { type, body, t } = record;
    if (type === RecordType.statement) {
      if (body[0] === StatementKind.orderContent) this.#learn(record, documents);
      if (body[0] === StatementKind.quantity) this.#weigh(record, documents);
    } else if (type === RecordType.release) this.#step(body, t);
    else if (type === RecordType.act && isAct(body)) {
      const [, , verb, order, , told, , result] = body;
      const row = this.#rows.get(order);
      if (verb !== SETTLE || result !== 0 || row === undefined) return;
      const toldQty = told !== null && /^\d{1,15}$/.test(told) ? Number(told) : row.toldQty;
      this.#put({ ...row, settled: row.breaches.length, toldQty });
    } else if (type === RecordType.system) {
      const [code, a] = body;
      if (code !== SystemCode.clockStepped || typeof a !== 'number') return;
      for (const row of this.#values()) this.#put(shifted(row, a));
    }
  }

  get(order: string): OrderFact | null {
    const row = this.#rows.get(order);
    return row === undefined ? null : factOf(row);
  }

  /** Newest first. */
  list(): OrderFact[] {
    return [...this.#values()].map(factOf).sort((a, b) => b.since - a.since || (a.order < b.order ? -1 : 1));
  }

  /** Orders whose portal stood open for them at `t`, the newest first. */
  openAt(portal: string, t: number): OrderFact[] {
    return this.list().filter(
      ({ content, openedAt, endedAt }) =>
        content?.portal === portal &&
        openedAt !== null &&
        openedAt <= t &&
        (endedAt === null || t <= endedAt),
    );
  }

  /** Orders of goods that come in or move in the house: nobody's title passes, so their content is all they need. */
  inside(portal: string, t: number): OrderFact[] {
    return this.list().filter(
      ({ content }) =>
        content !== null && content.portal === portal && content.direction !== 'out' && isIn(content, t),
    );
  }

  /** Ids of orders in force that name a zone or a portal. One that takes goods out has to be authorised. */
  namedAt(place: string, t: number): string[] {
    return this.list()
      .filter(
        ({ content, state, endedAt }) =>
          content !== null &&
          (content.zone === place || content.portal === place) &&
          isIn(content, t) &&
          endedAt === null &&
          (content.direction !== 'out' || AUTHORISED.has(state)),
      )
      .map(({ order }) => order);
  }

  /** A tag of the order went out at its portal. */
  pass(order: string, epc: string): void {
    const row = this.#rows.get(order);
    if (row === undefined || row.passed.includes(epc)) return;
    this.#put({ ...row, passed: [...row.passed, epc].sort() });
  }

  /** It came back in: it did not leave after all. What was a breach stays one until a person settles it. */
  comeBack(order: string, epc: string): void {
    const row = this.#rows.get(order);
    if (row?.passed.includes(epc) === true)
      this.#put({ ...row, passed: row.passed.filter((one) => one !== epc) });
  }

  breach(order: string, breach: OrderBreach): void {
    const row = this.#rows.get(order);
    if (row === undefined || row.breaches.some(({ epc }) => epc === breach.epc)) return;
    this.#put({ ...row, breaches: [...row.breaches, breach] });
  }

  commit(): void {
    this.#rows.commit();
  }

  discard(): void {
    this.#rows.discard();
  }

  encode(): Value {
    return [...this.#values()].sort((a, b) => (a.order < b.order ? -1 : 1)).map(encodeRow);
  }

  #learn({ body, t }: LogRecord, documents: Documents): void {
    const [, order, , sha256] = body;
    const document = sha256 instanceof Uint8Array ? documents(sha256) : null;
    if (typeof order !== 'string' || document?.kind !== 'order' || document.order !== order) return;
    const row = this.#rows.get(order) ?? newRow(order, t);
    if (row.content !== null) return;
    this.#forget(t);
    this.#put({ ...row, content: document });
  }

  /** What a weighbridge tells of a lot while an order of it is open is what that order moves. */
  #weigh({ body, t }: LogRecord, documents: Documents): void {
    const sha256 = body[3];
    const told = sha256 instanceof Uint8Array ? documents(sha256) : null;
    if (told?.kind !== 'quantity' || (told.by !== 'weighbridge' && told.by !== 'scale')) return;
    for (const row of this.#values()) {
      const { content, openedAt, endedAt } = row;
      if (content?.lot !== told.lot || openedAt === null || t < openedAt || endedAt !== null) continue;
      const { unit, exp } = content.amount;
      if (unit === told.amount.unit && exp === told.amount.exp)
        this.#put({ ...row, toldQty: told.amount.value });
    }
  }

  #step(body: readonly Value[], t: number): void {
    const [id, step, qty, detail] = body;
    if (!(id instanceof Uint8Array) || typeof qty !== 'number' || typeof detail !== 'string') return;
    const order = hexOf(id);
    // A break-glass opening need not be about any order.
    if (step === ReleaseStep.override) return;
    const row = this.#rows.get(order) ?? newRow(order, t);
    if (row.state === 'done' && step !== ReleaseStep.refused) return;
    const next = afterStep(row, step, { t, qty, detail });
    if (next !== null) this.#put(next);
  }

  #put(row: OrderRow): void {
    this.#rows.set(row.order, row);
  }

  *#values(): Iterable<OrderRow> {
    for (const [, row] of this.#rows.entries()) yield row;
  }

  /** Those over for long go; of too many the one that has been over the longest. */
  #forget(t: number): void {
    for (const row of this.#values()) if (overAt(row) < t - KEEP_MS) this.#rows.delete(row.order);
    if (this.#rows.size < MOST_ORDERS) return;
    const oldest = [...this.#values()].sort(
      (a, b) => overAt(a) - overAt(b) || a.since - b.since || (a.order < b.order ? -1 : 1),
    )[0];
    if (oldest !== undefined) this.#rows.delete(oldest.order);
  }
}

const AUTHORISED: ReadonlySet<OrderFact['state']> = new Set(['authorised', 'claimed', 'open']);

function isIn({ from, until }: OrderContent, t: number): boolean {
  return from <= t && t <= until;
}

/** A refusal ends nothing; a step that is not known here changes nothing. */
function afterStep(
  row: OrderRow,
  step: Value | undefined,
  { t, qty, detail }: { readonly t: number; readonly qty: number; readonly detail: string },
): OrderRow | null {
  if (step === ReleaseStep.refused) return { ...row, refused: { at: t, why: detail } };
  const state = STATE_AFTER.get(step);
  if (state === undefined) return null;
  const next = { ...row, since: t, state };
  if (state === 'open') return { ...next, openedAt: t };
  if (state === 'done') return { ...next, endedAt: t, doneQty: qty };
  return state === 'cancelled' || state === 'expired' ? { ...next, endedAt: t } : next;
}

const STATE_AFTER: ReadonlyMap<Value | undefined, OrderFact['state']> = new Map<
  Value | undefined,
  OrderFact['state']
>([
  [ReleaseStep.requested, 'requested'],
  [ReleaseStep.claimed, 'claimed'],
  [ReleaseStep.opened, 'open'],
  [ReleaseStep.done, 'done'],
  [ReleaseStep.authorised, 'authorised'],
  [ReleaseStep.cancelled, 'cancelled'],
  [ReleaseStep.expired, 'expired'],
]);

function overAt({ endedAt, content }: OrderRow): number {
  return endedAt ?? (content !== null && content.direction !== 'out' ? content.until : Infinity);
}
