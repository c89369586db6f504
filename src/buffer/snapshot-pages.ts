import type { DatabaseSync, StatementSync } from 'node:sqlite';

/** A snapshot up to this size is one value in one row, bytes. */
const SMALL = 128 * 1024;
/** Longest page, and how long a byte string is that has pages of its own. */
const PAGE = 32 * 1024;
const LONG = 8 * 1024;
/** Major types of CBOR (RFC 8949 section 3.1). */
const [BYTES, TEXT, ARRAY] = [2, 3, 4];

/**
 * A large snapshot, in pages of which only those are written that changed: what a hundred thousand
 * things are takes some megabytes, and most of it is what it was a block ago. Pages begin and end with the long byte
 * strings in it, so that a list which grew before one of them does not move what is in it.
 */
export class SnapshotPages {
  readonly #put: StatementSync;
  readonly #cut: StatementSync;
  /** As they are stored; null before the first since the start. */
  #stored: readonly Uint8Array[] | null = null;

  constructor(db: DatabaseSync) {
    this.#put = db.prepare('INSERT OR REPLACE INTO snapshot_page (no, bytes) VALUES (?, ?)');
    this.#cut = db.prepare('DELETE FROM snapshot_page WHERE no >= ?');
  }

  /** Stores it within the transaction under way. Gives what its own row has to hold: nothing where pages hold it. */
  store(bytes: Uint8Array): Uint8Array {
    const pages = bytes.length <= SMALL ? [] : pagesOf(bytes);
    const before = this.#stored;
    for (const [no, page] of pages.entries()) {
      const old = before?.[no];
      if (old === undefined || Buffer.compare(old, page) !== 0) this.#put.run(no, page);
    }
    if (before === null || before.length > pages.length) this.#cut.run(pages.length);
    this.#stored = pages;
    return pages.length === 0 ? bytes : new Uint8Array(0);
  }
}

/** Bytes of a CBOR item, cut into pages; together they are what it was. */
export function pagesOf(bytes: Uint8Array): readonly Uint8Array[] {
  const pages: Uint8Array[] = [];
  const add = (from: number, to: number): void => {
    for (let at = from; at < to; at += PAGE) pages.push(bytes.subarray(at, Math.min(at + PAGE, to)));
  };
  let from = 0;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  for (const { start, end } of longStrings(view, 0, bytes.length) ?? []) {
    add(from, start);
    add(start, end);
    from = end;
  }
  add(from, bytes.length);
  return pages;
}

type Place = { readonly start: number; readonly end: number };

/**
 * Where the long byte strings of CBOR stand, also inside those that hold CBOR themselves; null for what is none. A wrong
 * guess costs nothing but pages that are written again: together they are always what was given.
 */
function longStrings(view: DataView, from: number, to: number): readonly Place[] | null {
  const found: Place[] = [];
  let at = from;
  while (at < to) {
    const first = view.getUint8(at);
    const [major, info] = [first >> 5, first & 31];
    const width = info < 24 ? 0 : 2 ** (info - 24);
    const start = at + 1 + width;
    if (info > 27 || start > to) return null;
    const size = info < 24 ? info : argumentAt(view, at + 1, width);
    // Byte strings and texts are followed by so many bytes; arrays by their items, numbers and null by nothing.
    at = major === BYTES || major === TEXT ? start + size : start;
    if (at > to) return null;
    if (major !== BYTES || size < LONG) continue;
    const inner = view.getUint8(start) >> 5 === ARRAY ? longStrings(view, start, at) : null;
    if (inner === null || inner.length === 0) found.push({ start, end: at });
    else found.push(...inner);
  }
  return found;
}

function argumentAt(view: DataView, at: number, width: number): number {
  if (width === 1) return view.getUint8(at);
  if (width === 2) return view.getUint16(at);
  return width === 4 ? view.getUint32(at) : Number(view.getBigUint64(at));
}
