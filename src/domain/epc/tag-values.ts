import { checkValue, componentsOf, type Component } from './application-identifiers.ts';
import type { BitReader, BitWriter } from './bits.ts';
import { integerBits, readInteger, readText, writeText } from './text-codings.ts';

const DELIMITER = 14;
const TERMINATOR = 15;

/** The value of an application identifier as tags write it (TDS 2.x section 14.5, table F). */
export function readValue(ai: string, reader: BitReader): string {
  let value = '';
  for (const component of componentsOf(ai) ?? []) value += readComponent(ai, component, reader);
  const why = reader.fault === null ? checkValue(ai, value) : null;
  if (why !== null) reader.fail(why);
  return value;
}

/** Writes a value that `checkValue` found right, or says why a tag cannot hold it. */
export function writeValue(ai: string, value: string, writer: BitWriter): string | null {
  const components = componentsOf(ai) ?? [];
  let rest = value;
  for (const [i, component] of components.entries()) {
    const piece = i + 1 < components.length ? rest.slice(0, component.chars) : rest;
    rest = rest.slice(piece.length);
    const why = writeComponent(ai, component, piece, writer);
    if (why !== null) return why;
  }
  return null;
}

/** YYMMDD in 16 bits: seven, four and five. */
export function readDate(reader: BitReader): string {
  return [7, 4, 5].map((bits) => twoDigits(bits, reader)).join('');
}

export function writeDate(date: string, writer: BitWriter): void {
  for (const [i, bits] of [7, 4, 5].entries()) writer.write(date.slice(i * 2, i * 2 + 2), bits);
}

function twoDigits(bits: number, reader: BitReader): string {
  return readInteger(2, bits, reader);
}

function readComponent(ai: string, { coding, chars, bits }: Component, reader: BitReader): string {
  switch (coding) {
    case 'nibbles':
      return readNibbles(chars, reader);
    case 'integer':
      return readInteger(chars, bits, reader);
    case 'number': {
      const digits = reader.read(bits);
      if (digits === 0 || digits > chars)
        reader.fail(`(${ai}) has ${digits} digits where 1 to ${chars} may stand`);
      return reader.fault === null ? readInteger(digits, integerBits(digits), reader) : '';
    }
    case 'text':
      return readText(chars, bits, reader);
    case 'delimited':
      return readDelimited(chars, bits, reader);
    case 'date':
      return readDate(reader);
    case 'minute':
      return readDate(reader) + twoDigits(5, reader) + twoDigits(6, reader);
    case 'flag':
      return String(reader.read(1));
    case 'minus':
      return reader.read(1) === 1 ? '-' : '';
    default:
      reader.fail(`bailee does not read (${ai}) from tags`);
      return '';
  }
}

function readNibbles(count: number, reader: BitReader): string {
  let digits = '';
  for (let i = 0; i < count; i++) digits += String(reader.read(4));
  if (digits.length !== count) reader.fail(`${count} decimal digits are wanted, one is above 9`);
  return digits;
}

/** Digits in four bits each until 15, or until 14 and text behind it (section 14.5.5). */
function readDelimited(most: number, lengthBits: number, reader: BitReader): string {
  let digits = '';
  for (;;) {
    const nibble = reader.read(4);
    if (nibble === TERMINATOR || reader.fault !== null) return digits;
    if (nibble === DELIMITER) return digits + readText(most - digits.length, lengthBits, reader);
    if (nibble > 9) reader.fail(`a digit is 0 to 9, not ${nibble}`);
    digits += String(nibble);
  }
}

function writeComponent(
  ai: string,
  { coding, bits }: Component,
  value: string,
  writer: BitWriter,
): string | null {
  switch (coding) {
    case 'nibbles':
      for (const digit of value) writer.write(digit, 4);
      return null;
    case 'integer':
      writer.write(value, bits);
      return null;
    case 'number':
      if (value === '') return `(${ai}): an EPC has a serial`;
      writer.write(value.length, bits);
      writer.write(value, integerBits(value.length));
      return null;
    case 'text':
      if (value === '') return `(${ai}): an EPC has a serial`;
      writeText(value, bits, writer);
      return null;
    case 'delimited':
      writeDelimited(value, bits, writer);
      return null;
    case 'date':
    case 'minute':
      writeDate(value, writer);
      for (const [i, width] of [5, 6].entries())
        if (value.length > 6) writer.write(value.slice(6 + i * 2, 8 + i * 2), width);
      return null;
    case 'flag':
      writer.write(value, 1);
      return null;
    case 'minus':
      writer.write(value === '-' ? 1 : 0, 1);
      return null;
    default:
      return `bailee does not write (${ai}) to tags`;
  }
}

function writeDelimited(value: string, lengthBits: number, writer: BitWriter): void {
  const digits = /^\d*/.exec(value)?.[0] ?? '';
  for (const digit of digits) writer.write(digit, 4);
  writer.write(digits === value ? TERMINATOR : DELIMITER, 4);
  if (digits !== value) writeText(value.slice(digits.length), lengthBits, writer);
}
