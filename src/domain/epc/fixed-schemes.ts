import type { BitReader, BitWriter } from './bits.ts';
import { TAG_SCHEMES } from './generated/tag-schemes.ts';
import { checkIdentity, type Identity } from './identity.ts';

/** One field of a layout, from the table. */
type Field = {
  readonly name: string;
  readonly coding: string;
  /** Width in bits; 0: as long as its characters and the six zeros that end it. */
  readonly bits: number;
  /** Digits or characters. */
  readonly chars: number;
  /** The greatest value, in decimal. */
  readonly most: string;
};

/** A scheme whose fields have their places: the older ones (TDS 2.x section 14.6). */
export type FixedScheme = {
  readonly name: string;
  readonly type: string;
  readonly header: number;
  /** Length in bits; 0 where it varies. */
  readonly bits: number;
  readonly filterBits: number;
  readonly options: readonly (readonly Field[])[];
};

const SIX_BITS = 64;

export const FIXED_SCHEMES: readonly FixedScheme[] = TAG_SCHEMES.map((s) => {
  const options = s.options.map((option) =>
    option.split('; ').map((field, i) => {
      const [coding = '', bits, chars, most] = field.split(' ');
      return {
        name: s.fields[i] ?? '',
        coding,
        bits: Number(bits),
        chars: Number(chars),
        most: most ?? '',
      };
    }),
  );
  return { name: s.name, type: s.type, header: s.header, bits: s.bits, filterBits: s.filter, options };
});

/** What follows the header; what does not fit is in the reader's `fault`. */
export function readFixed(
  scheme: FixedScheme,
  reader: BitReader,
): { filter: number | null; identity: Identity } {
  const filter = scheme.filterBits === 0 ? null : reader.read(scheme.filterBits);
  const partition = scheme.options.length > 1 ? reader.read(3) : 0;
  const layout = scheme.options[partition];
  if (layout === undefined)
    reader.fail(`partition ${partition} does not exist; there are 0 to ${scheme.options.length - 1}`);
  const parts: string[] = [];
  let written = false;
  for (const field of layout ?? []) {
    parts.push(readField(field, reader));
    written ||= !(field.coding === 'digits' || field.coding === 'free');
  }
  const identity = { type: scheme.type, parts };
  // Digits that are in range need no second look; characters do.
  const why = written && reader.fault === null ? checkIdentity(identity) : null;
  if (why !== null) reader.fail(why);
  return { filter, identity };
}

/** Writes all behind the header, or says why this scheme cannot hold it. */
export function writeFixed(
  scheme: FixedScheme,
  filter: number,
  { type, parts }: Identity,
  writer: BitWriter,
): string | null {
  if (type !== scheme.type) return `${scheme.name} holds ${scheme.type}, not ${type}`;
  if (filter >= 2 ** scheme.filterBits && filter > 0)
    return `the filter of ${scheme.name} is 0 to ${2 ** scheme.filterBits - 1}, not ${filter}`;
  writer.write(filter, scheme.filterBits);
  const partition = scheme.options.length > 1 ? 12 - (parts[0] ?? '').length : 0;
  if (scheme.options.length > 1) writer.write(partition, 3);
  for (const [i, field] of (scheme.options[partition] ?? []).entries()) {
    const why = writeField(field, parts[i] ?? '', writer);
    if (why !== null) return why;
  }
  writer.fill(scheme.bits);
  return null;
}

function readField(field: Field, reader: BitReader): string {
  switch (field.coding) {
    case 'ascii':
      return readAscii(field, reader);
    case 'six':
      return field.bits > 0 ? readCode(6, reader) : readSix(field, reader);
    case 'byte':
      return readCode(8, reader);
    case 'led':
      return readLed(field, reader);
    default:
      return readInteger(field, reader);
  }
}

function readInteger({ name, bits, chars, coding, most }: Field, reader: BitReader): string {
  const value = reader.readDecimal(bits);
  if (value.length > most.length || (value.length === most.length && value > most))
    reader.fail(`${name} is ${value}, which is more than ${most}`);
  if (coding === 'free') return value;
  return chars === 0 ? '' : value.padStart(chars, '0');
}

/** A number with a 1 in front that keeps its leading zeros (SGCN-96). */
function readLed(field: Field, reader: BitReader): string {
  const value = readInteger({ ...field, coding: 'free' }, reader);
  if (!/^1\d/.test(value)) reader.fail(`${field.name} is ${value}; a 1 stands before its first digit`);
  return value.slice(1);
}

/** Seven bits a character, zeros behind the last. */
function readAscii({ name, bits, chars }: Field, reader: BitReader): string {
  let text = '';
  let ended = false;
  for (let i = 0; i < chars; i++) {
    const code = reader.read(7);
    if (ended && code !== 0) reader.fail(`${name} goes on behind its end`);
    ended ||= code === 0;
    if (!ended) text += String.fromCharCode(code);
  }
  if (reader.read(bits - chars * 7) !== 0) reader.fail(`${name} goes on behind its end`);
  return text;
}

/** Six bits a character until six zeros (TDS 2.x section 14.4.9 and table G). */
function readSix({ name, chars }: Field, reader: BitReader): string {
  let text = '';
  for (;;) {
    const code = reader.read(6);
    if (code === 0 || reader.fault !== null) return text;
    text += fromSix(code);
    if (text.length > chars) reader.fail(`${name} has more than ${chars} characters`);
  }
}

/** A CAGE or DoDAAC code: six characters, the first a space where there are five. */
function readCode(width: number, reader: BitReader): string {
  let text = '';
  for (let i = 0; i < 6; i++)
    text += width === 6 ? fromSix(reader.read(6)) : String.fromCharCode(reader.read(8));
  return text.replace(/^ /, '');
}

function fromSix(code: number): string {
  return String.fromCharCode(code < 32 ? code + SIX_BITS : code);
}

function writeField(
  { name, coding, bits, chars, most }: Field,
  value: string,
  writer: BitWriter,
): string | null {
  if (coding === 'six' && bits === 0) {
    if (value.length > chars) return `${name} "${value}" has more than ${chars} characters`;
    for (const c of value) writer.write(c.charCodeAt(0) % SIX_BITS, 6);
    writer.write(0, 6);
    return null;
  }
  if (coding === 'six' || coding === 'byte') {
    for (const c of value.padStart(6))
      writer.write(coding === 'six' ? c.charCodeAt(0) % SIX_BITS : c.charCodeAt(0), bits / 6);
    return null;
  }
  if (coding === 'ascii') {
    if (value.length > chars) return `${name} "${value}" has more than ${chars} characters`;
    for (const c of value) writer.write(c.charCodeAt(0), 7);
    writer.write(0, bits - value.length * 7);
    return null;
  }
  if (!/^\d*$/.test(value)) return `${name} "${value}" is not a number`;
  if (coding === 'free' && !/^(?:0|[1-9]\d*)$/.test(value))
    return `${name} "${value}" has leading zeros, which would be lost`;
  const integer = BigInt(coding === 'led' ? `1${value}` : value);
  if (integer > BigInt(most)) return `${name} ${value} is more than ${most}`;
  writer.write(integer, bits);
  return null;
}
