import { formatScaled, parseDecimal } from '../../domain/units.ts';
import type { Decimal } from '../../domain/units.ts';
import type { Candidate, FrameFormat } from '../talker/frame-scanner.ts';

/** One way in which an indicator says over and over what it shows: a number, and nothing else. */
export type Layout = {
  readonly format: FrameFormat<Decimal>;
  /** The frame as the indicator sends it. @throws RangeError when it cannot show so much */
  readonly encode: (shown: Decimal) => Uint8Array;
};

const STX = 0x02;
const ETX = 0x03;
/** STX, sign, six digits and their decimals or seven digits, two of checksum, ETX. */
const FRAMED = 12;
const MOST_DECIMALS = 5;
/** `=` and eight characters, last one first. */
const REVERSED = 9;

/** 耀华 XK3190 continuous format 0: a checksum, decimals in the frame. */
const xk3190Format0: Layout = {
  format: { longest: FRAMED, judge: (bytes, from) => framed(bytes.subarray(from, from + FRAMED), true) },
  encode: ({ digits, exp }) => {
    if (Math.abs(digits) > 999_999 || exp > 0 || exp < -MOST_DECIMALS) throw tooMuch(digits, exp);
    return sealed(`${signOf(digits)}${String(Math.abs(digits)).padStart(6, '0')}${-exp}`);
  },
};

/** 柯力 D2008: a checksum, whole numbers. */
const keliD2008: Layout = {
  format: { longest: FRAMED, judge: (bytes, from) => framed(bytes.subarray(from, from + FRAMED), false) },
  encode: ({ digits, exp }) => {
    if (Math.abs(digits) > 9_999_999 || exp !== 0) throw tooMuch(digits, exp);
    return sealed(`${signOf(digits)}${String(Math.abs(digits)).padStart(7, '0')}`);
  },
};

/** 耀华 XK3190 continuous format 1: the text of the number backwards, without a checksum. */
const xk3190Format1: Layout = {
  format: { longest: REVERSED, judge: (bytes, from) => reversed(bytes.subarray(from, from + REVERSED)) },
  encode: ({ digits, exp }) => {
    const text = formatScaled(Math.abs(digits), exp).padStart(REVERSED - 2, '0');
    if (text.length > REVERSED - 2 || exp > 0) throw tooMuch(digits, exp);
    return Buffer.from(`=${backwards(`${digits < 0 ? '-' : '0'}${text}`)}`, 'latin1');
  },
};

export const LAYOUTS = {
  'xk3190-0': xk3190Format0,
  'xk3190-1': xk3190Format1,
  'keli-d2008': keliD2008,
} as const satisfies Readonly<Record<string, Layout>>;

function framed(bytes: Uint8Array, hasDecimals: boolean): Candidate<Decimal> {
  if (bytes[0] !== STX) return { kind: 'none' };
  if (bytes.length < FRAMED) return { kind: 'more' };
  if (bytes[FRAMED - 1] !== ETX) return malformed(`no 03 after ${FRAMED - 1} bytes`);
  const [, sign = '', digits = '', sum = ''] =
    /^([+-])(\d{7})([0-9A-F]{2})$/.exec(textOf(bytes.subarray(1, FRAMED - 1))) ?? [];
  if (sign === '') return malformed('not a sign, seven digits and a checksum in upper case');
  const right = checksumOf(bytes.subarray(1, 9));
  if (sum !== right) return { kind: 'bad', code: 'CHECKSUM', detail: `checksum ${sum} instead of ${right}` };
  const decimals = hasDecimals ? Number(digits.slice(6)) : 0;
  if (decimals > MOST_DECIMALS) return malformed(`${decimals} decimals`);
  const value = Number(hasDecimals ? digits.slice(0, 6) : digits);
  const signed = sign === '-' && value !== 0 ? -value : value;
  return { kind: 'frame', length: FRAMED, value: { digits: signed, exp: decimals === 0 ? 0 : -decimals } };
}

function reversed(bytes: Uint8Array): Candidate<Decimal> {
  if (bytes[0] !== 0x3d) return { kind: 'none' };
  if (bytes.length < REVERSED) return { kind: 'more' };
  const text = backwards(textOf(bytes.subarray(1)));
  const value = /^[-+ \d]/.test(text) ? parseDecimal(text) : null;
  if (value === null) return malformed(`"${text.replaceAll(/[^ -~]/g, '?')}" is no number`);
  return { kind: 'frame', length: REVERSED, value };
}

function malformed(detail: string): Candidate<Decimal> {
  return { kind: 'bad', code: 'MALFORMED', detail };
}

function textOf(bytes: Uint8Array): string {
  return String.fromCharCode(...bytes);
}

function backwards(text: string): string {
  return text.split('').toReversed().join('');
}

function signOf(digits: number): string {
  return digits < 0 ? '-' : '+';
}

function sealed(body: string): Uint8Array {
  const bytes = Buffer.from(body, 'latin1');
  return Uint8Array.from([STX, ...bytes, ...Buffer.from(checksumOf(bytes), 'latin1'), ETX]);
}

/** XOR of sign and digits, two upper-case hex digits. */
function checksumOf(bytes: Uint8Array): string {
  const sum = bytes.reduce((a, byte) => a ^ byte, 0);
  return sum.toString(16).toUpperCase().padStart(2, '0');
}

function tooMuch(digits: number, exp: number): RangeError {
  return new RangeError(`the indicator cannot show ${digits}e${exp}`);
}
