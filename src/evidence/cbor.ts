import type { Value } from '../domain/record.ts';
import { CborError, CborWriter, Major, MAX_NESTING, MAX_TEXT, NULL_BYTE, textFault } from './cbor-writer.ts';

export { CborError } from './cbor-writer.ts';

/**
 * The evidence profile of CBOR (RFC 8949): integers within ±(2^53-1), byte strings, text, arrays and
 * null, each in its one shortest form. A value has one encoding and an encoding one value.
 */

const SCRATCH_LIMIT = 64 * 1024;
let scratch = new CborWriter(1024);

/** @throws CborError for a value the profile cannot carry */
export function encode(value: Value): Uint8Array {
  scratch.clear();
  scratch.value(value);
  const bytes = scratch.take();
  // One large document must not keep its memory for good.
  if (scratch.capacity > SCRATCH_LIMIT) scratch = new CborWriter(1024);
  return bytes;
}

/** The one item that these bytes are. @throws CborError for anything outside the profile */
export function decode(bytes: Uint8Array): Value {
  const reader = new CborReader(bytes);
  const value = reader.item();
  if (!reader.done) throw new CborError(`${reader.left} bytes after the item`);
  return value;
}

/** Item by item of a CBOR sequence (RFC 8742). @throws CborError where the sequence breaks */
export function* decodeItems(bytes: Uint8Array): Generator<Value, void, undefined> {
  const reader = new CborReader(bytes);
  while (!reader.done) yield reader.item();
}

/** All items of a CBOR sequence. @throws CborError where the sequence breaks */
export function decodeSequence(bytes: Uint8Array): Value[] {
  return [...decodeItems(bytes)];
}

const UTF8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** An array being filled; `missing` items are still to come. */
type Open = { readonly items: Value[]; missing: number };

/**
 * Reads without recursion and without trusting a length: every item takes a byte at least, so an
 * array that promises more items than bytes are left is refused before anything is made for it.
 */
class CborReader {
  readonly #bytes: Uint8Array;
  #at = 0;

  constructor(bytes: Uint8Array) {
    // A plain view, so that slice copies also where a Node Buffer came in.
    this.#bytes = new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.length);
  }

  get left(): number {
    return this.#bytes.length - this.#at;
  }

  get done(): boolean {
    return this.left === 0;
  }

  item(): Value {
    const open: Open[] = [];
    for (;;) {
      const first = this.#byte();
      let value: Value;
      if (first >> 5 === Major.array) {
        const missing = this.#argument(first);
        if (open.length === MAX_NESTING) throw new CborError(`arrays nested deeper than ${MAX_NESTING}`);
        if (missing > this.left) throw new CborError(`array of ${missing} items in ${this.left} bytes`);
        const items: Value[] = [];
        if (missing > 0) {
          open.push({ items, missing });
          continue;
        }
        value = items;
      } else value = this.#scalar(first);
      for (;;) {
        const parent = open.at(-1);
        if (parent === undefined) return value;
        parent.items.push(value);
        if (--parent.missing > 0) break;
        value = parent.items;
        open.pop();
      }
    }
  }

  #scalar(first: number): Value {
    switch (first >> 5) {
      case Major.unsigned:
        return this.#argument(first);
      case Major.negative: {
        const n = -1 - this.#argument(first);
        if (!Number.isSafeInteger(n)) throw new CborError('integer below -(2^53-1)');
        return n;
      }
      case Major.bytes:
        return this.#take(this.#argument(first));
      case Major.text:
        return this.#text(this.#argument(first));
      default:
        if (first === NULL_BYTE) return null;
        throw new CborError(`initial byte 0x${first.toString(16)} is outside the profile`);
    }
  }

  #text(length: number): string {
    if (length > MAX_TEXT) throw new CborError(`text of ${length} bytes, at most ${MAX_TEXT} are allowed`);
    const bytes = this.#take(length);
    let text: string;
    try {
      text = UTF8.decode(bytes);
    } catch (cause) {
      throw new CborError('text that is not UTF-8', { cause });
    }
    const fault = textFault(text);
    if (fault !== null) throw new CborError(`${fault}: ${JSON.stringify(text)}`);
    return text;
  }

  /** The argument of a head; refused unless its form is the shortest and it is at most 2^53-1. */
  #argument(first: number): number {
    const info = first & 31;
    if (info < 24) return info;
    if (info > 27) throw new CborError(`initial byte 0x${first.toString(16)} is outside the profile`);
    const width = 1 << (info - 24);
    let n = 0;
    for (let i = 0; i < width; i++) n = n * 256 + this.#byte();
    const least = width === 1 ? 24 : 2 ** (width * 4);
    if (n < least) throw new CborError(`${n} is not in its shortest form`);
    if (n > Number.MAX_SAFE_INTEGER) throw new CborError('integer or length beyond 2^53-1');
    return n;
  }

  #byte(): number {
    const byte = this.#bytes[this.#at];
    if (byte === undefined) throw new CborError('the bytes end within an item');
    this.#at++;
    return byte;
  }

  #take(length: number): Uint8Array {
    if (length > this.left) throw new CborError(`${length} bytes promised, ${this.left} left`);
    const start = this.#at;
    this.#at += length;
    return this.#bytes.slice(start, this.#at);
  }
}
