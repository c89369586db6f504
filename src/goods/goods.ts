import type { StoredFile } from '../domain/commit.ts';
import type { GoodsFacts, ItemFact, Release, WeighingTicket } from '../domain/goods/facts.ts';
import type { LogRecord, Value } from '../domain/record.ts';
import { Aggregations } from './aggregation.ts';
import { CountsTaken } from './counts.ts';
import { Control } from './control.ts';
import { Exposures } from './exposure.ts';
import { HandOvers } from './hand-overs.ts';
import { Items } from './items.ts';
import { Lots } from './lots.ts';
import { Orders } from './orders.ts';
import type { Part } from './part.ts';
import { Passages } from './passages.ts';
import { Readers } from './readers.ts';
import { Scales } from './scales.ts';
import { amountsOf } from './receipt-row.ts';
import { Receipts } from './receipts.ts';
import { Shelf, type Kept } from './shelf.ts';
import type { GoodsSite } from './site.ts';
import type { Stocked } from './stock.ts';
import { Strangers } from './strangers.ts';

/** What an earlier state says of each part, by name; a part that is not there begins with nothing. */
type States = ReadonlyMap<string, Value>;

/**
 * All that is known of goods: parts that take every record, each with its own state. Nothing here
 * waits, reads a clock or asks the ledger: what it knows follows from the records it was given.
 */
export class Goods implements GoodsFacts, Stocked {
  readonly items: Items;
  readonly readers: Readers;
  readonly strangers: Strangers;
  readonly aggregations: Aggregations;
  readonly lots: Lots;
  readonly scales: Scales;
  readonly counts: CountsTaken;
  readonly handOvers: HandOvers;
  readonly orders: Orders;
  readonly passages: Passages;
  readonly receipts: Receipts;
  readonly control: Control;
  readonly exposures: Exposures;
  readonly #shelf: Shelf;
  /** In the order in which they take a record: a later one may ask those before it. Names stand in states. */
  readonly #parts: readonly (readonly [name: string, part: Part])[];

  private constructor(site: GoodsSite, kept: Kept, states: States) {
    this.#shelf = new Shelf(kept);
    const state = (name: string): Value | null => states.get(name) ?? null;
    this.items = new Items(site, (order) => this.orders.get(order)?.passed ?? [], state('items'));
    this.readers = new Readers(site, state('readers'));
    this.strangers = new Strangers(site, (epc) => this.items.has(epc), state('strangers'));
    this.aggregations = new Aggregations((epc) => this.items.get(epc), state('aggregations'));
    this.lots = new Lots(state('lots'));
    this.scales = new Scales(site, state('scales'));
    this.counts = new CountsTaken(state('counts'));
    this.handOvers = new HandOvers(state('hand-overs'));
    this.orders = new Orders(state('orders'));
    this.passages = new Passages(site, this.orders, (epc) => this.items.fact(epc), state('passages'));
    this.receipts = new Receipts(state('receipts'));
    this.control = new Control(site, this.receipts, this, state('control'));
    this.exposures = new Exposures(site, this.receipts, state('exposures'));
    this.#parts = [
      ['items', this.items],
      ['readers', this.readers],
      ['strangers', this.strangers],
      ['aggregations', this.aggregations],
      ['lots', this.lots],
      ['scales', this.scales],
      ['counts', this.counts],
      ['hand-overs', this.handOvers],
      ['orders', this.orders],
      ['passages', this.passages],
      ['receipts', this.receipts],
      ['control', this.control],
      ['exposures', this.exposures],
    ];
  }

  /**
   * What a state says of parts that this build does not have is left out.
   * @throws TypeError for a value that `encode` did not give
   */
  static decode(site: GoodsSite, kept: Kept, state: Value | null): Goods {
    return new Goods(site, kept, statesOf(state ?? []));
  }

  /** Documents that come with the records which are decided next. */
  offer(files: readonly StoredFile[]): void {
    this.#shelf.offer(files);
  }

  /** An input, before the rules see it; a decision, once it has its place. */
  take(record: LogRecord): void {
    for (const [, part] of this.#parts) part.take(record, this.#shelf.find);
  }

  commit(): void {
    for (const [, part] of this.#parts) part.commit();
    this.#shelf.clear();
  }

  discard(): void {
    for (const [, part] of this.#parts) part.discard();
    this.#shelf.clear();
  }

  /** For snapshots and the state hash of event 7. */
  encode(): Value {
    return this.#parts.map(([name, part]) => [name, part.encode()]);
  }

  item(epc: string): ItemFact | null {
    return this.items.fact(epc);
  }

  release(epc: string, point: string, way: 'out' | 'in', t: number): Release {
    return this.passages.release(epc, point, way, t);
  }

  receiptsIn(zone: string): readonly string[] {
    return this.items.receiptsIn(zone);
  }

  amounts(receipt: string): ReturnType<GoodsFacts['amounts']> {
    return amountsOf(this.receipts.get(receipt));
  }

  counted(receipt: string): ReturnType<GoodsFacts['counted']> {
    const { at, result, seen, expected } = this.counts.of(receipt)?.last ?? NEVER;
    return result === 'refused' ? null : { at, seen: result === 'complete' ? seen : null, expected };
  }

  ticket(zone: string): WeighingTicket | null {
    const weighed = this.lots.bulksIn(zone).flatMap(({ told }) => (told?.by === 'weighbridge' ? [told] : []));
    const newest = weighed.sort((a, b) => b.at - a.at)[0];
    if (newest === undefined) return null;
    const { at, amount, declared, gross, tare } = newest;
    return { at, net: amount.value, declared, gross, tare };
  }

  ordersAt(zone: string, t: number): readonly string[] {
    return this.orders.namedAt(zone, t);
  }
}

/** Of a receipt that nobody counted. */
const NEVER = { at: 0, result: 'refused', seen: 0, expected: 0 } as const;

function statesOf(state: Value): States {
  if (!Array.isArray(state)) throw new TypeError('goods: not a list of parts');
  return new Map(
    (state as readonly Value[]).map((row) => {
      const [name, part] = Array.isArray(row) ? (row as readonly Value[]) : [];
      if (typeof name !== 'string' || part === undefined) throw new TypeError('goods: a part without name');
      return [name, part];
    }),
  );
}
