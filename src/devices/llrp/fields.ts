import type { Definition, Field, FieldType } from './definitions.ts';
import { Malformed, type FieldValue } from './node.ts';

const WIDTH: Readonly<Partial<Record<FieldType, number>>> = {
  u8: 1,
  s8: 1,
  u16: 2,
  s16: 2,
  u32: 4,
  u64: 8,
  u96: 12,
};

/** Bytes of a definition's fields where they are always as many; null when one has a length of its own. */
export function fixedWidth(fields: readonly Field[]): number | null {
  let bits = 0;
  for (const field of fields) {
    if (field.name === null) bits += field.bits;
    else if (field.type === 'u1') bits += 1;
    else if (field.type === 'u2') bits += 2;
    else {
      const width = WIDTH[field.type];
      if (width === undefined) return null;
      bits += 8 * width;
    }
  }
  return bits / 8;
}

/**
 * Reads the fields of a definition from `at`, not beyond `end`.
 * @throws Malformed
 */
export function readFields(
  { name: of, fields }: Definition,
  bytes: Buffer,
  at: number,
  end: number,
): { readonly values: Readonly<Record<string, FieldValue>>; readonly at: number } {
  const values: Record<string, FieldValue> = {};
  let pos = at;
  let bit = 0;
  const take = (count: number): number => {
    const from = pos;
    if (from + count > end) {
      throw new Malformed('cut-short', `${of} ends ${from + count - end} bytes inside a field`);
    }
    pos += count;
    return from;
  };
  const takeBits = (count: number): number => {
    let value = 0;
    for (let i = 0; i < count; i++) {
      const from = bit === 0 ? take(1) : pos - 1;
      value = value * 2 + (((bytes[from] ?? 0) >> (7 - bit)) & 1);
      bit = (bit + 1) % 8;
    }
    return value;
  };
  for (const field of fields) {
    if (field.name === null) takeBits(field.bits);
    else if (field.type === 'u1') values[field.name] = takeBits(1) === 1;
    else if (field.type === 'u2') values[field.name] = takeBits(2);
    else values[field.name] = readField(field.type, bytes, take, end - pos);
  }
  return { values, at: pos };
}

function readField(
  type: Exclude<FieldType, 'u1' | 'u2'>,
  bytes: Buffer,
  take: (count: number) => number,
  left: number,
): FieldValue {
  const list = (width: number): number[] => {
    const count = bytes.readUInt16BE(take(2));
    const from = take(count * width);
    return Array.from({ length: count }, (_, i) => bytes.readUIntBE(from + i * width, width));
  };
  const hex = (count: number): string => {
    const from = take(count);
    return bytes.toString('hex', from, from + count);
  };
  switch (type) {
    case 'u8':
      return bytes.readUInt8(take(1));
    case 's8':
      return bytes.readInt8(take(1));
    case 'u16':
      return bytes.readUInt16BE(take(2));
    case 's16':
      return bytes.readInt16BE(take(2));
    case 'u32':
      return bytes.readUInt32BE(take(4));
    case 'u64':
      return bytes.readBigUInt64BE(take(8));
    case 'u96':
      return hex(12);
    case 'u1v': {
      const bits = bytes.readUInt16BE(take(2));
      return { bits, hex: hex(Math.ceil(bits / 8)) };
    }
    case 'u8v':
      return hex(bytes.readUInt16BE(take(2)));
    case 'u16v':
      return list(2);
    case 'u32v':
      return list(4);
    case 'utf8v':
      return text(bytes, take);
    case 'bytesToEnd':
    default:
      return hex(left);
  }
}

const UTF8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

function text(bytes: Buffer, take: (count: number) => number): string {
  const length = bytes.readUInt16BE(take(2));
  const from = take(length);
  const part = bytes.subarray(from, from + length);
  try {
    return UTF8.decode(part);
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    throw new Malformed('text', `a text is not UTF-8: ${part.toString('hex').slice(0, 40)}`);
  }
}
