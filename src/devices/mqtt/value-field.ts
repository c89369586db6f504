import { decimalOf, JsonNumber, type Json } from '../../domain/strict-json.ts';
import { scale, type Decimal } from '../../domain/units.ts';
import { shown, textOf } from './json-path.ts';

/** How a JSON value becomes the scaled integer of a stream. */
export type ValueRule = {
  readonly exp: number;
  /** Scalar as written → scaled value; null for numbers. */
  readonly words: ReadonlyMap<string, number> | null;
  /** A number written as text is one, too. */
  readonly numberAsText: boolean;
  /** Cut to the stream's resolution; without it a finer number is refused. */
  readonly round: boolean;
  readonly scale: Decimal | null;
  readonly offset: Decimal | null;
};

export type ReadValue =
  { readonly ok: true; readonly v: number | null } | { readonly ok: false; readonly reason: string };

/** JSON null is a device that has no value: v null. */
export function readValue(value: Json, rule: ValueRule): ReadValue {
  if (value === null) return { ok: true, v: null };
  if (rule.words !== null) {
    const v = rule.words.get(textOf(value) ?? '');
    return v === undefined
      ? { ok: false, reason: `is ${shown(value)}, expected ${[...rule.words.keys()].join(' or ')}` }
      : { ok: true, v };
  }
  const number = rule.numberAsText && typeof value === 'string' ? numberIn(value) : value;
  if (!(number instanceof JsonNumber)) return { ok: false, reason: `is ${shown(value)}, expected a number` };
  const v = toScaled(number, rule);
  if (v === null)
    return { ok: false, reason: `is ${number.text}, which has no place in steps of 1e${rule.exp}` };
  return { ok: true, v };
}

function numberIn(text: string): JsonNumber | null {
  return /^-?\d{1,20}(\.\d{1,20})?$/.test(text) ? new JsonNumber(text) : null;
}

function toScaled(number: JsonNumber, rule: ValueRule): number | null {
  if (rule.scale === null && rule.offset === null) {
    const d = decimalOf(number);
    const exact = d === null ? null : scale(d, rule.exp);
    if (exact !== null || !rule.round) return exact;
  }
  return toScaledExactly(number, rule);
}

/** value·scale + offset in whole arithmetic of any length; at most one rounding, half away from 0. */
function toScaledExactly(number: JsonNumber, rule: ValueRule): number | null {
  const match = /^(-?\d+)(?:\.(\d+))?(?:[eE]([+-]?\d{1,2}))?$/.exec(number.text);
  if (match === null) return null;
  const fraction = match[2] ?? '';
  const factor = rule.scale ?? { digits: 1, exp: 0 };
  const plus = rule.offset ?? { digits: 0, exp: 0 };
  const digits = BigInt(`${match[1] ?? ''}${fraction}`) * BigInt(factor.digits);
  const exp = Number(match[3] ?? 0) - fraction.length + factor.exp;
  const low = Math.min(exp, plus.exp, rule.exp);
  const sum = digits * 10n ** BigInt(exp - low) + BigInt(plus.digits) * 10n ** BigInt(plus.exp - low);
  const step = 10n ** BigInt(rule.exp - low);
  if (sum % step !== 0n && !rule.round) return null;
  const half = sum < 0n ? -step / 2n : step / 2n;
  const v = Number((sum + half) / step);
  return Number.isSafeInteger(v) ? v : null;
}
