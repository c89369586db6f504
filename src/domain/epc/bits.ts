/**
 * Reads a tag's memory bit by bit, most significant first. The first thing that does not fit is kept in `fault`;
 * what is read after it counts for nothing, so a caller looks once, at the end.
 */
export class BitReader {
  readonly #bytes: Uint8Array;
  #at = 0;
  fault: string | null = null;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  get left(): number {
    return this.#bytes.length * 8 - this.#at;
  }

  fail(why: string): void {
    this.fault ??= why;
  }

  /** An unsigned integer of at most 53 bits. */
  read(bits: number): number {
    if (!this.#has(bits)) return 0;
    let value = 0;
    for (let need = bits; need > 0;) {
      const used = this.#at & 7;
      const take = Math.min(8 - used, need);
      const byte = this.#bytes[this.#at >>> 3] ?? 0;
      value = value * 2 ** take + ((byte >>> (8 - used - take)) & ((1 << take) - 1));
      this.#at += take;
      need -= take;
    }
    return value;
  }

  /** An unsigned integer of any number of bits, in decimal. */
  readDecimal(bits: number): string {
    if (bits <= 53) return String(this.read(bits));
    if (!this.#has(bits)) return '0';
    let value = 0n;
    for (let need = bits; need > 0; need -= 32)
      value = (value << BigInt(Math.min(32, need))) | BigInt(this.read(Math.min(32, need)));
    return value.toString();
  }

  /** Whether all that is left is zero. */
  restIsZero(): boolean {
    const used = this.#at & 7;
    let at = this.#at >>> 3;
    if (used > 0 && ((this.#bytes[at++] ?? 0) & (0xff >>> used)) !== 0) return false;
    for (; at < this.#bytes.length; at++) if (this.#bytes[at] !== 0) return false;
    return true;
  }

  #has(bits: number): boolean {
    if (bits <= this.left) return true;
    this.fail(`the tag ends too early: ${bits} bits are wanted, ${this.left} are left`);
    return false;
  }
}

/** Writes a tag's memory, most significant bit first. */
export class BitWriter {
  #bits = '';

  write(value: number | bigint | string, bits: number): void {
    if (bits > 0) this.#bits += BigInt(value).toString(2).padStart(bits, '0');
  }

  /** Zeros up to `bits` in all. */
  fill(bits: number): void {
    this.#bits = this.#bits.padEnd(bits, '0');
  }

  /** Whole words of 16 bits, as tag memory has. */
  bytes(): Uint8Array {
    const padded = this.#bits.padEnd(Math.ceil(this.#bits.length / 16) * 16, '0');
    return Uint8Array.from({ length: padded.length / 8 }, (_, i) =>
      Number.parseInt(padded.slice(i * 8, i * 8 + 8), 2),
    );
  }
}
