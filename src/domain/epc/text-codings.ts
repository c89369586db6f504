import type { BitReader, BitWriter } from './bits.ts';
import { TEXT } from './characters.ts';
import { INTEGER_BITS } from './generated/application-identifiers.ts';

/** One way of writing text on a tag (TDS 2.x section 14.5.6), by its three-bit indicator. */
type Coding = {
  readonly fits: RegExp;
  bits(length: number): number;
  read(length: number, reader: BitReader): string;
  write(text: string, writer: BitWriter): void;
};

const BASE64 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
/** URN Code 40; the first place is padding. */
const CODE40 = '\0ABCDEFGHIJKLMNOPQRSTUVWXYZ-.:0123456789';

/** Bits of an integer of so many digits (table B). */
export function integerBits(digits: number): number {
  return INTEGER_BITS[digits - 1] ?? 0;
}

/** An integer of exactly `digits` digits, leading zeros and all. */
export function readInteger(digits: number, bits: number, reader: BitReader): string {
  const value = reader.readDecimal(bits).padStart(digits, '0');
  if (value.length > digits) reader.fail(`${value} has more than ${digits} digits`);
  return value;
}

/** Fixed bits a character, each the character's place in an alphabet. */
function alphabet(fits: RegExp, letters: string, width: number): Coding {
  return {
    fits,
    bits: (length) => length * width,
    read: (length, reader) => {
      let text = '';
      for (let i = 0; i < length; i++) text += letters[reader.read(width)] ?? '';
      return text;
    },
    write: (text, writer) => {
      for (const c of text) writer.write(letters.indexOf(c), width);
    },
  };
}

const CODINGS: readonly Coding[] = [
  {
    // Leading zeros are written as hexadecimal digits: a reader that takes the number as it is would lose them.
    fits: /^(?:0|[1-9]\d*)$/,
    bits: integerBits,
    read: (length, reader) => readInteger(length, integerBits(length), reader),
    write: (text, writer) => writer.write(text, integerBits(text.length)),
  },
  alphabet(/^[\dA-F]+$/, '0123456789ABCDEF', 4),
  alphabet(/^[\da-f]+$/, '0123456789abcdef', 4),
  alphabet(/^[\w-]+$/, BASE64, 6),
  alphabet(TEXT, String.fromCharCode(...Array.from({ length: 128 }, (_, i) => i)), 7),
  {
    fits: /^[A-Z\-.:\d]+$/,
    bits: (length) => Math.ceil(length / 3) * 16,
    read: readCode40,
    write: writeCode40,
  },
];

/** Indicator, length in `lengthBits` bits, characters. */
export function readText(most: number, lengthBits: number, reader: BitReader): string {
  const coding = CODINGS[reader.read(3)];
  const length = reader.read(lengthBits);
  if (coding === undefined) reader.fail('an encoding indicator is 0 to 5, not 6 or 7');
  if (length === 0 || length > most)
    reader.fail(`a text of ${length} characters where 1 to ${most} may stand`);
  if (coding === undefined || reader.fault !== null || coding.bits(length) > reader.left) {
    reader.fail(`the tag ends within a text of ${length} characters`);
    return '';
  }
  return coding.read(length, reader);
}

/** Writes text in the fewest bits; of equal ones the lowest indicator. */
export function writeText(text: string, lengthBits: number, writer: BitWriter): void {
  let best = 4;
  for (const [i, coding] of CODINGS.entries()) {
    const bits = coding.bits(text.length);
    const least = CODINGS[best]?.bits(text.length) ?? 0;
    if (coding.fits.test(text) && (bits < least || (bits === least && i < best))) best = i;
  }
  writer.write(best, 3);
  writer.write(text.length, lengthBits);
  CODINGS[best]?.write(text, writer);
}

function readCode40(length: number, reader: BitReader): string {
  let text = '';
  for (let at = 0; at < length; at += 3) {
    const three = reader.read(16) - 1;
    for (const place of [Math.floor(three / 1600), Math.floor(three / 40) % 40, three % 40])
      text += CODE40[place] ?? '\0';
  }
  if (/\0/.test(text.slice(0, length)) || /[^\0]/.test(text.slice(length)))
    reader.fail(`a text that is not ${length} characters long`);
  return text.slice(0, length);
}

function writeCode40(text: string, writer: BitWriter): void {
  for (let at = 0; at < text.length; at += 3) {
    const [a = 0, b = 0, c = 0] = [0, 1, 2].map((i) => CODE40.indexOf(text[at + i] ?? '\0'));
    writer.write(a * 1600 + b * 40 + c + 1, 16);
  }
}
