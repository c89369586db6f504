/** Canonical Huffman codes of deflate (RFC 1951 section 3.2.2). */

const MAX_BITS = 15;
/** Codes of up to this many bits are looked up at once. */
const FAST_BITS = 10;

export class HuffmanCode {
  /** By the next FAST_BITS bits of input: symbol · 16 + length; 0 for a longer code or none. */
  readonly fast = new Uint16Array(1 << FAST_BITS);
  readonly #counts = new Uint16Array(MAX_BITS + 1);
  readonly #symbols: Uint16Array;

  /**
   * As strict as zlib: a code may be incomplete only if it has a single symbol of one bit, or none.
   * @throws RangeError for lengths that make no such code
   * @param mayBeIncomplete false for the code of code lengths
   */
  constructor(lengths: Uint8Array, mayBeIncomplete: boolean) {
    for (const length of lengths) this.#counts[length] = (this.#counts[length] ?? 0) + 1;
    this.#counts[0] = 0;
    const starts = new Uint16Array(MAX_BITS + 2);
    let left = 1;
    let longest = 0;
    for (let bits = 1; bits <= MAX_BITS; bits++) {
      const count = this.#counts[bits] ?? 0;
      left = 2 * left - count;
      if (left < 0) throw new RangeError('deflate: more codes than their lengths allow');
      if (count > 0) longest = bits;
      starts[bits + 1] = (starts[bits] ?? 0) + count;
    }
    if (left > 0 && longest > 0 && !(mayBeIncomplete && longest === 1))
      throw new RangeError('deflate: incomplete set of codes');
    this.#symbols = new Uint16Array(starts[MAX_BITS + 1] ?? 0);
    for (const [symbol, length] of lengths.entries())
      if (length > 0) {
        const at = starts[length] ?? 0;
        this.#symbols[at] = symbol;
        starts[length] = at + 1;
      }
    this.#fillFast();
  }

  /**
   * Length and symbol of a code longer than FAST_BITS, or null for bits that are no code.
   * @param bits the next 15 bits of input, the first one lowest
   */
  slow(bits: number): { readonly symbol: number; readonly length: number } | null {
    let code = 0;
    let first = 0;
    let index = 0;
    for (let length = 1; length <= MAX_BITS; length++) {
      code |= (bits >>> (length - 1)) & 1;
      const count = this.#counts[length] ?? 0;
      if (code - first < count) return { symbol: this.#symbols[index + code - first] ?? 0, length };
      index += count;
      first = (first + count) << 1;
      code <<= 1;
    }
    return null;
  }

  #fillFast(): void {
    let code = 0;
    let index = 0;
    for (let length = 1; length <= FAST_BITS; length++) {
      for (let n = this.#counts[length] ?? 0; n > 0; n--, index++, code++) {
        const entry = (this.#symbols[index] ?? 0) * 16 + length;
        for (let at = reversed(code, length); at < 1 << FAST_BITS; at += 1 << length) this.fast[at] = entry;
      }
      code <<= 1;
    }
  }
}

/** Codes stand in the input with their first bit lowest. */
function reversed(code: number, length: number): number {
  let bits = 0;
  for (let i = 0; i < length; i++) bits |= ((code >>> i) & 1) << (length - 1 - i);
  return bits;
}
