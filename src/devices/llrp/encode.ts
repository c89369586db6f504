import {
  FIRST_TLV,
  protocol,
  vendorParameter,
  type Definition,
  type FieldType,
  type Protocol,
} from './definitions.ts';
import { HEADER_BYTES } from './header.ts';
import type { FieldValue, LlrpMessage, LlrpNode } from './node.ts';

/** The bytes of a message. @throws RangeError for a name, field or value that its version does not have */
export function encodeMessage({ version, id, body }: LlrpMessage): Buffer {
  const known = protocol(version);
  const definition = definitionOf(known, body.name);
  if (known.messages.get(definition.type) !== definition) throw new RangeError(`${body.name} is no message`);
  const content = encodeBody(definition, known, body);
  const header = Buffer.alloc(HEADER_BYTES);
  header.writeUInt16BE((version << 10) | definition.type, 0);
  header.writeUInt32BE(HEADER_BYTES + content.length, 2);
  header.writeUInt32BE(id, 6);
  return Buffer.concat([header, content]);
}

/** A vendor's parameter as the `Custom` that carries it. @throws RangeError */
export function encodeVendor(vendor: number, node: LlrpNode): LlrpNode {
  const definition = vendorParameter(vendor, node.name);
  if (definition === undefined) throw new RangeError(`vendor ${vendor} has no parameter ${node.name}`);
  const data = encodeBody(definition, protocol(1), node).toString('hex');
  return {
    name: 'Custom',
    fields: { VendorIdentifier: vendor, ParameterSubtype: definition.type, Data: data },
  };
}

function definitionOf(known: Protocol, name: string): Definition {
  const definition = known.byName.get(name);
  if (definition === undefined) throw new RangeError(`this version of LLRP has no ${name}`);
  return definition;
}

function encodeParameter(known: Protocol, node: LlrpNode): Buffer {
  const definition = definitionOf(known, node.name);
  const content = encodeBody(definition, known, node);
  if (definition.type < FIRST_TLV) return Buffer.concat([Buffer.of(FIRST_TLV + definition.type), content]);
  const header = Buffer.alloc(4);
  header.writeUInt16BE(definition.type, 0);
  header.writeUInt16BE(4 + content.length, 2);
  return Buffer.concat([header, content]);
}

function encodeBody({ name, fields }: Definition, known: Protocol, node: LlrpNode): Buffer {
  const parts: Buffer[] = [];
  let bits = '';
  for (const field of fields) {
    if (field.name === null) bits += '0'.repeat(field.bits);
    else {
      const value = node.fields?.[field.name];
      if (value === undefined) throw new RangeError(`${name} needs a field ${field.name}`);
      const width = field.type === 'u1' ? 1 : field.type === 'u2' ? 2 : 0;
      if (width > 0) bits += numberOf(Number(value), name, field.name).toString(2).padStart(width, '0');
      else parts.push(encodeField(field.type, value, `${name}.${field.name}`));
    }
    for (; bits.length >= 8; bits = bits.slice(8)) parts.push(Buffer.of(parseInt(bits.slice(0, 8), 2)));
  }
  for (const child of node.params ?? []) parts.push(encodeParameter(known, child));
  return Buffer.concat(parts);
}

function numberOf(value: unknown, ...where: string[]): number {
  if (typeof value !== 'number' || !Number.isInteger(value)) {
    throw new RangeError(`${where.join('.')} is no whole number: ${String(value)}`);
  }
  return value;
}

function encodeField(type: FieldType, value: FieldValue, where: string): Buffer {
  switch (type) {
    case 'u8':
    case 'u16':
    case 'u32': {
      const out = Buffer.alloc(Number(type.slice(1)) / 8);
      out.writeUIntBE(numberOf(value, where), 0, out.length);
      return out;
    }
    case 's8':
    case 's16': {
      const out = Buffer.alloc(Number(type.slice(1)) / 8);
      out.writeIntBE(numberOf(value, where), 0, out.length);
      return out;
    }
    case 'u64': {
      if (typeof value !== 'bigint') throw new RangeError(`${where} is no bigint`);
      const out = Buffer.alloc(8);
      out.writeBigUInt64BE(value);
      return out;
    }
    case 'u96':
    case 'bytesToEnd':
      return hexBytes(value, where, type === 'u96' ? 12 : null);
    case 'u1v': {
      if (typeof value !== 'object' || !('bits' in value)) throw new RangeError(`${where} is no bit array`);
      return counted(value.bits, hexBytes(value.hex, where, Math.ceil(value.bits / 8)));
    }
    case 'u8v': {
      const bytes = hexBytes(value, where, null);
      return counted(bytes.length, bytes);
    }
    case 'u16v':
    case 'u32v': {
      if (!Array.isArray(value)) throw new RangeError(`${where} is no list`);
      const width = type === 'u16v' ? 2 : 4;
      const bytes = Buffer.alloc(value.length * width);
      value.forEach((item, i) => bytes.writeUIntBE(numberOf(item, where), i * width, width));
      return counted(value.length, bytes);
    }
    case 'utf8v': {
      if (typeof value !== 'string') throw new RangeError(`${where} is no text`);
      const bytes = Buffer.from(value, 'utf8');
      return counted(bytes.length, bytes);
    }
    case 'u1':
    case 'u2':
    default:
      throw new RangeError(`${where} is no whole byte`);
  }
}

function hexBytes(value: unknown, where: string, length: number | null): Buffer {
  const bytes = Buffer.from(typeof value === 'string' ? value : '', 'hex');
  if (typeof value !== 'string' || bytes.length * 2 !== value.length)
    throw new RangeError(`${where} is no hex`);
  if (length !== null && bytes.length !== length) {
    throw new RangeError(`${where} has ${bytes.length} bytes, it must have ${length}`);
  }
  return bytes;
}

function counted(count: number, bytes: Buffer): Buffer {
  const head = Buffer.alloc(2);
  head.writeUInt16BE(count);
  return Buffer.concat([head, bytes]);
}
