import { hexOf } from '../../domain/hex.ts';
import type { OrderContent } from '../../domain/goods/documents.ts';
import { RecordType, ReleaseStep, StatementKind, type Value } from '../../domain/record.ts';
import type { Documents } from '../../goods/part.ts';
import { amountOf } from './amounts.ts';
import { listed, NONE, type Drafting, type MadeEvent, type Told } from './drafting.ts';
import { namedByHex } from './epc-uri.ts';
import type { Memory } from './memory.ts';
import type { Sensing } from './sensing.ts';

/**
 * Orders tied to goods: authorised, carried out, or fallen through (leaf type 10). What an order is about its
 * content says (leaf type 16, kind 3); an order without content ties nothing and is not told.
 */
export class Releasing {
  readonly #draft: Drafting;
  readonly #memory: Memory;
  readonly #sensing: Sensing;
  readonly #documents: Documents;

  constructor(draft: Drafting, memory: Memory, sensing: Sensing, documents: Documents) {
    this.#draft = draft;
    this.#memory = memory;
    this.#sensing = sensing;
    this.#documents = documents;
  }

  take(told: Told): MadeEvent[] {
    const { type, body } = told.record;
    if (type === RecordType.statement) this.#keepContent(body);
    if (type !== RecordType.release) return [];
    const [id, step, qty] = body;
    const what = STEPS.find((one) => one.step === step);
    if (what === undefined || !(id instanceof Uint8Array)) return [];
    const order = this.#content(hexOf(id));
    return order === null ? [] : [this.#event(told, order, what, Number(qty))];
  }

  #keepContent([kind, subject, , sha256]: readonly Value[]): void {
    if (kind === StatementKind.orderContent && typeof subject === 'string' && sha256 instanceof Uint8Array)
      this.#memory.set(`order/${subject}`, hexOf(sha256));
  }

  #content(order: string): OrderContent | null {
    const hash = this.#memory.get(`order/${order}`);
    const bytes = (hash?.match(/../g) ?? []).map((pair) => Number.parseInt(pair, 16));
    const document = hash === null ? null : this.#documents(Uint8Array.from(bytes));
    return document?.kind === 'order' ? document : null;
  }

  #event(told: Told, order: OrderContent, what: (typeof STEPS)[number], qty: number): MadeEvent {
    const { names } = this.#draft;
    const { t } = told.record;
    const isIn = order.direction === 'in';
    const { epcs, classes } = listed((order.epcs ?? []).flatMap((epc) => namedByHex(epc) ?? []));
    const isDone = what.step === ReleaseStep.done;
    const amount = isDone ? { ...order.amount, value: qty } : order.amount;
    const lot = { epcClass: names.lot(order.lot), ...amountOf(amount), extensions: NONE };
    const bizTransaction = (type: string, id: string) => ({
      type: names.word(type),
      bizTransaction: id,
      extensions: NONE,
    });
    const left = isDone && !isIn ? this.#sensing.conditions(order.zone, order.from, t) : [];
    const steps = isIn ? what.in : what.out;
    return this.#draft.made('release', {
      type: 'TransactionEvent',
      action: what.action,
      ...this.#draft.common(told, t, { step: what.name, lot: order.lot }),
      bizTransactionList: [
        bizTransaction('order', names.order(order.order)),
        ...(order.receipt === null
          ? []
          : [bizTransaction('warehouse-receipt', names.receipt(order.receipt))]),
      ],
      ...(epcs.length > 0 ? { epcList: epcs } : { quantityList: classes.length > 0 ? classes : [lot] }),
      ...(steps === null ? {} : steps),
      ...(order.zone === '' ? {} : { readPoint: { id: names.zone(order.zone), extensions: NONE } }),
      ...(left.length === 0 ? {} : { sensorElementList: left }),
    });
  }
}

const SHIPPED = { bizStep: 'shipping', disposition: 'in_transit' } as const;
const RECEIVED = { bizStep: 'receiving', disposition: 'in_progress' } as const;
const RESERVED = { bizStep: 'reserving', disposition: 'reserved' } as const;
const VOID = { bizStep: 'void_shipping', disposition: 'in_progress' } as const;
const ACCEPTING = { bizStep: 'accepting', disposition: 'in_progress' } as const;

const STEPS = [
  { step: ReleaseStep.authorised, name: 'authorised', action: 'ADD', out: RESERVED, in: ACCEPTING },
  { step: ReleaseStep.done, name: 'done', action: 'OBSERVE', out: SHIPPED, in: RECEIVED },
  { step: ReleaseStep.override, name: 'override', action: 'OBSERVE', out: SHIPPED, in: RECEIVED },
  { step: ReleaseStep.cancelled, name: 'cancelled', action: 'DELETE', out: VOID, in: null },
  { step: ReleaseStep.expired, name: 'expired', action: 'DELETE', out: VOID, in: null },
] as const;
