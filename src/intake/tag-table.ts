import type { Value } from '../domain/record.ts';

/** Tags whose numbers stand in one piece, which is made anew only when one of them changes. */
const PIECE = 1024;
/** Days since 1970 stand in two bytes: until the year 2149. */
const LAST_DAY = 0xffff;

/** A tag, the chip it is bound to ('' for none, else like the EPC small hexadecimal digits), the day it was seen last. */
export type TagRow = { readonly epc: string; readonly tid: string; readonly day: number };

/**
 * Tags as rows: a hundred thousand take some 15 MB, and a snapshot is little more than a copy. The order of
 * rows follows from the order of changes alone, and `discard` brings it back, too.
 */
export class TagTable {
  #numbers = new Map<string, number>();
  #rows: TagRow[] = [];
  #bound = 0;
  #pieces: (Uint8Array | undefined)[] = [];
  #undo: (() => void)[] = [];

  /** @throws TypeError for what `encode` did not give */
  static decode(value: Value): TagTable {
    const [pieces, days] = listOf(value);
    const pairs = listOf(pieces).flatMap(pairsOf);
    const bytes = bytesIn(days);
    if (bytes.length !== 2 * pairs.length) throw new TypeError('tags: days of another number of tags');
    const table = new TagTable();
    for (const [row, [epc, tid]] of pairs.entries()) {
      table.put({ epc, tid, day: (bytes[2 * row] ?? 0) * 256 + (bytes[2 * row + 1] ?? 0) });
    }
    table.commit();
    return table;
  }

  get size(): number {
    return this.#rows.length;
  }

  /** Tags whose chip is known. */
  get bound(): number {
    return this.#bound;
  }

  get(epc: string): TagRow | undefined {
    return this.#rows[this.#numbers.get(epc) ?? -1];
  }

  /** A new tag at the end, or a change of one. */
  put(row: TagRow): void {
    const number = this.#numbers.get(row.epc) ?? this.#rows.length;
    const before = this.#rows[number];
    this.#write(number, row);
    this.#undo.push(() => {
      if (before === undefined) this.#shorten(number);
      else this.#write(number, before);
    });
  }

  /** Forgets the others. */
  keep(isKept: (row: TagRow) => boolean): void {
    const [numbers, rows, bound, pieces] = [this.#numbers, this.#rows, this.#bound, this.#pieces];
    this.#undo.push(() => {
      [this.#numbers, this.#rows, this.#bound, this.#pieces] = [numbers, rows, bound, pieces];
    });
    [this.#numbers, this.#rows, this.#bound, this.#pieces] = [new Map(), [], 0, []];
    for (const row of rows) if (isKept(row)) this.#write(this.#rows.length, row);
  }

  commit(): void {
    this.#undo = [];
  }

  discard(): void {
    for (const undo of this.#undo.toReversed()) undo();
    this.#undo = [];
  }

  encode(): Value {
    const pieces: Uint8Array[] = [];
    for (let row = 0, no = 0; row < this.size; row += PIECE, no++) {
      pieces.push((this.#pieces[no] ??= pieceOf(this.#rows.slice(row, row + PIECE))));
    }
    const days = new Uint8Array(2 * this.size);
    for (const [row, { day }] of this.#rows.entries()) {
      days[2 * row] = Math.min(day, LAST_DAY) >> 8;
      days[2 * row + 1] = Math.min(day, LAST_DAY);
    }
    return [pieces, days];
  }

  #write(number: number, row: TagRow): void {
    const before = this.#rows[number];
    this.#rows[number] = row;
    this.#numbers.set(row.epc, number);
    if (before?.tid === row.tid) return;
    this.#bound += Number(row.tid !== '') - Number((before?.tid ?? '') !== '');
    this.#pieces[Math.floor(number / PIECE)] = undefined;
  }

  /** Takes the last row away again. */
  #shorten(number: number): void {
    const last = this.#rows.pop();
    if (last === undefined) return;
    this.#numbers.delete(last.epc);
    this.#bound -= Number(last.tid !== '');
    this.#pieces[Math.floor(number / PIECE)] = undefined;
  }
}

/** EPCs and TIDs of some rows: each with its length in bytes before it. */
function pieceOf(rows: readonly TagRow[]): Uint8Array {
  return Buffer.concat(
    rows.flatMap(({ epc, tid }) =>
      [epc, tid].flatMap((hex) => [Uint8Array.of(hex.length >> 1), Buffer.from(hex, 'hex')]),
    ),
  );
}

function pairsOf(value: Value): [epc: string, tid: string][] {
  const bytes = Buffer.from(bytesIn(value));
  const texts: string[] = [];
  for (let at = 0; at < bytes.length; at += 1 + (bytes[at] ?? 0)) {
    texts.push(bytes.toString('hex', at + 1, at + 1 + (bytes[at] ?? 0)));
  }
  return Array.from({ length: texts.length >> 1 }, (_, i) => [texts[2 * i] ?? '', texts[2 * i + 1] ?? '']);
}

function listOf(value: Value | undefined): readonly Value[] {
  if (!Array.isArray(value)) throw new TypeError('tags: not a list');
  return value as readonly Value[];
}

function bytesIn(value: Value | undefined): Uint8Array {
  if (!(value instanceof Uint8Array)) throw new TypeError('tags: no bytes');
  return value;
}
