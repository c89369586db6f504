import type { Decimal } from '../domain/units.ts';

/**
 * A threshold x on a stream of scaled integers, kept exact: for an integer v, v > x says the same
 * as v > floor(x), and v < x the same as v < ceil(x). So a threshold with more digits than the
 * stream is never rounded; its two integer neighbours are compared instead.
 */
export type Threshold = { readonly floor: number; readonly ceil: number };

/** Exponents of streams and of written numbers stay within this, so the powers below are small. */
const MOST_EXP = 40;

/** `d` as a threshold for values v · 10^exp; null when it leaves ±(2^53-1). */
export function thresholdOf(d: Decimal, exp: number): Threshold | null {
  const shift = d.exp - exp;
  if (Math.abs(shift) > MOST_EXP) return null;
  const power = 10n ** BigInt(Math.abs(shift));
  const digits = BigInt(d.digits);
  if (shift >= 0) return safe(digits * power, digits * power);
  const cut = digits / power;
  if (cut * power === digits) return safe(cut, cut);
  return digits < 0n ? safe(cut - 1n, cut) : safe(cut, cut + 1n);
}

function safe(low: bigint, high: bigint): Threshold | null {
  const floor = Number(low);
  const ceil = Number(high);
  return Number.isSafeInteger(floor) && Number.isSafeInteger(ceil) ? { floor, ceil } : null;
}

/** a + b, exact; null when the sum has too many digits to be written exactly. */
export function add(a: Decimal, b: Decimal): Decimal | null {
  const exp = Math.min(a.exp, b.exp);
  const sum = lift(a, exp) + lift(b, exp);
  const digits = Number(sum);
  return Number.isSafeInteger(digits) ? { digits, exp } : null;
}

export function negate(d: Decimal): Decimal {
  return { digits: d.digits === 0 ? 0 : -d.digits, exp: d.exp };
}

/** Negative, 0 or positive as a is less than, equal to or greater than b. */
export function compare(a: Decimal, b: Decimal): number {
  const exp = Math.min(a.exp, b.exp);
  const [x, y] = [lift(a, exp), lift(b, exp)];
  if (x === y) return 0;
  return x < y ? -1 : 1;
}

function lift(d: Decimal, exp: number): bigint {
  return BigInt(d.digits) * 10n ** BigInt(d.exp - exp);
}

/** `d` as a size on a stream of this exponent, for sums and slopes that are no integers themselves. */
export function sizeAt(d: Decimal, exp: number): number {
  const shift = d.exp - exp;
  return shift >= 0 ? d.digits * 10 ** shift : d.digits / 10 ** -shift;
}
