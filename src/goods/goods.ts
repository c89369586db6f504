import type { StoredFile } from '../domain/commit.ts';
import type { GoodsFacts, ItemFact, Release } from '../domain/goods/facts.ts';
import type { LogRecord, Value } from '../domain/record.ts';
import { Aggregations } from './aggregation.ts';
import { CountsTaken } from './counts.ts';
import { Items } from './items.ts';
import { Lots } from './lots.ts';
import type { Part } from './part.ts';
import { Readers } from './readers.ts';
import { Scales } from './scales.ts';
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
  readonly #shelf: Shelf;
  /** In the order in which they take a record: a later one may ask those before it. Names stand in states. */
  readonly #parts: readonly (readonly [name: string, part: Part])[];

  private constructor(site: GoodsSite, kept: Kept, states: States) {
    this.#shelf = new Shelf(kept);
    const state = (name: string): Value | null => states.get(name) ?? null;
    this.items = new Items(site, state('items'));
    this.readers = new Readers(site, state('readers'));
    this.strangers = new Strangers(site, (epc) => this.items.has(epc), state('strangers'));
    this.aggregations = new Aggregations((epc) => this.items.get(epc), state('aggregations'));
    this.lots = new Lots(state('lots'));
    this.scales = new Scales(site, state('scales'));
    this.counts = new CountsTaken(state('counts'));
    this.#parts = [
      ['items', this.items],
      ['readers', this.readers],
      ['strangers', this.strangers],
      ['aggregations', this.aggregations],
      ['lots', this.lots],
      ['scales', this.scales],
      ['counts', this.counts],
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

  release(epc: string): Release {
    const receipts = this.items.fact(epc)?.receipts ?? [];
    return receipts.length === 0 ? { is: 'free' } : { is: 'unreleased' };
  }

  receiptsIn(zone: string): readonly string[] {
    return this.items.receiptsIn(zone);
  }

  amounts(): null {
    return null;
  }

  counted(): null {
    return null;
  }

  ticket(): null {
    return null;
  }

  ordersAt(): readonly string[] {
    return [];
  }
}

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
