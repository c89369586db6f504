import { HuffmanCode } from './huffman.ts';

/**
 * Raw inflate (RFC 1951) for bytes that nobody vouches for: all at once, never more than `limit`
 * bytes of output nor of work beyond them, and as strict as zlib, so that a file opens in a browser
 * exactly if it opens at the command line.
 */
export function inflateRaw(deflated: Uint8Array, limit: number): Uint8Array {
  return new Inflater(deflated, limit).run();
}

const LENGTH_BASE = [
  3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 15, 17, 19, 23, 27, 31, 35, 43, 51, 59, 67, 83, 99, 115, 131, 163, 195,
  227, 258,
];
const LENGTH_EXTRA = [0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 0];
const DISTANCE_BASE = [
  1, 2, 3, 4, 5, 7, 9, 13, 17, 25, 33, 49, 65, 97, 129, 193, 257, 385, 513, 769, 1025, 1537, 2049, 3073, 4097,
  6145, 8193, 12289, 16385, 24577,
];
const DISTANCE_EXTRA = [
  0, 0, 0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6, 7, 7, 8, 8, 9, 9, 10, 10, 11, 11, 12, 12, 13, 13,
];
/** In which order the lengths of the code of code lengths stand. */
const ORDER = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15];
const END_OF_BLOCK = 256;

function fixedLengths(): Uint8Array {
  return new Uint8Array(288).fill(8, 0, 144).fill(9, 144, 256).fill(7, 256, 280).fill(8, 280, 288);
}
const FIXED_LITERALS = new HuffmanCode(fixedLengths(), true);
const FIXED_DISTANCES = new HuffmanCode(new Uint8Array(32).fill(5), true);

class Inflater {
  readonly #in: Uint8Array;
  readonly #out: Uint8Array;
  #at = 0;
  #length = 0;
  /** Bits taken from the input and not yet used, the next one lowest. */
  #bits = 0;
  #count = 0;

  constructor(deflated: Uint8Array, limit: number) {
    this.#in = deflated;
    this.#out = new Uint8Array(limit);
  }

  run(): Uint8Array {
    for (let isLast = false; !isLast;) {
      isLast = this.#take(1) === 1;
      const type = this.#take(2);
      if (type === 0) this.#stored();
      else if (type === 1) this.#compressed(FIXED_LITERALS, FIXED_DISTANCES);
      else if (type === 2) this.#compressed(...this.#readCodes());
      else throw new RangeError('deflate: block of type 3');
    }
    return this.#out.subarray(0, this.#length);
  }

  #stored(): void {
    // To the next byte; whole bytes that were taken early go back.
    this.#at -= this.#count >>> 3;
    this.#bits = 0;
    this.#count = 0;
    const length = this.#take(16);
    if (this.#take(16) !== (length ^ 0xffff)) throw new RangeError('deflate: a stored block of two lengths');
    const bytes = this.#in.subarray(this.#at, this.#at + length);
    if (bytes.length < length) throw new RangeError('deflate: ends too early');
    this.#room(length);
    this.#out.set(bytes, this.#length);
    this.#length += length;
    this.#at += length;
  }

  #readCodes(): [literals: HuffmanCode, distances: HuffmanCode] {
    const literals = this.#take(5) + 257;
    const distances = this.#take(5) + 1;
    const codes = this.#take(4) + 4;
    if (literals > 286 || distances > 30) throw new RangeError('deflate: too many symbols');
    const own = new Uint8Array(19);
    for (const symbol of ORDER.slice(0, codes)) own[symbol] = this.#take(3);
    const lengths = this.#readLengths(new HuffmanCode(own, false), literals + distances);
    if (lengths[END_OF_BLOCK] === 0) throw new RangeError('deflate: a block without an end');
    return [
      new HuffmanCode(lengths.subarray(0, literals), true),
      new HuffmanCode(lengths.subarray(literals), true),
    ];
  }

  #readLengths(code: HuffmanCode, total: number): Uint8Array {
    const lengths = new Uint8Array(total);
    for (let n = 0; n < total;) {
      const symbol = this.#symbol(code);
      if (symbol < 16) {
        lengths[n++] = symbol;
        continue;
      }
      if (symbol === 16 && n === 0) throw new RangeError('deflate: repeats a length before the first');
      const value = symbol === 16 ? (lengths[n - 1] ?? 0) : 0;
      const times =
        symbol === 16 ? 3 + this.#take(2) : symbol === 17 ? 3 + this.#take(3) : 11 + this.#take(7);
      if (n + times > total) throw new RangeError('deflate: more lengths than symbols');
      lengths.fill(value, n, n + times);
      n += times;
    }
    return lengths;
  }

  #compressed(literals: HuffmanCode, distances: HuffmanCode): void {
    const out = this.#out;
    for (;;) {
      const symbol = this.#symbol(literals);
      if (symbol === END_OF_BLOCK) return;
      if (symbol < END_OF_BLOCK) {
        this.#room(1);
        out[this.#length++] = symbol;
        continue;
      }
      const length = this.#extended(symbol - 257, LENGTH_BASE, LENGTH_EXTRA);
      const distance = this.#extended(this.#symbol(distances), DISTANCE_BASE, DISTANCE_EXTRA);
      if (distance > this.#length) throw new RangeError(`deflate: copies from ${distance} bytes back`);
      this.#room(length);
      const end = this.#length + length;
      for (let to = this.#length, from = to - distance; to < end;) out[to++] = out[from++] ?? 0;
      this.#length = end;
    }
  }

  #extended(symbol: number, bases: readonly number[], extras: readonly number[]): number {
    const base = bases[symbol];
    if (base === undefined) throw new RangeError(`deflate: symbol ${symbol} means nothing`);
    return base + this.#take(extras[symbol] ?? 0);
  }

  #room(length: number): void {
    if (this.#length + length > this.#out.length)
      throw new RangeError(`deflate: gives more than ${this.#out.length} bytes`);
  }

  #symbol(code: HuffmanCode): number {
    this.#fill(15);
    const entry = code.fast[this.#bits & (code.fast.length - 1)] ?? 0;
    if (entry !== 0) {
      this.#drop(entry & 15);
      return entry >>> 4;
    }
    const found = code.slow(this.#bits);
    if (found === null) throw new RangeError('deflate: bits that are no code');
    this.#drop(found.length);
    return found.symbol;
  }

  #take(n: number): number {
    this.#fill(n);
    const value = this.#bits & ((1 << n) - 1);
    this.#drop(n);
    return value;
  }

  /** As many as n bits, up to 16, as far as the input goes: the last code may be shorter. */
  #fill(n: number): void {
    while (this.#count < n && this.#at < this.#in.length) {
      this.#bits |= (this.#in[this.#at++] ?? 0) << this.#count;
      this.#count += 8;
    }
  }

  #drop(n: number): void {
    if (n > this.#count) throw new RangeError('deflate: ends too early');
    this.#bits >>>= n;
    this.#count -= n;
  }
}
