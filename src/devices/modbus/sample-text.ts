import type { SampleProblem } from '../sample.ts';

/** One line of a sample: the bytes of a frame, or registers (bits) as a function reads them from an address on. */
export type SampleLine = { readonly line: number } & (
  | { readonly kind: 'frame'; readonly bytes: Uint8Array }
  | {
      readonly kind: 'registers';
      readonly fn: 1 | 2 | 3 | 4;
      readonly address: number;
      readonly values: readonly number[];
    }
);

const FRAME = /^(?:0x)?[0-9a-f]{2}(?:[ :,-]?(?:0x)?[0-9a-f]{2}){2,}$/i;
const REGISTERS = /^([1-4])\s+(0x[0-9a-f]{1,4}|\d{1,5})\s*:\s+(.+)$/i;

/**
 * Reads a sample: lines of frames in hexadecimal, or of `FUNCTION ADDRESS: VALUE VALUE …` with decimal or 0x values.
 * What stands behind # is passed over.
 */
export function readSampleText(text: string): {
  readonly lines: readonly SampleLine[];
  readonly problems: readonly SampleProblem[];
} {
  const lines: SampleLine[] = [];
  const problems: SampleProblem[] = [];
  for (const [i, raw] of text.split(/\r?\n/).entries()) {
    const written = raw.replace(/#.*$/, '').trim();
    if (written === '') continue;
    const read = readLine(written, i + 1);
    if (typeof read === 'string') problems.push({ in: 'sample', line: i + 1, column: null, message: read });
    else lines.push(read);
  }
  if (lines.length + problems.length === 0)
    problems.push({ in: 'sample', line: 1, column: null, message: `is empty; ${EXPECTED}` });
  return { lines, problems };
}

const EXPECTED =
  'write a frame like "01 04 02 01 31 79 74", or registers like "4 0x0001: 305 546" (function, address from 0, values)';

function readLine(written: string, line: number): SampleLine | string {
  const registers = REGISTERS.exec(written);
  if (registers === null) {
    if (!FRAME.test(written)) return `"${written.slice(0, 60)}" is neither frame nor registers; ${EXPECTED}`;
    const digits = written.replaceAll(/0x|[ :,-]/gi, '');
    return { kind: 'frame', line, bytes: Uint8Array.from(Buffer.from(digits, 'hex')) };
  }
  const [, fn = '', address = '', rest = ''] = registers;
  const values = rest.trim().split(/[\s,]+/);
  const isBits = Number(fn) <= 2;
  const wrong = values.find((v) => numberIn(v, isBits) === null);
  if (wrong !== undefined)
    return `"${wrong}" is no ${isBits ? 'bit, 0 or 1' : 'register, 0 to 65535 or -32768 to -1'}`;
  return {
    kind: 'registers',
    line,
    fn: fn === '1' ? 1 : fn === '2' ? 2 : fn === '3' ? 3 : 4,
    address: Number(address),
    values: values.map((v) => numberIn(v, isBits) ?? 0),
  };
}

/** A negative number is a register in two's complement, as tools print it. */
function numberIn(text: string, isBit: boolean): number | null {
  if (!/^(0x[0-9a-f]{1,4}|-?\d{1,5})$/i.test(text)) return null;
  const n = Number(text);
  if (isBit) return n === 0 || n === 1 ? n : null;
  if (n < -0x8000 || n > 0xffff) return null;
  return n < 0 ? n + 0x10000 : n;
}
