import { fieldsOf, MessageWriter, NoMessage, type Field } from './protobuf.ts';

/** A value as it is on the wire; what it means says the data type (Sparkplug 3.0, 6.4.16). */
export type WireValue =
  | { readonly is: 'int' | 'long'; readonly v: bigint }
  | { readonly is: 'float' | 'double'; readonly v: number }
  | { readonly is: 'boolean'; readonly v: boolean }
  | { readonly is: 'string'; readonly v: string }
  /** Bytes, and what nobody here takes apart: data sets, templates, extensions. */
  | { readonly is: 'bytes' | 'dataset' | 'template' | 'extension'; readonly v: Uint8Array };

/** One metric of a payload. What is null was not there. */
export type Metric = {
  readonly name: string | null;
  readonly alias: bigint | null;
  /** ms since 1970. */
  readonly timestamp: bigint | null;
  readonly datatype: number | null;
  readonly isHistorical: boolean;
  readonly isTransient: boolean;
  readonly isNull: boolean;
  /** The property `Quality`: 0 bad, 192 good, 500 stale. */
  readonly quality: number | null;
  readonly value: WireValue | null;
};

export type Payload = {
  readonly timestamp: bigint | null;
  readonly metrics: readonly Metric[];
  readonly seq: bigint | null;
};

export type Decoded =
  { readonly ok: true; readonly payload: Payload } | { readonly ok: false; readonly why: string };

/** More metrics than that no edge node here has. */
const MOST_METRICS = 10_000;
const QUALITY = 'Quality';
const INT32 = 3n;

const VALUES: ReadonlyMap<number, WireValue['is']> = new Map([
  [10, 'int'],
  [11, 'long'],
  [12, 'float'],
  [13, 'double'],
  [14, 'boolean'],
  [15, 'string'],
  [16, 'bytes'],
  [17, 'dataset'],
  [18, 'template'],
  [19, 'extension'],
]);
const NUMBERS = new Map([...VALUES].map(([no, is]) => [is, no]));

const UTF8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** Reads a Sparkplug B payload (sparkplug_b.proto). Never throws. */
export function decodePayload(bytes: Uint8Array): Decoded {
  try {
    return { ok: true, payload: readPayload(bytes) };
  } catch (error) {
    if (error instanceof NoMessage) return { ok: false, why: error.message };
    throw error;
  }
}

function readPayload(bytes: Uint8Array): Payload {
  let [timestamp, seq]: [bigint | null, bigint | null] = [null, null];
  const metrics: Metric[] = [];
  for (const field of fieldsOf(bytes)) {
    if (field.no === 1) timestamp = whole(field);
    else if (field.no === 2) {
      if (metrics.length === MOST_METRICS) throw new NoMessage(`more than ${MOST_METRICS} metrics`);
      metrics.push(readMetric(inner(field)));
    } else if (field.no === 3) seq = whole(field);
  }
  return { timestamp, metrics, seq };
}

function readMetric(bytes: Uint8Array): Metric {
  const m: { -readonly [key in keyof Metric]: Metric[key] } = {
    name: null,
    alias: null,
    timestamp: null,
    datatype: null,
    isHistorical: false,
    isTransient: false,
    isNull: false,
    quality: null,
    value: null,
  };
  for (const field of fieldsOf(bytes)) {
    const is = VALUES.get(field.no);
    // Of a oneof the last one counts.
    if (is !== undefined) m.value = readValue(field, is);
    else if (field.no === 1) m.name = text(field);
    else if (field.no === 2) m.alias = whole(field);
    else if (field.no === 3) m.timestamp = whole(field);
    else if (field.no === 4) m.datatype = Number(BigInt.asUintN(32, whole(field)));
    else if (field.no === 5) m.isHistorical = whole(field) !== 0n;
    else if (field.no === 6) m.isTransient = whole(field) !== 0n;
    else if (field.no === 7) m.isNull = whole(field) !== 0n;
    else if (field.no === 9) m.quality = readQuality(inner(field));
  }
  return m;
}

function readValue(field: Field, is: WireValue['is']): WireValue {
  switch (is) {
    case 'int':
      return { is, v: BigInt.asUintN(32, whole(field)) };
    case 'long':
      return { is, v: whole(field) };
    case 'float':
      return { is, v: fixed(field, 'fixed32').getFloat32(0, true) };
    case 'double':
      return { is, v: fixed(field, 'fixed64').getFloat64(0, true) };
    case 'boolean':
      return { is, v: whole(field) !== 0n };
    case 'string':
      return { is, v: text(field) };
    case 'bytes':
    case 'dataset':
    case 'template':
    case 'extension':
    default:
      return { is, v: inner(field).slice() };
  }
}

/** Of all properties only the quality means something here: keys and values stand in the same order. */
function readQuality(bytes: Uint8Array): number | null {
  const keys: string[] = [];
  const values: Uint8Array[] = [];
  for (const field of fieldsOf(bytes)) {
    if (field.no === 1) keys.push(text(field));
    else if (field.no === 2) values.push(inner(field));
  }
  if (keys.length !== values.length) {
    throw new NoMessage(`${keys.length} keys of properties and ${values.length} values`);
  }
  const found = values[keys.indexOf(QUALITY)];
  if (found === undefined) return null;
  let quality: number | null = null;
  for (const field of fieldsOf(found)) if (field.no === 3) quality = Number(BigInt.asIntN(32, whole(field)));
  return quality;
}

function whole(field: Field): bigint {
  if (field.wire !== 'varint') throw new NoMessage(`field ${field.no} is ${field.wire}, no varint`);
  return field.v;
}

function inner(field: Field): Uint8Array {
  if (field.wire !== 'bytes') throw new NoMessage(`field ${field.no} is ${field.wire}, no bytes`);
  return field.bytes;
}

function text(field: Field): string {
  try {
    return UTF8.decode(inner(field));
  } catch (error) {
    if (error instanceof TypeError) throw new NoMessage(`field ${field.no} is no UTF-8`, { cause: error });
    throw error;
  }
}

function fixed(field: Field, wire: 'fixed32' | 'fixed64'): DataView {
  if (field.wire !== wire) throw new NoMessage(`field ${field.no} is ${field.wire}, no ${wire}`);
  return new DataView(field.bytes.buffer, field.bytes.byteOffset, field.bytes.length);
}

/** Writes a payload, fields in the order of their numbers. */
export function encodePayload({ timestamp, metrics, seq }: Payload): Uint8Array {
  const out = new MessageWriter();
  if (timestamp !== null) out.varint(1, timestamp);
  for (const metric of metrics) out.bytes(2, encodeMetric(metric));
  if (seq !== null) out.varint(3, seq);
  return out.end();
}

function encodeMetric(m: Metric): Uint8Array {
  const out = new MessageWriter();
  if (m.name !== null) out.bytes(1, Buffer.from(m.name));
  if (m.alias !== null) out.varint(2, m.alias);
  if (m.timestamp !== null) out.varint(3, m.timestamp);
  if (m.datatype !== null) out.varint(4, BigInt(m.datatype));
  if (m.isHistorical) out.varint(5, 1n);
  if (m.isTransient) out.varint(6, 1n);
  if (m.isNull) out.varint(7, 1n);
  if (m.quality !== null) {
    const value = new MessageWriter().varint(1, INT32).varint(3, BigInt(m.quality >>> 0));
    out.bytes(9, new MessageWriter().bytes(1, Buffer.from(QUALITY)).bytes(2, value.end()).end());
  }
  if (m.value !== null) writeValue(out, m.value);
  return out.end();
}

function writeValue(out: MessageWriter, value: WireValue): void {
  const no = NUMBERS.get(value.is) ?? 0;
  switch (value.is) {
    case 'int':
    case 'long':
      out.varint(no, value.v);
      return;
    case 'float':
    case 'double': {
      const view = new DataView(new ArrayBuffer(value.is === 'float' ? 4 : 8));
      if (value.is === 'float') view.setFloat32(0, value.v, true);
      else view.setFloat64(0, value.v, true);
      out.fixed(no, new Uint8Array(view.buffer));
      return;
    }
    case 'boolean':
      out.varint(no, value.v ? 1n : 0n);
      return;
    case 'string':
      out.bytes(no, Buffer.from(value.v));
      return;
    case 'bytes':
    case 'dataset':
    case 'template':
    case 'extension':
      out.bytes(no, value.v);
      return;
  }
}
