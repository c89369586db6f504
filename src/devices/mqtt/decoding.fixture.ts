import { isJsonObject, JsonNumber, type Json } from '../../domain/strict-json.ts';
import { DECODERS } from './decoders.ts';

/** A document as plain values. */
export function plain(value: Json): unknown {
  if (value instanceof JsonNumber) return Number(value.text);
  if (isJsonObject(value)) return Object.fromEntries([...value].map(([k, v]) => [k, plain(v)]));
  return Array.isArray(value) ? (value as readonly Json[]).map(plain) : value;
}

export const bytes = (hex: string): Buffer => Buffer.from(hex.replaceAll(' ', ''), 'hex');

/** What a decoder makes of these bytes, or why it refuses them. */
export function read(decoder: keyof typeof DECODERS, hex: string): unknown {
  const decoded = DECODERS[decoder](bytes(hex));
  return typeof decoded === 'string' ? decoded : plain(decoded);
}
