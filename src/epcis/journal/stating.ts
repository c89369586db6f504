import type {
  Aggregation,
  CountReply,
  HandOver,
  QuantityTold,
  ReceiptBinding,
} from '../../domain/goods/documents.ts';
import { RecordType } from '../../domain/record.ts';
import type { Documents } from '../../goods/part.ts';
import { amountOf } from './amounts.ts';
import { listed, NONE, number, type Drafting, type MadeEvent, type Told } from './drafting.ts';
import { namedByHex } from './epc-uri.ts';
import { joined, parted, type Memory } from './memory.ts';
import type { Sensing } from './sensing.ts';

/** What people and devices state about goods, each with its document (leaf type 16, kinds 4 to 8). */
export class Stating {
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
    const [, , qty, sha256] = body;
    if (type !== RecordType.statement || !(sha256 instanceof Uint8Array)) return [];
    const document = this.#documents(sha256);
    if (document?.kind === 'receipt') return [this.#receipt(told, document)];
    if (document?.kind === 'count') return this.#count(told, document);
    if (document?.kind === 'aggregation') return this.#aggregation(told, document);
    if (document?.kind === 'quantity') return [this.#quantity(told, document)];
    // With one signature nothing has passed yet.
    return document?.kind === 'hand-over' && qty !== null ? [this.#handOver(told, document)] : [];
  }

  /** A receipt is tied to its goods; what it is about is kept for its counts. */
  #receipt(told: Told, { receipt, goods, amount, epcs, place }: ReceiptBinding): MadeEvent {
    const { names } = this.#draft;
    this.#memory.set(`receipt/${receipt}`, joined([goods.lot, place.zone]));
    const zone = place.zone === '' ? {} : { bizLocation: { id: names.zone(place.zone), extensions: NONE } };
    return this.#draft.made('receipt', {
      type: 'TransactionEvent',
      action: 'ADD',
      ...this.#draft.common(told, told.record.t, { lot: goods.lot }),
      bizTransactionList: [
        { type: names.word('warehouse-receipt'), bizTransaction: names.receipt(receipt), extensions: NONE },
      ],
      ...this.#goods(goods.lot, epcs, amount),
      bizStep: 'storing',
      disposition: 'in_progress',
      ...zone,
    });
  }

  /** A count says how many were seen, not which: those it was about are a class. */
  #count(
    told: Told,
    { receipt, zone, expected, seen, missing, unexpected, result, finishedAt }: CountReply,
  ): MadeEvent[] {
    const kept = receipt === null ? null : this.#memory.get(`receipt/${receipt}`);
    if (kept === null || receipt === null) return [];
    const { names } = this.#draft;
    const [lot = ''] = parted(kept);
    const counted = own({ result, expected, missing, unexpected });
    const event = this.#draft.made('count', {
      type: 'ObjectEvent',
      action: 'OBSERVE',
      ...this.#draft.common(told, Math.min(finishedAt, told.record.t), { lot, ...counted }),
      quantityList: [{ epcClass: names.lot(lot), quantity: String(seen), extensions: NONE }],
      bizStep: 'cycle_counting',
      disposition: missing === 0 && unexpected === 0 ? 'in_progress' : 'mismatch_quantity',
      bizTransactionList: [
        { type: names.word('warehouse-receipt'), bizTransaction: names.receipt(receipt), extensions: NONE },
      ],
      ...(zone === '' ? {} : { readPoint: { id: names.zone(zone), extensions: NONE } }),
    });
    return [event];
  }

  #aggregation(told: Told, { parent, children, on, zone }: Aggregation): MadeEvent[] {
    const { names } = this.#draft;
    const carrier = namedByHex(parent);
    if (carrier === null) return [];
    for (const child of children) this.#memory.set(`in/${child}`, on ? parent : null);
    this.#contents(parent, children, on);
    const { epcs, classes } = listed(children.flatMap((epc) => namedByHex(epc) ?? []));
    // Taken off as a whole, or nothing that has a name.
    if (epcs.length + classes.length === 0 && on) return [];
    const place = { id: names.zone(zone), extensions: NONE };
    const event = this.#draft.made('aggregation', {
      type: 'AggregationEvent',
      action: on ? 'ADD' : 'DELETE',
      ...this.#draft.common(told, told.record.t),
      parentID: carrier.uri,
      ...(epcs.length > 0 ? { childEPCs: epcs } : {}),
      ...(classes.length > 0 ? { childQuantityList: classes } : {}),
      bizStep: on ? 'packing' : 'unpacking',
      disposition: 'in_progress',
      ...(zone === '' ? {} : { readPoint: place, bizLocation: place }),
    });
    return [event];
  }

  #contents(parent: string, children: readonly string[], on: boolean): void {
    const kept = this.#memory.get(`holds/${parent}`);
    const inside = new Set(kept === null ? [] : parted(kept));
    for (const child of children) {
      if (on) inside.add(child);
      else inside.delete(child);
    }
    this.#memory.set(`holds/${parent}`, inside.size === 0 ? null : joined([...inside]));
  }

  #quantity(told: Told, { lot, zone, amount, by }: QuantityTold): MadeEvent {
    const { names } = this.#draft;
    return this.#draft.made('quantity', {
      type: 'ObjectEvent',
      action: 'OBSERVE',
      ...this.#draft.common(told, told.record.t, { lot, by, unit: amount.unit }),
      quantityList: [{ epcClass: names.lot(lot), ...amountOf(amount), extensions: NONE }],
      bizStep: 'stock_taking',
      disposition: 'in_progress',
      ...(zone === '' ? {} : { readPoint: { id: names.zone(zone), extensions: NONE } }),
    });
  }

  #handOver(told: Told, { giver, taker, goods, zone, at, waybill, condition }: HandOver): MadeEvent {
    const { names } = this.#draft;
    const { t } = told.record;
    const time = Math.min(at, t);
    const stay = this.#sensing.conditions(zone, time, t);
    const { accepted, minutesOutside } = condition;
    const type = 'possessing_party';
    return this.#draft.made('hand-over', {
      type: 'ObjectEvent',
      action: 'OBSERVE',
      ...this.#draft.common(told, time, {
        lot: goods.lot,
        ...(minutesOutside === null ? {} : { minutesOutside: number(minutesOutside) }),
      }),
      ...this.#goods(goods.lot, goods.epcs, goods.amount),
      bizStep: 'accepting',
      disposition: accepted ? 'conformant' : 'non_conformant',
      bizTransactionList: [{ type: 'bol', bizTransaction: names.waybill(waybill), extensions: NONE }],
      sourceList: [{ type, source: names.party(giver), extensions: NONE }],
      destinationList: [{ type, destination: names.party(taker), extensions: NONE }],
      ...(zone === '' ? {} : { readPoint: { id: names.zone(zone), extensions: NONE } }),
      ...(stay.length === 0 ? {} : { sensorElementList: stay }),
    });
  }

  #goods(lot: string, epcs: readonly string[] | null, amount: HandOver['goods']['amount']) {
    const found = listed((epcs ?? []).flatMap((epc) => namedByHex(epc) ?? []));
    if (found.epcs.length > 0) return { epcList: found.epcs };
    return {
      quantityList: [{ epcClass: this.#draft.names.lot(lot), ...amountOf(amount), extensions: NONE }],
    };
  }
}

function own(counted: {
  readonly result: string;
  readonly expected: number;
  readonly missing: number;
  readonly unexpected: number;
}) {
  const { result, expected, missing, unexpected } = counted;
  return { result, expected: number(expected), missing: number(missing), unexpected: number(unexpected) };
}
