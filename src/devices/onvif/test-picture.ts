/**
 * A grey picture of flat 8×8 blocks as a baseline JPEG (ITU-T T.81): every block is its mean alone, so one
 * Huffman table for differences and a code for "nothing else" are enough.
 * @param greyOf brightness of a block, 0…255
 */
export function encodeMosaic(
  columns: number,
  rows: number,
  greyOf: (x: number, y: number) => number,
): Uint8Array {
  const bits = new BitWriter();
  let before = 0;
  for (let y = 0; y < rows; y++) {
    for (let x = 0; x < columns; x++) {
      const mean = Math.max(-128, Math.min(127, Math.round(greyOf(x, y)) - 128));
      writeDifference(bits, mean - before);
      bits.write(0, 1);
      before = mean;
    }
  }
  const [width, height] = [columns * 8, rows * 8];
  return Uint8Array.from([
    0xff,
    0xd8,
    ...segment(0xe0, [0x4a, 0x46, 0x49, 0x46, 0, 1, 1, 0, 0, 1, 0, 1, 0, 0]),
    ...segment(0xdb, [0, ...Array.from({ length: 64 }, () => 8)]),
    ...segment(0xc0, [8, height >> 8, height & 255, width >> 8, width & 255, 1, 1, 0x11, 0]),
    ...segment(0xc4, [0x00, ...DIFFERENCE_LENGTHS, ...DIFFERENCE_SIZES]),
    ...segment(0xc4, [0x10, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]),
    ...segment(0xda, [1, 1, 0x00, 0, 63, 0]),
    ...bits.end(),
    0xff,
    0xd9,
  ]);
}

/** Table K.3: how many codes of each length, and the sizes they stand for. */
const DIFFERENCE_LENGTHS = [0, 1, 5, 1, 1, 1, 1, 1, 1, 0, 0, 0, 0, 0, 0, 0];
const DIFFERENCE_SIZES = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11];

function segment(marker: number, content: readonly number[]): number[] {
  const length = content.length + 2;
  return [0xff, marker, length >> 8, length & 255, ...content];
}

function writeDifference(bits: BitWriter, difference: number): void {
  const size = difference === 0 ? 0 : Math.floor(Math.log2(Math.abs(difference))) + 1;
  const [code, length] = codeOf(size);
  bits.write(code, length);
  bits.write(difference < 0 ? difference + 2 ** size - 1 : difference, size);
}

/** The canonical code of the n-th symbol of the table. */
function codeOf(symbol: number): [code: number, length: number] {
  let [code, first] = [0, 0];
  for (const [i, count] of DIFFERENCE_LENGTHS.entries()) {
    if (symbol < first + count) return [code + symbol - first, i + 1];
    code = (code + count) * 2;
    first += count;
  }
  throw new RangeError(`no code for ${symbol}`);
}

class BitWriter {
  readonly #bytes: number[] = [];
  #byte = 0;
  #free = 8;

  write(value: number, length: number): void {
    for (let bit = length - 1; bit >= 0; bit--) {
      this.#byte = (this.#byte << 1) | ((value >> bit) & 1);
      if (--this.#free === 0) this.#put();
    }
  }

  /** What is left of the last byte is ones. */
  end(): number[] {
    while (this.#free < 8) this.write(1, 1);
    return this.#bytes;
  }

  /** A byte of ones is no marker: a zero follows it. */
  #put(): void {
    this.#bytes.push(this.#byte);
    if (this.#byte === 0xff) this.#bytes.push(0);
    [this.#byte, this.#free] = [0, 8];
  }
}
