import { UsageError } from './failure.ts';
import { span } from './inputs.ts';

type Hex = `0x${string}`;

/** 20 bytes in hex. @throws UsageError */
export function address(text: string): Hex {
  if (!/^(0x)?[0-9a-f]{40}$/i.test(text)) throw new UsageError(`"${text}" is no address`);
  return `0x${text.replace(/^0x/i, '')}`;
}

/** 32 bytes in hex: an id or a hash. @throws UsageError */
export function hash32(text: string): Hex {
  if (!/^(0x)?[0-9a-f]{64}$/i.test(text)) throw new UsageError(`"${text}" is not 32 bytes in hex`);
  return `0x${text.replace(/^0x/i, '').toLowerCase()}`;
}

/** A whole number of the document's unit, below 2^96. @throws UsageError */
export function quantity(text: string): bigint {
  const value = /^\d{1,29}$/.test(text) ? BigInt(text) : 1n << 96n;
  if (value >= 1n << 96n) throw new UsageError(`"${text}" is no whole number of the document's unit`);
  return value;
}

/** Below 2^256. @throws UsageError */
export function nonce(text: string): bigint {
  const value = /^\d{1,78}$/.test(text) ? BigInt(text) : 1n << 256n;
  if (value >= 1n << 256n) throw new UsageError(`"${text}" is no nonce: a whole number below 2^256`);
  return value;
}

/** A time span in whole seconds, at most a uint32. @throws UsageError */
export function seconds(text: string): number {
  const s = Math.ceil(span(text) / 1000);
  if (s < 1 || s > 0xffff_ffff) throw new UsageError(`"${text}" is too short or too long`);
  return s;
}

/** Seconds since 1970: in so long, or a moment with its offset. @throws UsageError */
export function until(text: string, now: number): number {
  if (/^\d{4}-\d\d-\d\dT[^Z+]+(Z|[+-]\d\d:\d\d)$/.test(text) && !Number.isNaN(Date.parse(text)))
    return Math.floor(Date.parse(text) / 1000);
  return Math.floor(now / 1000) + seconds(text);
}
