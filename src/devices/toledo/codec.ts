import type { Candidate, FrameFormat } from '../talker/frame-scanner.ts';

/** One frame of the continuous output of Mettler-Toledo indicators and their clones. */
export type ToledoFrame = {
  /** As shown, without its decimal point; null when out of range, then nothing shown is a weight. */
  readonly weight: number | null;
  readonly tare: number;
  /** value = digits · 10^exp; 2 … -5. */
  readonly exp: number;
  /** Increment code: 1, 2, 3 for steps of 1, 2, 5. */
  readonly increment: number;
  readonly isNet: boolean;
  readonly inMotion: boolean;
  readonly outOfRange: boolean;
  readonly unzeroed: boolean;
  readonly isKilogram: boolean;
  /** Code of another unit than kg or lb; 0 for those. */
  readonly otherUnit: number;
  readonly printRequested: boolean;
  /** The display shows ten times finer. */
  readonly expanded: boolean;
};

export type ToledoOptions = {
  /** Whether a checksum follows the CR. */
  readonly checksum: boolean;
  /** Whether the constant bits of the status words must be as Mettler-Toledo sends them. */
  readonly strict: boolean;
};

const STX = 0x02;
const CR = 0x0d;
/** STX, three status words, weight, tare, CR. */
const LENGTH = 17;

/**
 * Frames have a fixed length and are never split at the CR: the checksum may be a CR itself.
 * What follows a frame (LF of some clones) is passed over.
 */
export function toledoFormat(options: ToledoOptions): FrameFormat<ToledoFrame> {
  const longest = LENGTH + (options.checksum ? 1 : 0);
  return { longest, judge: (bytes, from) => judge(bytes.subarray(from, from + longest), longest, options) };
}

function judge(bytes: Uint8Array, length: number, options: ToledoOptions): Candidate<ToledoFrame> {
  if (bytes[0] !== STX) return { kind: 'none' };
  if (bytes.length < length) return { kind: 'more' };
  if (bytes[LENGTH - 1] !== CR) return malformed(`no CR after ${LENGTH - 1} bytes`);
  const parity = bytes.findIndex((byte) => byte > 0x7f);
  if (parity >= 0) return malformed(`byte ${parity} has its eighth bit set: parity is not as configured`);
  if (options.checksum) {
    const [found = 0, right] = [bytes[LENGTH], checksumOf(bytes)];
    if (found !== right) {
      const detail = `checksum ${found} instead of ${right}`;
      return { kind: 'bad', code: 'CHECKSUM', detail };
    }
  }
  const [, a = 0, b = 0, c = 0] = bytes;
  if (options.strict && ((a & 0x60) !== 0x20 || (b & 0x20) === 0 || (c & 0x60) !== 0x20)) {
    return malformed(
      `status ${[a, b, c].map((word) => word.toString(16)).join(' ')} without its constant bits`,
    );
  }
  const outOfRange = (b & 4) !== 0;
  const weight = outOfRange ? null : digitsOf(bytes.subarray(4, 10));
  const tare = digitsOf(bytes.subarray(10, 16));
  if (tare === null || (weight === null && !outOfRange))
    return malformed('a weight or tare that is no number');
  const negative = (b & 2) !== 0;
  return {
    kind: 'frame',
    length,
    value: {
      weight: weight !== null && negative && weight !== 0 ? -weight : weight,
      tare,
      exp: 2 - (a & 7),
      increment: (a >> 3) & 3,
      isNet: (b & 1) !== 0,
      inMotion: (b & 8) !== 0,
      outOfRange,
      unzeroed: (b & 64) !== 0,
      isKilogram: (b & 16) !== 0,
      otherUnit: c & 7,
      printRequested: (c & 8) !== 0,
      expanded: (c & 16) !== 0,
    },
  };
}

function malformed(detail: string): Candidate<ToledoFrame> {
  return { kind: 'bad', code: 'MALFORMED', detail };
}

/** Six digits, leading ones may be spaces. */
function digitsOf(field: Uint8Array): number | null {
  const text = String.fromCharCode(...field);
  return /^ *\d+$/.test(text) ? Number(text) : null;
}

/** Two's complement of the sum of the low seven bits of all before it. */
function checksumOf(bytes: Uint8Array): number {
  let sum = 0;
  for (let i = 0; i < LENGTH; i++) sum += (bytes[i] ?? 0) & 0x7f;
  return -sum & 0x7f;
}

/** The frame as the indicator sends it; leading places are filled with `fill`. */
export function encodeToledo(
  frame: ToledoFrame,
  { checksum }: Pick<ToledoOptions, 'checksum'>,
  fill: ' ' | '0' = ' ',
): Uint8Array {
  const a = 0x20 | (2 - frame.exp) | (frame.increment << 3);
  const b =
    0x20 |
    (frame.isNet ? 1 : 0) |
    (frame.weight !== null && frame.weight < 0 ? 2 : 0) |
    (frame.outOfRange ? 4 : 0) |
    (frame.inMotion ? 8 : 0) |
    (frame.isKilogram ? 16 : 0) |
    (frame.unzeroed ? 64 : 0);
  const c = 0x20 | frame.otherUnit | (frame.printRequested ? 8 : 0) | (frame.expanded ? 16 : 0);
  const weight = frame.weight === null ? '' : String(Math.abs(frame.weight));
  const text = [weight.padStart(6, weight === '' ? ' ' : fill), String(frame.tare).padStart(6, fill)].join(
    '',
  );
  const bytes = Uint8Array.from([STX, a, b, c, ...Buffer.from(text, 'latin1'), CR]);
  return checksum ? Uint8Array.from([...bytes, checksumOf(bytes)]) : bytes;
}
