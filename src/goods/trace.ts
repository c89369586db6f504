import { GoodsVerb, RecordType, type LogRecord } from '../domain/record.ts';
import { hexOf } from '../domain/hex.ts';
import type { Documents } from './part.ts';

/** Time that two lots were in one place. Instants: evidence time, ms; `to` null while they still are. */
export type Contact = {
  readonly lot: string;
  /** Id of a zone, or the plate of a vehicle. */
  readonly place: string;
  readonly kind: 'zone' | 'vehicle';
  readonly from: number;
  readonly to: number | null;
};

type Held = { lot: string; zone: string };
type Carried = { readonly lot: string; readonly vehicle: string; readonly from: number; readonly to: number };

/**
 * Which other lots were where one lot was, when: what a recall asks for. It takes the records of slot 0 in their order,
 * and remembers what lies where and what it found, not the records.
 */
export class Trace {
  readonly #lot: string;
  readonly #items = new Map<string, Held>();
  /** How many things of a lot, or its bulk, lie in a zone. */
  readonly #zones = new Map<string, Map<string, number>>();
  /** Contacts that last, by zone and lot: since when. */
  readonly #open = new Map<string, number>();
  readonly #found: Contact[] = [];
  readonly #carried: Carried[] = [];

  constructor(lot: string) {
    this.#lot = lot;
  }

  take({ type, body, t }: LogRecord, documents: Documents): void {
    if (type === RecordType.goods) this.#goods(body, t);
    else if (type === RecordType.statement && body[3] instanceof Uint8Array) {
      const document = documents(body[3]);
      if (document?.kind === 'order' && document.vehicle !== null) {
        const { lot, vehicle, from, until } = document;
        this.#carried.push({ lot, vehicle, from, to: until });
      } else if (document?.kind === 'receipt') {
        const { goods, place, epcs } = document;
        for (const epc of epcs ?? []) if (!this.#items.has(epc)) this.#put(epc, goods.lot, place.zone, t);
        if (epcs === null && !this.#items.has(`${goods.lot}/`))
          this.#put(`${goods.lot}/`, goods.lot, place.zone, t);
      }
    }
  }

  /** By time of their begin, then place and lot. */
  contacts(): readonly Contact[] {
    const lasting = [...this.#open].map(([key, from]): Contact => {
      const [place = '', lot = ''] = key.split('\n');
      return { lot, place, kind: 'zone', from, to: null };
    });
    const all = [...this.#found, ...lasting, ...this.#shared()];
    return all.sort((a, b) => a.from - b.from || order(a.place, b.place) || order(a.lot, b.lot));
  }

  #goods([verb, lot, epc, zone]: LogRecord['body'], t: number): void {
    if (typeof lot !== 'string' || typeof zone !== 'string') return;
    // Goods without tags are one heap of their lot.
    const id = epc instanceof Uint8Array ? hexOf(epc) : `${lot}/`;
    const held = this.#items.get(id);
    if (verb === GoodsVerb.removed) this.#take(id, t);
    else if (verb === GoodsVerb.linked) this.#put(id, lot, held?.zone ?? zone, t);
    else if (verb === GoodsVerb.placed || verb === GoodsVerb.moved)
      this.#put(id, lot === '' ? (held?.lot ?? '') : lot, zone, t);
  }

  #put(id: string, lot: string, zone: string, t: number): void {
    this.#take(id, t);
    if (zone === '' || lot === '') return;
    this.#items.set(id, { lot, zone });
    const lots = this.#zones.get(zone) ?? new Map<string, number>();
    this.#zones.set(zone, lots);
    const before = lots.get(lot) ?? 0;
    lots.set(lot, before + 1);
    if (before > 0) return;
    if (lot === this.#lot) for (const other of lots.keys()) this.#begin(zone, other, t);
    else if (lots.has(this.#lot)) this.#begin(zone, lot, t);
  }

  #take(id: string, t: number): void {
    const held = this.#items.get(id);
    if (held === undefined) return;
    this.#items.delete(id);
    const lots = this.#zones.get(held.zone);
    const left = (lots?.get(held.lot) ?? 1) - 1;
    if (left > 0) lots?.set(held.lot, left);
    else {
      lots?.delete(held.lot);
      if (held.lot === this.#lot) for (const other of lots?.keys() ?? []) this.#end(held.zone, other, t);
      else this.#end(held.zone, held.lot, t);
    }
  }

  #begin(zone: string, lot: string, t: number): void {
    if (lot !== this.#lot) this.#open.set(`${zone}\n${lot}`, t);
  }

  #end(zone: string, lot: string, t: number): void {
    const key = `${zone}\n${lot}`;
    const from = this.#open.get(key);
    if (from === undefined) return;
    this.#open.delete(key);
    // Goods on their way through in one act were not there together.
    if (t > from) this.#found.push({ lot, place: zone, kind: 'zone', from, to: t });
  }

  #shared(): Contact[] {
    const own = this.#carried.filter(({ lot }) => lot === this.#lot);
    return own.flatMap((ours) =>
      this.#carried
        .filter((other) => other.lot !== this.#lot && other.vehicle === ours.vehicle)
        .filter((other) => other.from < ours.to && ours.from < other.to)
        .map(({ lot, vehicle, from, to }) => ({
          lot,
          place: vehicle,
          kind: 'vehicle' as const,
          from: Math.max(from, ours.from),
          to: Math.min(to, ours.to),
        })),
    );
  }
}

function order(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
