import type { Value } from '../domain/record.ts';
import { decodeItems, encodeInstants, encodeWords, PIECE, pieceOf } from './item-bytes.ts';
import type { Item } from './item.ts';
import type { PlaceColumns } from './tally.ts';

/** Place of this column among those that are encoded. */
const SEEN_AT = 5;

/** Texts by number, so that a column holds numbers; never forgets one, for there are few. */
class Words {
  readonly #numbers = new Map<string, number>([['', 0]]);
  readonly #words = [''];

  numberOf(word: string): number {
    const known = this.#numbers.get(word);
    if (known !== undefined) return known;
    this.#numbers.set(word, this.#words.length);
    return this.#words.push(word) - 1;
  }

  /** undefined for a word that no row ever had. */
  find(word: string): number | undefined {
    return this.#numbers.get(word);
  }

  at(number: number): string {
    return this.#words[number] ?? '';
  }
}

/**
 * Items as a table of columns: a hundred thousand of them take some 15 MB, all are looked through in
 * less than a millisecond, and a snapshot is little more than a copy. The order of rows follows from
 * the order of changes alone, and `discard` brings it back too.
 */
export class ItemTable {
  readonly #rows = new Map<string, number>();
  readonly #words = new Words();
  readonly #epcs: string[] = [];
  readonly #tids: string[] = [];
  #lots = new Uint32Array(64);
  #zones = new Uint32Array(64);
  #seenZones = new Uint32Array(64);
  #receipts = new Uint32Array(64);
  #placedAt = new Float64Array(64);
  #seenAt = new Float64Array(64);
  #seenSince = new Float64Array(64);
  /** Rows as they were at the last commit, and how many there were. */
  readonly #before = new Map<number, Item>();
  #sizeBefore = 0;
  /** EPCs and TIDs of PIECE rows each, as they are encoded; a piece that changed is made anew. */
  readonly #pieces: (Uint8Array | undefined)[] = [];
  /** Columns as they are encoded, in their order; most of them seldom change. */
  readonly #encoded: (Value | undefined)[] = [];

  /** @throws TypeError for what `encode` did not give */
  static decode(value: Value): ItemTable {
    const table = new ItemTable();
    for (const item of decodeItems(value)) table.put(item);
    table.commit();
    return table;
  }

  get size(): number {
    return this.#epcs.length;
  }

  get(epc: string): Item | undefined {
    const row = this.#rows.get(epc);
    return row === undefined ? undefined : this.at(row);
  }

  has(epc: string): boolean {
    return this.#rows.has(epc);
  }

  at(row: number): Item {
    return {
      epc: this.#epcs[row] ?? '',
      tid: this.#tids[row] ?? '',
      lot: this.#words.at(this.#lots[row] ?? 0),
      zone: this.#words.at(this.#zones[row] ?? 0),
      placedAt: this.#placedAt[row] ?? -1,
      seenZone: this.#words.at(this.#seenZones[row] ?? 0),
      seenAt: this.#seenAt[row] ?? -1,
      seenSince: this.#seenSince[row] ?? -1,
      receipts: this.#words.at(this.#receipts[row] ?? 0),
    };
  }

  put(item: Item): void {
    const row = this.#rows.get(item.epc) ?? this.size;
    this.#remember(row);
    this.#write(row, item);
  }

  /** The last row takes its place. */
  delete(epc: string): void {
    const row = this.#rows.get(epc);
    if (row === undefined) return;
    const last = this.size - 1;
    this.#remember(row);
    this.#remember(last);
    const moved = this.at(last);
    this.#rows.delete(epc);
    this.#truncate(last);
    if (row !== last) this.#write(row, moved);
  }

  /** Seen later than before; nothing else changes, which is what happens most. */
  sight(epc: string, zone: string, at: number): void {
    const row = this.#rows.get(epc);
    if (row === undefined || at <= (this.#seenAt[row] ?? -1)) return;
    this.#remember(row);
    const number = this.#words.numberOf(zone);
    if (this.#seenZones[row] !== number) {
      this.#seenSince[row] = at;
      this.#encoded.length = 0;
    }
    this.#encoded[SEEN_AT] = undefined;
    this.#seenAt[row] = at;
    this.#seenZones[row] = number;
  }

  /** A clock step. */
  shift(a: number): void {
    this.#encoded.length = 0;
    for (let row = 0; row < this.size; row++) {
      this.#remember(row);
      for (const column of [this.#placedAt, this.#seenAt, this.#seenSince]) {
        const at = column[row] ?? -1;
        if (at >= 0) column[row] = Math.max(0, at + a);
      }
    }
  }

  /** For what looks at all rows: valid until the next change. */
  get places(): PlaceColumns {
    return {
      size: this.size,
      zones: this.#zones,
      seenZones: this.#seenZones,
      placedAt: this.#placedAt,
      seenAt: this.#seenAt,
      receipts: this.#receipts,
      find: (word) => this.#words.find(word),
      word: (number) => this.#words.at(number),
    };
  }

  /** Rows that were put into a zone, or seen there last. */
  *inZone(zone: string): Generator<Item, void, undefined> {
    const number = this.#words.find(zone);
    if (number === undefined) return;
    const [zones, seen] = [this.#zones, this.#seenZones];
    for (let row = 0; row < this.size; row++) {
      if (zones[row] === number || seen[row] === number) yield this.at(row);
    }
  }

  *ofLot(lot: string): Generator<Item, void, undefined> {
    const number = this.#words.find(lot);
    if (number === undefined) return;
    for (let row = 0; row < this.size; row++) if (this.#lots[row] === number) yield this.at(row);
  }

  commit(): void {
    this.#before.clear();
    this.#sizeBefore = this.size;
  }

  discard(): void {
    for (const row of this.#before.keys()) if (row < this.size) this.#rows.delete(this.#epcs[row] ?? '');
    for (let row = this.#sizeBefore; row < this.size; row++) this.#rows.delete(this.#epcs[row] ?? '');
    this.#truncate(Math.min(this.size, this.#sizeBefore));
    const rows = [...this.#before].sort(([a], [b]) => a - b);
    for (const [row, item] of rows) this.#write(row, item);
    this.#before.clear();
  }

  encode(): Value {
    const pieces: Uint8Array[] = [];
    for (let row = 0, no = 0; row < this.size; row += PIECE, no++) {
      const epcs = this.#epcs.slice(row, row + PIECE);
      pieces.push((this.#pieces[no] ??= pieceOf(epcs, this.#tids.slice(row, row + PIECE))));
    }
    const word = (number: number): string => this.#words.at(number);
    const words = [this.#lots, this.#zones, this.#seenZones, this.#receipts].map(
      (column, i) => (this.#encoded[i] ??= encodeWords(column, this.size, word)),
    );
    const instants = [this.#placedAt, this.#seenAt, this.#seenSince].map(
      (column, i) => (this.#encoded[words.length + i] ??= encodeInstants(column, this.size)),
    );
    return [pieces, ...words, ...instants];
  }

  #truncate(size: number): void {
    this.#encoded.length = 0;
    for (let row = size; row < this.size; row += PIECE) this.#pieces[Math.floor(row / PIECE)] = undefined;
    if (size < this.size) this.#pieces[Math.floor((this.size - 1) / PIECE)] = undefined;
    this.#epcs.length = size;
    this.#tids.length = size;
  }

  #remember(row: number): void {
    if (row < this.#sizeBefore && !this.#before.has(row)) this.#before.set(row, this.at(row));
  }

  #write(row: number, item: Item): void {
    if (row >= this.#lots.length) this.#grow();
    this.#encoded.length = 0;
    if (this.#epcs[row] !== item.epc || this.#tids[row] !== item.tid)
      this.#pieces[Math.floor(row / PIECE)] = undefined;
    this.#rows.set(item.epc, row);
    this.#epcs[row] = item.epc;
    this.#tids[row] = item.tid;
    this.#lots[row] = this.#words.numberOf(item.lot);
    this.#zones[row] = this.#words.numberOf(item.zone);
    this.#seenZones[row] = this.#words.numberOf(item.seenZone);
    this.#receipts[row] = this.#words.numberOf(item.receipts);
    this.#placedAt[row] = item.placedAt;
    this.#seenAt[row] = item.seenAt;
    this.#seenSince[row] = item.seenSince;
  }

  #grow(): void {
    this.#lots = widened(this.#lots, new Uint32Array(this.#lots.length * 2));
    this.#zones = widened(this.#zones, new Uint32Array(this.#zones.length * 2));
    this.#seenZones = widened(this.#seenZones, new Uint32Array(this.#seenZones.length * 2));
    this.#receipts = widened(this.#receipts, new Uint32Array(this.#receipts.length * 2));
    this.#placedAt = widened(this.#placedAt, new Float64Array(this.#placedAt.length * 2));
    this.#seenAt = widened(this.#seenAt, new Float64Array(this.#seenAt.length * 2));
    this.#seenSince = widened(this.#seenSince, new Float64Array(this.#seenSince.length * 2));
  }
}

function widened<T extends Uint32Array | Float64Array>(old: T, wider: T): T {
  wider.set(old);
  return wider;
}
