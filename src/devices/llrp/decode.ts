import {
  CUSTOM_PARAMETER,
  FIRST_TLV,
  protocol,
  vendorParameter,
  type Definition,
  type Protocol,
} from './definitions.ts';
import { fixedWidth, readFields } from './fields.ts';
import { HEADER_BYTES, readHeader } from './header.ts';
import { attempt, Malformed, type Decoded, type LlrpMessage, type LlrpNode } from './node.ts';

/** A whole message: its header, every field, and every parameter in a place where it may stand. */
export function decodeMessage(message: Uint8Array): Decoded<LlrpMessage> {
  const bytes = Buffer.from(message.buffer, message.byteOffset, message.byteLength);
  return attempt(() => {
    const { version, type, length, id } = readHeader(bytes);
    if (length !== bytes.length) {
      throw new Malformed('incomplete', `the length says ${length}, the message has ${bytes.length} bytes`);
    }
    const known = protocol(version);
    const definition = known.messages.get(type);
    if (definition === undefined) throw new Malformed('unknown-message', `message type ${type}`);
    return { version, id, body: readBody(definition, known, bytes, HEADER_BYTES, bytes.length) };
  });
}

/**
 * A vendor's parameter with its fields by name, where we know it and it is well formed, else null:
 * `Custom` bears whatever the vendor likes, and firmware differs.
 */
export function decodeVendor(custom: LlrpNode): LlrpNode | null {
  const { VendorIdentifier: vendor, ParameterSubtype: subtype, Data: data } = custom.fields ?? {};
  if (typeof vendor !== 'number' || typeof subtype !== 'number' || typeof data !== 'string') return null;
  const definition = vendorParameter(vendor, subtype);
  if (definition === undefined) return null;
  const bytes = Buffer.from(data, 'hex');
  const decoded = attempt(() => readBody(definition, protocol(1), bytes, 0, bytes.length));
  return decoded.ok ? decoded.value : null;
}

/** A parameter that starts at `at` and where it ends, at most `end`. @throws Malformed */
export function readParameter(
  known: Protocol,
  bytes: Buffer,
  at: number,
  end: number,
): { readonly node: LlrpNode; readonly type: number; readonly at: number } {
  const first = bytes[at] ?? 0;
  if (first >= FIRST_TLV) {
    const definition = known.parameters.get(first - FIRST_TLV);
    const width = definition === undefined ? null : fixedWidth(definition.fields);
    if (definition === undefined || width === null) {
      throw new Malformed('unknown-tv', `TV parameter type ${first - FIRST_TLV}`);
    }
    if (at + 1 + width > end) throw new Malformed('cut-short', `${definition.name} is cut short`);
    const next = at + 1 + width;
    return { node: readBody(definition, known, bytes, at + 1, next), type: definition.type, at: next };
  }
  if (at + 4 > end) throw new Malformed('cut-short', `a parameter header has ${end - at} bytes`);
  const type = bytes.readUInt16BE(at) & 0x3ff;
  const length = bytes.readUInt16BE(at + 2);
  if (length < 4 || at + length > end) {
    throw new Malformed('tlv-length', `parameter type ${type} of ${length} bytes, ${end - at} are there`);
  }
  const definition = type < FIRST_TLV ? undefined : known.parameters.get(type);
  if (definition === undefined) throw new Malformed('unknown-parameter', `TLV parameter type ${type}`);
  return { node: readBody(definition, known, bytes, at + 4, at + length), type, at: at + length };
}

function readBody(
  definition: Definition,
  known: Protocol,
  bytes: Buffer,
  from: number,
  end: number,
): LlrpNode {
  const { name, fields, slots } = definition;
  const { values, at } = readFields(definition, bytes, from, end);
  const params: LlrpNode[] = [];
  const counts = new Map<string, number>();
  let pos = at;
  while (pos < end) {
    if (slots.length === 0) throw new Malformed('trailing', `${name} has ${end - pos} bytes too many`);
    const read = readParameter(known, bytes, pos, end);
    // A Custom whose vendor we know stands by its own name in a vendor's list of children.
    const child = read.type === CUSTOM_PARAMETER ? nameWithin(definition, read.node) : read.node.name;
    counts.set(child, (counts.get(child) ?? 0) + 1);
    params.push(read.node);
    pos = read.at;
  }
  requirePlaces(definition, counts);
  return {
    name,
    ...(fields.some((f) => f.name !== null) && { fields: values }),
    ...(params.length > 0 && { params }),
  };
}

function nameWithin({ slots }: Definition, custom: LlrpNode): string {
  const { VendorIdentifier: vendor, ParameterSubtype: subtype } = custom.fields ?? {};
  const own = vendorParameter(Number(vendor), Number(subtype))?.name;
  return own !== undefined && slots.some((slot) => slot.names.includes(own)) ? own : custom.name;
}

/** Every child has a place, no place holds more than it may, and none that must be taken is empty. */
function requirePlaces({ name, slots }: Definition, counts: ReadonlyMap<string, number>): void {
  for (const child of counts.keys()) {
    if (!slots.some((slot) => slot.names.includes(child))) {
      throw new Malformed('misplaced', `${child} does not stand in ${name}`);
    }
  }
  for (const { names, least, many } of slots) {
    const count = names.reduce((sum, child) => sum + (counts.get(child) ?? 0), 0);
    if (count < least) throw new Malformed('missing', `${name} lacks ${names.join(' or ')}`);
    const elsewhere = slots.some((slot) => slot.many && names.some((child) => slot.names.includes(child)));
    if (count > 1 && !many && !elsewhere) {
      throw new Malformed('misplaced', `${name} has ${count} of ${names.join(' and ')}`);
    }
  }
}
