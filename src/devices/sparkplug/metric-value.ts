import { JsonNumber } from '../../domain/strict-json.ts';
import type { Metric, WireValue } from './codec.ts';

/** Sparkplug 3.0, 6.4.16: data types of single values. */
export const DataType = {
  int8: 1,
  int16: 2,
  int32: 3,
  int64: 4,
  uint8: 5,
  uint16: 6,
  uint32: 7,
  uint64: 8,
  float: 9,
  double: 10,
  boolean: 11,
  string: 12,
  dateTime: 13,
  text: 14,
  uuid: 15,
} as const;

const SIGNED = new Map<number, number>([
  [DataType.int8, 8],
  [DataType.int16, 16],
  [DataType.int32, 32],
  [DataType.int64, 64],
]);
const UNSIGNED = new Map<number, number>([
  [DataType.uint8, 8],
  [DataType.uint16, 16],
  [DataType.uint32, 32],
  [DataType.uint64, 64],
  [DataType.dateTime, 64],
]);
const TEXTS: ReadonlySet<number> = new Set([DataType.string, DataType.text, DataType.uuid]);

/** What a metric says as a value that payload maps know; a wrong one is told why. */
export type Said =
  | { readonly ok: true; readonly value: JsonNumber | boolean | string | null }
  | { readonly ok: false; readonly why: string };

export function saidBy({ isNull, value }: Metric, datatype: number): Said {
  if (isNull) return { ok: true, value: null };
  if (value === null) return { ok: false, why: 'has no value, and does not say that it is null' };
  const said = read(value, datatype);
  return said === null
    ? { ok: false, why: `is ${shown(value)}, no value of type ${datatype}` }
    : { ok: true, value: said };
}

function read(value: WireValue, datatype: number): JsonNumber | boolean | string | null {
  if (value.is === 'int' || value.is === 'long') {
    const signed = SIGNED.get(datatype);
    const unsigned = UNSIGNED.get(datatype);
    const whole =
      signed !== undefined
        ? negated(value.v, signed, value.is)
        : unsigned !== undefined && value.v >> BigInt(unsigned) === 0n
          ? value.v
          : null;
    return whole === null ? null : new JsonNumber(String(whole));
  }
  if (value.is === 'boolean') return datatype === DataType.boolean ? value.v : null;
  if (value.is === 'string') return TEXTS.has(datatype) ? value.v : null;
  if (value.is === 'float' || value.is === 'double') {
    const isRight = datatype === (value.is === 'float' ? DataType.float : DataType.double);
    if (!isRight || !Number.isFinite(value.v)) return null;
    return new JsonNumber(value.is === 'float' ? shortest(value.v) : String(value.v));
  }
  return null;
}

/** What an order makes of a metric. */
export type Wanted = boolean | number | string;

/** A value as a metric of this type takes it; null for one that it cannot be. */
export function wireOf(value: Wanted, datatype: number): WireValue | null {
  if (typeof value === 'boolean') return datatype === DataType.boolean ? { is: 'boolean', v: value } : null;
  if (typeof value === 'string') return TEXTS.has(datatype) ? { is: 'string', v: value } : null;
  if (datatype === DataType.float) return { is: 'float', v: Math.fround(value) };
  if (datatype === DataType.double) return { is: 'double', v: value };
  if (!Number.isSafeInteger(value)) return null;
  const v = BigInt(value);
  const [signed, unsigned] = [SIGNED.get(datatype), UNSIGNED.get(datatype)];
  const fits =
    signed === undefined
      ? unsigned !== undefined && BigInt.asUintN(unsigned, v) === v
      : BigInt.asIntN(signed, v) === v;
  if (!fits) return null;
  const isLong = (signed ?? unsigned) === 64;
  return isLong ? { is: 'long', v: BigInt.asUintN(64, v) } : { is: 'int', v: BigInt.asUintN(32, v) };
}

/** Whether a metric says that it is so. */
export function isSaid(wanted: Wanted, { metric, datatype }: { metric: Metric; datatype: number }): boolean {
  const said = saidBy(metric, datatype);
  if (!said.ok || said.value === null) return false;
  if (!(said.value instanceof JsonNumber)) return said.value === wanted;
  const number = Number(said.value.text);
  return (
    number === wanted || (datatype === DataType.float && Math.fround(number) === Math.fround(Number(wanted)))
  );
}

/** Negative numbers are two's complement, of their own width or of the field's: senders differ. */
function negated(v: bigint, bits: number, is: 'int' | 'long'): bigint | null {
  const n = BigInt.asIntN(bits, v);
  return BigInt.asUintN(bits, n) === v || BigInt.asUintN(is === 'int' ? 32 : 64, n) === v ? n : null;
}

/** The shortest decimal that is this single-precision number: 4.3, where it is 4.30000019… in double. */
function shortest(v: number): string {
  for (let digits = 1; digits < 9; digits++) {
    const text = Number(v.toPrecision(digits));
    if (Math.fround(text) === v) return String(text);
  }
  return String(Number(v.toPrecision(9)));
}

function shown({ is, v }: WireValue): string {
  return v instanceof Uint8Array ? `${v.length} bytes (${is})` : `${is} ${String(v).slice(0, 40)}`;
}
