import type { ItemFact } from '../domain/goods/facts.ts';
import {
  GoodsVerb,
  RecordType,
  ReleaseStep,
  StatementKind,
  SystemCode,
  type LogRecord,
  type Value,
} from '../domain/record.ts';
import { Quality } from '../domain/reading.ts';
import { hexOf } from '../domain/hex.ts';
import { ItemTable } from './item-table.ts';
import type { Item } from './item.ts';
import type { Documents, Part } from './part.ts';
import type { GoodsSite } from './site.ts';
import type { PlaceColumns } from './tally.ts';

/** Everything with a tag that is on record: put somewhere by an act, named by a receipt, seen by readers. */
export class Items implements Part {
  readonly #table: ItemTable;
  /** Tags that went out under an order. */
  readonly #passedUnder: (order: string) => readonly string[];
  /** Zones that read points look at, by slot. */
  readonly #places: ReadonlyMap<number, string>;

  /** @throws TypeError for a state that `encode` did not give */
  constructor(
    { streams }: GoodsSite,
    passedUnder: (order: string) => readonly string[],
    state: Value | null,
  ) {
    this.#passedUnder = passedUnder;
    this.#table = state === null ? new ItemTable() : ItemTable.decode(state);
    this.#places = new Map(streams.filter((s) => s.kind === 2).map((s) => [s.slot, s.place]));
  }

  get size(): number {
    return this.#table.size;
  }

  get(epc: string): Item | undefined {
    return this.#table.get(epc);
  }

  has(epc: string): boolean {
    return this.#table.has(epc);
  }

  fact(epc: string): ItemFact | null {
    const item = this.#table.get(epc);
    if (item === undefined) return null;
    const { lot, zone, placedAt, seenZone, seenAt } = item;
    const isSeenLater = seenAt > placedAt;
    return {
      lot,
      receipts: receiptsOf(item),
      zone: isSeenLater ? seenZone : zone,
      seenAt: seenAt < 0 ? null : seenAt,
    };
  }

  /** For what looks at all items: valid until the next record. */
  get places(): PlaceColumns {
    return this.#table.places;
  }

  /** Items that were put into a zone, or seen there last. */
  inZone(zone: string): Iterable<Item> {
    return this.#table.inZone(zone);
  }

  ofLot(lot: string): Iterable<Item> {
    return this.#table.ofLot(lot);
  }

  /** Receipts that name something put into this zone, sorted. */
  receiptsIn(zone: string): readonly string[] {
    const { size, zones, receipts, find, word } = this.places;
    const number = find(zone);
    const lists = new Set<number>();
    if (number === undefined) return [];
    for (let row = 0; row < size; row++) if (zones[row] === number) lists.add(receipts[row] ?? 0);
    return receiptsOfLists(lists, word);
  }

  take(record: LogRecord, documents: Documents): void {
    const { type, body, t } = record;
    if (type === RecordType.observation) this.#see(record);
    else if (type === RecordType.goods) this.#act(body, t);
    else if (type === RecordType.release && body[1] === ReleaseStep.done) this.#takeOut(body[0], t);
    else if (type === RecordType.statement && body[0] === StatementKind.receipt)
      this.#bind(body, t, documents);
    else if (type === RecordType.system && body[0] === SystemCode.clockStepped) {
      if (typeof body[1] === 'number') this.#table.shift(body[1]);
    }
  }

  commit(): void {
    this.#table.commit();
  }

  discard(): void {
    this.#table.discard();
  }

  encode(): Value {
    return this.#table.encode();
  }

  /** Late ones show where something was, and move nothing. */
  #see({ slot, t, body }: LogRecord): void {
    const [epc, tid, , , last, , , q] = body;
    const zone = this.#places.get(slot);
    if (
      !(epc instanceof Uint8Array) ||
      zone === undefined ||
      typeof last !== 'number' ||
      typeof q !== 'number'
    )
      return;
    if ((q & Quality.backfilled) !== 0) return;
    const hex = hexOf(epc);
    const at = (q & Quality.deviceTimeUncertain) === 0 ? last : t;
    if (tid instanceof Uint8Array && this.#table.get(hex)?.tid === '') {
      const item = this.#table.get(hex);
      if (item !== undefined) this.#table.put({ ...item, tid: hexOf(tid) });
    }
    this.#table.sight(hex, zone, at);
  }

  /** What went out under a release that is carried out is taken out. */
  #takeOut(order: Value | undefined, t: number): void {
    if (!(order instanceof Uint8Array)) return;
    for (const epc of this.#passedUnder(hexOf(order))) {
      const item = this.#table.get(epc);
      if (item !== undefined) this.#table.put({ ...item, zone: '', placedAt: t });
    }
  }

  #act(body: readonly Value[], t: number): void {
    const [verb, lot, epc, zone] = body;
    if (!(epc instanceof Uint8Array) || typeof lot !== 'string' || typeof zone !== 'string') return;
    const hex = hexOf(epc);
    const item = this.#table.get(hex);
    if (verb === GoodsVerb.placed || verb === GoodsVerb.moved)
      this.#table.put({ ...(item ?? unseen(hex)), lot, zone, placedAt: t });
    else if (verb === GoodsVerb.linked)
      this.#table.put({ ...(item ?? { ...unseen(hex), zone, placedAt: t }), lot });
    else if (verb === GoodsVerb.removed || verb === GoodsVerb.unlinked) {
      if (item === undefined) return;
      // What a receipt names is still asked for when it is gone.
      if (item.receipts === '') this.#table.delete(hex);
      else if (verb === GoodsVerb.removed) this.#table.put({ ...item, zone: '', placedAt: t });
    }
  }

  /** Things that a receipt names are on record by it, where it says that they lie. */
  #bind(body: readonly Value[], t: number, documents: Documents): void {
    const hash = body[3];
    const document = hash instanceof Uint8Array ? documents(hash) : null;
    if (document?.kind !== 'receipt') return;
    const { receipt, goods, place } = document;
    for (const epc of document.epcs ?? []) {
      const item = this.#table.get(epc) ?? { ...unseen(epc), lot: goods.lot, zone: place.zone, placedAt: t };
      const receipts = [...new Set([...receiptsOf(item), receipt])].sort().join(' ');
      this.#table.put({ ...item, receipts });
    }
  }
}

function unseen(epc: string): Item {
  return {
    epc,
    tid: '',
    lot: '',
    zone: '',
    placedAt: -1,
    seenZone: '',
    seenAt: -1,
    seenSince: -1,
    receipts: '',
  };
}

/** The receipts of several lists, each once, sorted. */
export function receiptsOfLists(
  lists: ReadonlySet<number>,
  word: (number: number) => string,
): readonly string[] {
  const receipts = [...lists].flatMap((list) => word(list).split(' '));
  return [...new Set(receipts)].filter((receipt) => receipt !== '').sort();
}

function receiptsOf({ receipts }: Item): readonly string[] {
  return receipts === '' ? [] : receipts.split(' ');
}
