import type { Amount, QuantityTold } from '../domain/goods/documents.ts';
import { Overlay } from '../domain/overlay.ts';
import {
  GoodsVerb,
  RecordType,
  StatementKind,
  SystemCode,
  type LogRecord,
  type Value,
} from '../domain/record.ts';
import type { Documents, Part } from './part.ts';
import { listIn, numberIn, orNullIn, textIn, wordIn } from './state-fields.ts';

/** What was told of the amount of a lot in a zone, and when. */
export type Told = Pick<QuantityTold, 'amount' | 'by' | 'declared' | 'gross' | 'tare' | 'ticket'> & {
  readonly at: number;
};

/** A part of a lot that lies in one zone without tags of its own: a heap, a bin, a tank, a stack. */
export type Bulk = {
  readonly lot: string;
  readonly zone: string;
  /** When it was put there; evidence time, ms. */
  readonly placedAt: number;
  /** null while nobody weighed, measured or counted it. */
  readonly told: Told | null;
};

const BY: readonly QuantityTold['by'][] = ['scale', 'weighbridge', 'bin', 'person'];

/** Lots: which there ever were, and what of them lies in bulk where, by weight, by bin or by count. */
export class Lots implements Part {
  readonly #bulks = new Overlay<string, Bulk>();
  /** Every lot there was, and when it was first heard of: one that is gone is another thing than one that never was. */
  readonly #lots = new Overlay<string, number>();

  /** @throws TypeError for a state that `encode` did not give */
  constructor(state: Value | null) {
    const [bulks, lots] = state === null ? [[], []] : listIn(state).map(listIn);
    for (const row of bulks ?? []) this.#put(decodeBulk(row));
    for (const row of lots ?? []) {
      const [lot, since] = listIn(row);
      this.#lots.set(textIn(lot), numberIn(since));
    }
    this.commit();
  }

  /** Since when it is known; null for a lot that never was here. */
  since(lot: string): number | null {
    return this.#lots.get(lot) ?? null;
  }

  /** What of a lot lies in bulk, by zone. */
  bulksOf(lot: string): readonly Bulk[] {
    return this.#all().filter((bulk) => bulk.lot === lot);
  }

  /** What lies in bulk in a zone, by lot. */
  bulksIn(zone: string): readonly Bulk[] {
    return this.#all().filter((bulk) => bulk.zone === zone);
  }

  take({ t, type, body }: LogRecord, documents: Documents): void {
    if (type === RecordType.goods) this.#act(body, t);
    else if (type === RecordType.statement) {
      const isAbout = body[0] === StatementKind.quantity || body[0] === StatementKind.receipt;
      const document = isAbout && body[3] instanceof Uint8Array ? documents(body[3]) : null;
      if (document?.kind === 'quantity') this.#tell(document, t);
      else if (document?.kind === 'receipt') this.#know(document.goods.lot, t);
    } else if (type === RecordType.system && body[0] === SystemCode.clockStepped)
      this.#shift(Number(body[1]));
  }

  commit(): void {
    this.#bulks.commit();
    this.#lots.commit();
  }

  discard(): void {
    this.#bulks.discard();
    this.#lots.discard();
  }

  encode(): Value {
    const lots = [...this.#lots.entries()].sort(([a], [b]) => (a < b ? -1 : 1));
    return [this.#all().map(encodeBulk), lots];
  }

  #all(): Bulk[] {
    const rows = [...this.#bulks.entries()].sort(([a], [b]) => (a < b ? -1 : 1));
    return rows.map(([, bulk]) => bulk);
  }

  #put(bulk: Bulk): void {
    this.#bulks.set(keyOf(bulk), bulk);
  }

  #know(lot: string, t: number): void {
    if (lot !== '' && this.#lots.get(lot) === undefined) this.#lots.set(lot, t);
  }

  #act(body: readonly Value[], t: number): void {
    const [verb, lot, epc, zone] = body;
    if (typeof lot !== 'string' || typeof zone !== 'string') return;
    if (verb !== GoodsVerb.removed && verb !== GoodsVerb.unlinked) this.#know(lot, t);
    if (epc !== null) return;
    if (verb === GoodsVerb.placed)
      this.#put({ told: null, ...this.#bulks.get(keyOf({ lot, zone })), lot, zone, placedAt: t });
    else if (verb === GoodsVerb.removed) this.#bulks.delete(keyOf({ lot, zone }));
    else if (verb === GoodsVerb.moved) {
      const all = this.bulksOf(lot);
      for (const bulk of all) this.#bulks.delete(keyOf(bulk));
      // What was told of one heap holds for it in its new place; of several that came together nothing does.
      this.#put({ lot, zone, placedAt: t, told: all.length === 1 ? (all[0]?.told ?? null) : null });
    }
  }

  #tell({ lot, zone, amount, by, declared, gross, tare, ticket }: QuantityTold, t: number): void {
    this.#know(lot, t);
    const known = this.#bulks.get(keyOf({ lot, zone }));
    const told = { amount, by, declared, gross, tare, ticket, at: t };
    this.#put({ lot, zone, placedAt: known?.placedAt ?? t, told });
  }

  #shift(a: number): void {
    for (const bulk of this.#all()) {
      const told = bulk.told && { ...bulk.told, at: bulk.told.at + a };
      this.#put({ ...bulk, placedAt: bulk.placedAt + a, told });
    }
    for (const [lot, since] of this.#lots.entries()) this.#lots.set(lot, since + a);
  }
}

function keyOf({ lot, zone }: Pick<Bulk, 'lot' | 'zone'>): string {
  return `${zone} ${lot}`;
}

function encodeBulk({ lot, zone, placedAt, told }: Bulk): Value {
  if (told === null) return [lot, zone, placedAt];
  const { amount, by, declared, gross, tare, ticket, at } = told;
  return [lot, zone, placedAt, amount.value, amount.exp, amount.unit, by, declared, gross, tare, ticket, at];
}

function decodeBulk(row: Value): Bulk {
  const [lot, zone, placedAt, value, exp, unit, by, declared, gross, tare, ticket, at] = listIn(row);
  const bulk = { lot: textIn(lot), zone: textIn(zone), placedAt: numberIn(placedAt) };
  if (value === undefined) return { ...bulk, told: null };
  const amount: Amount = { value: numberIn(value), exp: numberIn(exp), unit: textIn(unit) };
  const more = {
    declared: orNullIn(declared, numberIn),
    gross: orNullIn(gross, numberIn),
    tare: orNullIn(tare, numberIn),
    ticket: orNullIn(ticket, textIn),
    at: numberIn(at),
  };
  return { ...bulk, told: { amount, by: wordIn(BY, by), ...more } };
}
