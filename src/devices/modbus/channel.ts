import type { Response } from './codec.ts';

/** One value of a register map: where it stands in its block and how its bits are read. */
export type Channel = {
  readonly name: string;
  readonly quantity: string;
  /** UCUM. */
  readonly unit: string;
  readonly exp: number;
  /** Registers or bits from the start of the block. */
  readonly offset: number;
  readonly type: ChannelType;
  readonly wordOrder: 'high-first' | 'low-first';
  /** Plausible range as scaled integers; a value outside is stored with quality outsideRange. */
  readonly min: number | null;
  readonly max: number | null;
  readonly urgent: boolean;
  /** For bits: a closed contact (1) reads as 0. */
  readonly invert: boolean;
};

/** `f32` is IEEE 754 single precision in two registers. */
export type ChannelType = 'bit' | 's16' | 'u16' | 's32' | 'u32' | 'f32';

/** Registers (or bits) a value takes. */
export const WIDTH: Readonly<Record<ChannelType, number>> = {
  bit: 1,
  s16: 1,
  u16: 1,
  s32: 2,
  u32: 2,
  f32: 2,
};

/**
 * The scaled integer of a channel in the answer to its block; null when the answer has no such place, or
 * where a floating-point number is none or too large to be kept. Such a number is rounded to the steps of
 * its stream: a binary fraction has no exact decimal.
 */
export function valueOf(channel: Channel, response: Response): number | null {
  if ('bits' in response) {
    const bit = response.bits[channel.offset];
    return bit === undefined ? null : Number(bit !== channel.invert);
  }
  if (!('registers' in response)) return null;
  const first = response.registers[channel.offset];
  const second = response.registers[channel.offset + 1];
  if (first === undefined) return null;
  if (WIDTH[channel.type] === 1) return channel.type === 's16' ? signed(first, 16) : first;
  if (second === undefined) return null;
  const [high, low] = channel.wordOrder === 'high-first' ? [first, second] : [second, first];
  const value = high * 0x10000 + low;
  if (channel.type === 'f32') return scaledFloat(value, channel.exp);
  return channel.type === 's32' ? signed(value, 32) : value;
}

/** The registers or the one bit that stand for scaled integer `v`: the device's half of `valueOf`. */
export function rawOf(channel: Channel, v: number): readonly number[] {
  if (channel.type === 'bit') return [Number((v !== 0) !== channel.invert)];
  const size = WIDTH[channel.type] === 1 ? 0x10000 : 0x1_0000_0000;
  const raw = channel.type === 'f32' ? floatBits(v, channel.exp) : v < 0 ? v + size : v;
  if (!Number.isInteger(raw) || raw < 0 || raw >= size) {
    throw new RangeError(`${v} does not fit ${channel.type} of channel ${channel.name}`);
  }
  if (WIDTH[channel.type] === 1) return [raw];
  const words = [Math.floor(raw / 0x10000), raw % 0x10000];
  return channel.wordOrder === 'high-first' ? words : words.toReversed();
}

export function isOutside(channel: Channel, v: number): boolean {
  return (channel.min !== null && v < channel.min) || (channel.max !== null && v > channel.max);
}

function signed(value: number, bits: 16 | 32): number {
  return value >= 2 ** (bits - 1) ? value - 2 ** bits : value;
}

const word = new DataView(new ArrayBuffer(4));

function scaledFloat(bits: number, exp: number): number | null {
  word.setUint32(0, bits);
  const value = word.getFloat32(0);
  // A power of ten is exact, its inverse is not: 230.5 stays 2305 tenths.
  const scaled = exp < 0 ? value * 10 ** -exp : value / 10 ** exp;
  const v = Math.sign(scaled) * Math.round(Math.abs(scaled));
  return Number.isSafeInteger(v) ? v + 0 : null;
}

function floatBits(v: number, exp: number): number {
  word.setFloat32(0, exp < 0 ? v / 10 ** -exp : v * 10 ** exp);
  return word.getUint32(0);
}
