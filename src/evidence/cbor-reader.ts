import type { Value } from '../domain/record.ts';
import { CborError, Major, MAX_NESTING, MAX_TEXT, NULL_BYTE, textFault } from './cbor-writer.ts';

const UTF8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
const TWO_32 = 2 ** 32;

/** An array being filled; `missing` items are still to come. */
type Open = { readonly items: Value[]; missing: number };

/**
 * A cursor over CBOR of the profile. It takes no form but the one that the writer would write, so
 * the bytes it went over are the encoding of what it gave: nobody needs to encode again and compare.
 * It reads without recursion and without trusting a length: every item takes a byte at least, so an
 * array that promises more items than bytes are left is refused before anything is made for it.
 * Every method throws CborError for bytes that are not what it asks for.
 */
export class CborReader {
  readonly bytes: Uint8Array;
  #at = 0;

  constructor(bytes: Uint8Array) {
    // A plain view, so that slice copies also where a Node Buffer came in.
    this.bytes = new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.length);
  }

  /** Index of the next byte. */
  get at(): number {
    return this.#at;
  }

  get left(): number {
    return this.bytes.length - this.#at;
  }

  get done(): boolean {
    return this.#at === this.bytes.length;
  }

  /** The head of an array: how many items follow. */
  array(): number {
    const first = this.#byte();
    if (first >> 5 !== Major.array) throw new CborError(`no array at byte ${this.#at - 1}`);
    return this.#count(first);
  }

  integer(): number {
    const first = this.#byte();
    if (first >> 5 > Major.negative) throw new CborError(`no integer at byte ${this.#at - 1}`);
    return first < 32 ? this.#argument(first) : this.#negative(first);
  }

  /** A byte string of this length, as it stands there. */
  bytesOf(length: number): Uint8Array {
    const first = this.#byte();
    if (first >> 5 !== Major.bytes) throw new CborError(`no byte string at byte ${this.#at - 1}`);
    const found = this.#argument(first);
    if (found !== length) throw new CborError(`${found} bytes instead of ${length}`);
    const from = this.#take(length);
    return this.bytes.subarray(from, this.#at);
  }

  /** Whether null comes next, which then was read. */
  isNull(): boolean {
    if (this.bytes[this.#at] !== NULL_BYTE) return false;
    this.#at += 1;
    return true;
  }

  /** Goes over the next item, whatever it is, makes nothing of it and gives its bytes as they stand there. */
  encoded(): Uint8Array {
    const from = this.#at;
    const around: number[] = [];
    for (let missing = 1; ;) {
      while (missing === 0) {
        const parent = around.pop();
        if (parent === undefined) return this.bytes.subarray(from, this.#at);
        missing = parent;
      }
      missing -= 1;
      const first = this.#byte();
      if (first >> 5 === Major.array) {
        if (around.length === MAX_NESTING) throw tooDeep();
        around.push(missing);
        missing = this.#count(first);
      } else if (first >> 5 === Major.bytes) this.#take(this.#argument(first));
      else if (first >> 5 === Major.text) this.#passText(this.#argument(first));
      else this.#scalar(first);
    }
  }

  /** @param most how many items the arrays in it may have together: what was not asked for is not made */
  item(most = Number.POSITIVE_INFINITY): Value {
    const first = this.#byte();
    if (first >> 5 !== Major.array) return this.#scalar(first);
    let items: Value[] = [];
    let missing = this.#count(first);
    let all = missing;
    if (all > most) throw new CborError(`more than ${most} items`);
    // Most arrays hold no other: the list of those around them is made when it is needed.
    let around: Open[] | null = null;
    for (;;) {
      while (missing > 0) {
        missing -= 1;
        const head = this.#byte();
        if (head >> 5 !== Major.array) items.push(this.#scalar(head));
        else {
          around ??= [];
          if (around.length === MAX_NESTING - 1) throw tooDeep();
          around.push({ items, missing });
          missing = this.#count(head);
          all += missing;
          if (all > most) throw new CborError(`more than ${most} items`);
          items = [];
        }
      }
      const parent = around?.pop();
      if (parent === undefined) return items;
      parent.items.push(items);
      items = parent.items;
      missing = parent.missing;
    }
  }

  #scalar(first: number): Value {
    switch (first >> 5) {
      case Major.unsigned:
        return this.#argument(first);
      case Major.negative:
        return this.#negative(first);
      case Major.bytes: {
        const length = this.#argument(first);
        return this.bytes.slice(this.#take(length), this.#at);
      }
      case Major.text:
        return this.#text(this.#argument(first));
      default:
        if (first === NULL_BYTE) return null;
        throw outside(first);
    }
  }

  #negative(first: number): number {
    const n = -1 - this.#argument(first);
    if (n < Number.MIN_SAFE_INTEGER) throw new CborError('integer below -(2^53-1)');
    return n;
  }

  #text(length: number): string {
    if (length > MAX_TEXT) throw tooLong(length);
    const from = this.#take(length);
    let text: string;
    try {
      text = UTF8.decode(this.bytes.subarray(from, this.#at));
    } catch (cause) {
      throw new CborError('text that is not UTF-8', { cause });
    }
    const fault = textFault(text);
    if (fault !== null) throw new CborError(`${fault}: ${JSON.stringify(text)}`);
    return text;
  }

  /** Printable ASCII, nearly all there is, needs no look at what it says. */
  #passText(length: number): void {
    const from = this.#take(length);
    for (let i = from; i < this.#at; i++) {
      const byte = this.bytes[i] ?? 0;
      if (byte >= 0x20 && byte <= 0x7e) continue;
      this.#at = from;
      this.#text(length);
      return;
    }
    if (length > MAX_TEXT) throw tooLong(length);
  }

  #count(first: number): number {
    const count = this.#argument(first);
    if (count > this.left) throw new CborError(`array of ${count} items in ${this.left} bytes`);
    return count;
  }

  /** The argument of a head; refused unless its form is the shortest and it is at most 2^53-1. */
  #argument(first: number): number {
    const info = first & 31;
    if (info < 24) return info;
    switch (info) {
      case 24:
        return shortest(this.#byte(), 24);
      case 25:
        return shortest(this.#byte() * 256 + this.#byte(), 256);
      case 26:
        return shortest(this.#u32(), 65_536);
      case 27: {
        const n = this.#u32() * TWO_32 + this.#u32();
        if (n > Number.MAX_SAFE_INTEGER) throw new CborError('integer or length beyond 2^53-1');
        return shortest(n, TWO_32);
      }
      default:
        throw outside(first);
    }
  }

  #u32(): number {
    const at = this.#take(4);
    const bytes = this.bytes;
    const high = ((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0);
    return high * 65_536 + (((bytes[at + 2] ?? 0) << 8) | (bytes[at + 3] ?? 0));
  }

  #byte(): number {
    const byte = this.bytes[this.#at];
    if (byte === undefined) throw new CborError('the bytes end within an item');
    this.#at += 1;
    return byte;
  }

  /** Goes over so many bytes and gives the index of the first. */
  #take(length: number): number {
    if (length > this.left) throw new CborError(`${length} bytes promised, ${this.left} left`);
    const from = this.#at;
    this.#at += length;
    return from;
  }
}

function shortest(n: number, least: number): number {
  if (n < least) throw new CborError(`${n} is not in its shortest form`);
  return n;
}

function outside(first: number): CborError {
  return new CborError(`initial byte 0x${first.toString(16)} is outside the profile`);
}

function tooLong(length: number): CborError {
  return new CborError(`text of ${length} bytes, at most ${MAX_TEXT} are allowed`);
}

function tooDeep(): CborError {
  return new CborError(`arrays nested deeper than ${MAX_NESTING}`);
}
