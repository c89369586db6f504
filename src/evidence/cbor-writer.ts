import type { Value } from '../domain/record.ts';

/** Bytes outside the CBOR profile, or a value that the profile cannot carry. */
export class CborError extends Error {
  override readonly name = 'CborError';
}

/** Arrays may stand this deep in one another, the outermost counted. */
export const MAX_NESTING = 8;
/** Longest text in UTF-8 bytes. */
export const MAX_TEXT = 256;

export const Major = { unsigned: 0, negative: 1, bytes: 2, text: 3, array: 4, simple: 7 } as const;
export const NULL_BYTE = 0xf6;

/** Views up to this length are made once. */
const VIEWS = 512;

const UTF8 = new TextEncoder();
const CONTROL = /\p{Cc}/u;

/** Null if the text may stand in evidence, else what is wrong with it. */
export function textFault(text: string): string | null {
  if (!text.isWellFormed()) return 'text with a lone surrogate';
  if (CONTROL.test(text)) return 'text with a control character';
  if (text.normalize('NFC') !== text) return 'text that is not in form NFC';
  return null;
}

/** Appends values in the one form the profile allows to a buffer that grows and can be reused. */
export class CborWriter {
  #bytes: Uint8Array;
  #length = 0;
  /** Short views by their length: what is hashed leaf by leaf has few lengths. */
  #views: (Uint8Array | undefined)[] = [];

  constructor(capacity = 256) {
    this.#bytes = new Uint8Array(capacity);
  }

  get length(): number {
    return this.#length;
  }

  get capacity(): number {
    return this.#bytes.length;
  }

  clear(): void {
    this.#length = 0;
  }

  /** A copy of what was written. */
  take(): Uint8Array {
    return this.#bytes.slice(0, this.#length);
  }

  /** What was written, as it stands in the buffer: valid until the next write. */
  view(): Uint8Array {
    const length = this.#length;
    if (length >= VIEWS) return this.#bytes.subarray(0, length);
    return (this.#views[length] ??= this.#bytes.subarray(0, length));
  }

  /** Bytes that already are CBOR. */
  raw(bytes: Uint8Array): void {
    this.#reserve(bytes.length);
    this.#bytes.set(bytes, this.#length);
    this.#length += bytes.length;
  }

  /** Bytes [from, to) of `bytes`, which already are CBOR. */
  part(bytes: Uint8Array, from: number, to: number): void {
    this.#reserve(to - from);
    const into = this.#bytes;
    let at = this.#length;
    for (let i = from; i < to; i++) into[at++] = bytes[i] ?? 0;
    this.#length = at;
  }

  arrayHead(count: number): void {
    this.#head(Major.array, count);
  }

  /** @throws CborError for a fraction, -0 or an integer beyond ±(2^53-1) */
  integer(n: number): void {
    if (!Number.isSafeInteger(n) || Object.is(n, -0))
      throw new CborError(`not an integer within ±(2^53-1): ${Object.is(n, -0) ? '-0' : n}`);
    if (n >= 0) this.#head(Major.unsigned, n);
    else this.#head(Major.negative, -1 - n);
  }

  byteString(bytes: Uint8Array): void {
    this.#head(Major.bytes, bytes.length);
    this.raw(bytes);
  }

  /** @throws CborError for a value outside the profile; what was written before stays */
  value(value: Value): void {
    this.#value(value, 1);
  }

  /** @param depth of an array that begins here; a hole in one is undefined, which has no form */
  #value(value: Value | undefined, depth: number): void {
    if (typeof value === 'number') this.integer(value);
    else if (typeof value === 'string') this.#text(value);
    else if (value === null) this.#byte(NULL_BYTE);
    else if (value instanceof Uint8Array) this.byteString(value);
    else if (Array.isArray(value)) {
      if (depth > MAX_NESTING) throw new CborError(`arrays nested deeper than ${MAX_NESTING}`);
      this.#head(Major.array, value.length);
      // By index, here and in what else runs for every reading: `of` makes an object per step.
      const items: readonly Value[] = value;
      for (let i = 0; i < items.length; i++) this.#value(items[i], depth + 1);
    } else throw new CborError(`no CBOR form in this profile for ${typeof value}`);
  }

  #text(text: string): void {
    // Printable ASCII, nearly all there is, needs neither the checks nor the encoder.
    if (text.length <= MAX_TEXT && this.#printableAscii(text)) return;
    const fault = textFault(text);
    if (fault !== null) throw new CborError(`${fault}: ${JSON.stringify(text)}`);
    const bytes = UTF8.encode(text);
    if (bytes.length > MAX_TEXT)
      throw new CborError(`text of ${bytes.length} bytes, at most ${MAX_TEXT} are allowed`);
    this.#head(Major.text, bytes.length);
    this.raw(bytes);
  }

  #printableAscii(text: string): boolean {
    const start = this.#length;
    this.#head(Major.text, text.length);
    this.#reserve(text.length);
    for (let i = 0; i < text.length; i++) {
      const code = text.charCodeAt(i);
      if (code < 0x20 || code > 0x7e) {
        this.#length = start;
        return false;
      }
      this.#bytes[this.#length++] = code;
    }
    return true;
  }

  #byte(byte: number): void {
    this.#reserve(1);
    this.#bytes[this.#length++] = byte;
  }

  #head(major: number, n: number): void {
    this.#reserve(9);
    const bytes = this.#bytes;
    const first = major << 5;
    let at = this.#length;
    if (n < 24) bytes[at++] = first | n;
    else if (n < 0x100) {
      bytes[at++] = first | 24;
      bytes[at++] = n;
    } else if (n < 0x10000) {
      bytes[at++] = first | 25;
      bytes[at++] = n >>> 8;
      bytes[at++] = n & 0xff;
    } else if (n < 0x100000000) {
      bytes[at++] = first | 26;
      at = writeU32(bytes, at, n);
    } else {
      bytes[at++] = first | 27;
      at = writeU32(bytes, at, Math.floor(n / 0x100000000));
      at = writeU32(bytes, at, n >>> 0);
    }
    this.#length = at;
  }

  #reserve(more: number): void {
    const needed = this.#length + more;
    if (needed <= this.#bytes.length) return;
    const grown = new Uint8Array(Math.max(needed, this.#bytes.length * 2));
    grown.set(this.#bytes);
    this.#bytes = grown;
    this.#views = [];
  }
}

function writeU32(bytes: Uint8Array, at: number, n: number): number {
  bytes[at] = n >>> 24;
  bytes[at + 1] = n >>> 16;
  bytes[at + 2] = n >>> 8;
  bytes[at + 3] = n;
  return at + 4;
}
