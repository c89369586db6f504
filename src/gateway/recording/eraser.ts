import type { Logger } from 'pino';
import type { Erasing, ErasureRequest } from '../../api/port.ts';
import type { Erasure } from '../../api/types.ts';
import type { SegmentErasure } from '../../buffer/erasing.ts';
import type { SqliteJournal } from '../../buffer/journal.ts';
import { suggestion } from '../../domain/nearest.ts';
import { Refused } from '../../domain/errors.ts';
import { EVENTS_SLOT, RecordType, isAct, type ActBody, type LogRecord } from '../../domain/record.ts';
import { recordText } from '../../domain/text.ts';
import { ERASE, ERASE_UNFIXED, orderText, readOrder } from '../../evidence/erasing-act.ts';
import { cutSegment } from '../../evidence/erasure.ts';
import type { InputRecord } from '../../intake/input.ts';
import type { Blocks } from './blocks.ts';
import { MOST_ORDERS, actOf, bookNote, bookOf, type ActRef, type ErasureOrder } from './erasure-order.ts';
import { sha256 } from '../site/primitives.ts';

type ErasureOrderWish = Omit<ErasureRequest, 'actor' | 'role'>;

export type EraserParts = {
  readonly journal: SqliteJournal;
  readonly blocks: Pick<Blocks, 'record'>;
  /** The number of this log's life: the journals of those before it are not touched. */
  readonly epoch: number;
  /** The block that is open now. */
  readonly openBlock: () => number;
  /** Evidence time, ms. */
  readonly now: () => number;
  /** Whether somebody else holds a head of at least this size for good: a ledger or a quorum. */
  readonly isFixed: (size: number) => boolean;
  readonly log: Pick<Logger, 'info' | 'warn'>;
  readonly onError: (error: unknown) => void;
};

/** Segments erased in one transaction: what waits for a commit meanwhile waits some milliseconds. */
const SEGMENTS_AT_ONCE = 16;
/** A reader that keeps the write-ahead log is asked again after this, ms. */
const AGAIN_MS = 500;

type Running = ErasureOrder & { readonly act: ActRef; next: number; readonly end: number };

/**
 * Erases sealed readings and the keys of their salts. The act and its order are one commit; then the
 * segments go, some in each transaction, and a process that dies meanwhile goes on when it starts. The
 * order is done once not even the write-ahead log holds their bytes.
 */
export class Eraser implements Erasing, Disposable {
  readonly #parts: EraserParts;
  readonly #running: Running[] = [];
  #timer: NodeJS.Timeout | undefined;
  #stopped = false;

  constructor(parts: EraserParts) {
    this.#parts = parts;
    for (const order of bookOf(parts.journal).orders) this.#resume(order);
    if (this.#running.length > 0) this.#arm(0);
  }

  /** Told of each commit, to learn where in the journal the act of an order stands. */
  noteCommit(records: readonly LogRecord[]): void {
    for (const { type, seq, body } of records) {
      if (type !== RecordType.act || !isAct(body)) continue;
      const id = readOrder(body)?.id;
      const order = bookOf(this.#parts.journal).orders.find((o) => o.id === id);
      if (order !== undefined) this.#start(order, { block: this.#parts.openBlock(), seq });
    }
  }

  order(request: Omit<ErasureRequest, 'role'> & { readonly role: string }): void {
    const { journal, blocks, openBlock, now } = this.#parts;
    const slots = this.#slotsOf(request);
    let { next } = bookOf(journal);
    const orders = slots.map(({ slot }): ErasureOrder => ({
      id: next++,
      slot,
      from: request.from,
      to: request.to,
      block: openBlock(),
    }));
    const book = { next, orders: [...bookOf(journal).orders, ...orders] };
    if (book.orders.length > MOST_ORDERS)
      throw new Refused('CONFLICT', `${MOST_ORDERS} erasures are under way; wait for them`);
    const records = orders.map((order, i): InputRecord => {
      const { actor, role, force, reason } = request;
      const verb = force ? ERASE_UNFIXED : ERASE;
      const text = orderText(order);
      const id = recordText(slots[i]?.id ?? '');
      const body: ActBody = [actor, recordText(role), verb, id, null, text, recordText(reason), 0];
      return { slot: EVENTS_SLOT, t: now(), type: RecordType.act, body };
    });
    // If we die here, nothing was ordered; after it, the next start goes on.
    blocks.record({ records }, { meta: [bookNote(book)] });
  }

  state(): readonly Erasure[] {
    const names = new Map(this.#parts.journal.streams().map((r) => [r.slot, `${r.dev}/${r.ch}`]));
    return this.#running.map(({ slot, from, to, act, next, end }) => {
      return { stream: names.get(slot) ?? String(slot), from, to, act, blocksLeft: end - next };
    });
  }

  [Symbol.dispose](): void {
    this.#stopped = true;
    clearTimeout(this.#timer);
  }

  /** @throws Refused */
  #slotsOf({ streams, from, to, force, reason }: ErasureOrderWish): { slot: number; id: string }[] {
    const { journal, isFixed, epoch } = this.#parts;
    if (reason.trim() === '') throw new Refused('INVALID', 'an erasure needs a reason');
    if (streams.length === 0 || from >= to) throw new Refused('INVALID', 'nothing is named to erase');
    const rows = journal.streams();
    const found = streams.map((id) => {
      if (id === 'gateway/' || id === 'gateway')
        throw new Refused('NOT_ALLOWED', 'alarms, acts, commands and all else of slot 0 are never erased');
      const row = rows.findLast(({ slot, dev, ch }) => slot !== EVENTS_SLOT && `${dev}/${ch}` === id);
      if (row !== undefined) return { slot: row.slot, id };
      const known = rows.filter((r) => r.slot !== EVENTS_SLOT).map((r) => `${r.dev}/${r.ch}`);
      throw new Refused('NOT_FOUND', `there is no stream ${id}${suggestion(id, [...new Set(known)])}`);
    });
    const last = journal.block(journal.size() - 1);
    if (last === null || to > last.t1) {
      const until = last === null ? 'nothing' : `the journal up to ${new Date(last.t1).toISOString()}`;
      throw new Refused('CONFLICT', `only what is sealed can be erased: ${until}`);
    }
    const { a, b } = journal.blocksBetween(from, to);
    const first = journal.block(0)?.t0 ?? 0;
    if (a === b || (epoch > 0 && from < first))
      throw new Refused(
        'CONFLICT',
        epoch > 0
          ? `this epoch of the log begins at ${new Date(first).toISOString()}; one that is over is never written again, and can only be taken away whole (bailee erase --help)`
          : 'nothing is sealed in that time',
      );
    if (!force && !isFixed(b))
      throw new Refused(
        'CONFLICT',
        `no ledger or quorum of witnesses holds a head over these records yet (size ${b}): what is erased now could never be proven to have been there; ask with force to erase all the same`,
      );
    return found;
  }

  /** An order that a process left; its act was sealed when this one started. */
  #resume(order: ErasureOrder): void {
    const act = actOf(this.#parts.journal, order);
    if (act !== null) this.#start(order, act);
    else {
      this.#parts.log.warn({ ...order }, 'an erasure has lost its act and is not carried out');
      this.#close([order]);
    }
  }

  #start(order: ErasureOrder, act: ActRef): void {
    const { a, b } = this.#parts.journal.blocksBetween(order.from, order.to);
    this.#running.push({ ...order, act, next: a, end: b });
    this.#arm(0);
  }

  #arm(ms: number): void {
    clearTimeout(this.#timer);
    if (!this.#stopped) this.#timer = setTimeout(() => this.#step(), ms);
  }

  #step(): void {
    try {
      const order = this.#running.find(({ next, end }) => next < end);
      if (order !== undefined) this.#erase(order);
      else if (this.#parts.journal.erasing.emptyLog()) this.#finish();
      else {
        this.#arm(AGAIN_MS);
        return;
      }
      if (this.#running.length === 0) return;
      this.#arm(0);
    } catch (error) {
      this[Symbol.dispose]();
      this.#parts.onError(error);
    }
  }

  #erase(order: Running): void {
    const { journal } = this.#parts;
    const { slot, act } = order;
    const segments: SegmentErasure[] = [];
    while (order.next < order.end && segments.length < SEGMENTS_AT_ONCE) {
      const rest = this.#restOf(order, order.next);
      if (rest !== undefined) segments.push({ no: order.next, slot, act, rest });
      order.next += 1;
    }
    if (segments.length > 0) journal.erasing.erase(segments);
  }

  /** What stays of the segment in block `no`, null for nothing; undefined where nothing is to go. */
  #restOf({ slot, from, to }: Running, no: number): Uint8Array | null | undefined {
    const { journal } = this.#parts;
    const [block, stored] = [journal.block(no), journal.segment(no, slot)];
    if (block === null || stored === null || stored.n === 0) return undefined;
    if (stored.erased !== null && stored.erased.rest === null) return undefined;
    if (block.t0 >= from && block.t1 <= to) return null;
    return cutSegment(sha256, stored, from, to)?.rest;
  }

  /** Not even the write-ahead log holds what was to go. */
  #finish(): void {
    const done = this.#running.splice(0);
    this.#close(done);
    this.#parts.log.info({ orders: done.length }, 'erased');
  }

  #close(done: readonly ErasureOrder[]): void {
    const book = bookOf(this.#parts.journal);
    const orders = book.orders.filter((o) => !done.some(({ id }) => id === o.id));
    const { key, value } = bookNote({ ...book, orders });
    this.#parts.journal.putMeta(key, value);
  }
}
