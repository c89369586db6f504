import { formatScaled, parseDecimal, scale } from '../../domain/units.ts';
import { timeText } from './format.ts';
import type { Question } from '../../evidence/question.ts';

/** A question as the texts of a form; times in this device's own zone, spans in seconds. */
export type Fields = {
  readonly kind: Question['kind'];
  readonly from: string;
  readonly to: string;
  readonly slots: readonly number[];
  readonly unit: string;
  readonly decimals: string;
  readonly min: string;
  readonly max: string;
  readonly epc: string;
  readonly maxGap: string;
  readonly allowOut: string;
  readonly allowGap: string;
};
export type FieldName = keyof Fields;

export type ReadFields =
  | { readonly ok: true; readonly question: Question }
  /** What is wrong with a field, each by its name. */
  | { readonly ok: false; readonly wrong: readonly FieldName[] };

export const EMPTY_FIELDS: Fields = {
  kind: 'range',
  from: '',
  to: '',
  slots: [],
  unit: 'Cel',
  decimals: '2',
  min: '',
  max: '',
  epc: '',
  maxGap: '300',
  allowOut: '0',
  allowGap: '0',
};

export function fieldsOf(question: Question): Fields {
  const common = {
    ...EMPTY_FIELDS,
    kind: question.kind,
    from: localTime(question.from),
    to: localTime(question.to),
    slots: question.slots,
    maxGap: seconds(question.maxGapMs),
    allowGap: seconds(question.allowGapMs),
  };
  if (question.kind === 'present') return { ...common, epc: question.epc };
  const { unit, exp, min, max } = question;
  return {
    ...common,
    unit,
    decimals: String(-exp),
    min: min === Number.MIN_SAFE_INTEGER ? '' : formatScaled(min, exp),
    max: max === Number.MAX_SAFE_INTEGER ? '' : formatScaled(max, exp),
    allowOut: seconds(question.allowOutMs),
  };
}

/**
 * The question that a form asks.
 * @param before the one that filled the form: an instant whose text nobody touched stays as exact as it
 *   was, also in the hour that a change of the clocks tells twice
 */
export function questionOf(fields: Fields, before: Question | null): ReadFields {
  const wrong: FieldName[] = [];
  const need = <T>(name: FieldName, value: T | null): T | null => {
    if (value === null) wrong.push(name);
    return value;
  };
  const from = need('from', instant(fields.from, before?.from));
  const to = need('to', instant(fields.to, before?.to));
  if (from !== null && to !== null && from >= to) wrong.push('to');
  if (fields.slots.length === 0) wrong.push('slots');
  const slots = fields.slots.toSorted((a, b) => a - b);
  const maxGapMs = need('maxGap', atLeast(1, milliseconds(fields.maxGap)));
  const allowGapMs = need('allowGap', milliseconds(fields.allowGap));
  if (fields.kind === 'present') {
    const epc = need('epc', /^([0-9a-f]{2})+$/.test(fields.epc) ? fields.epc : null);
    if (wrong.length > 0 || from === null || to === null || maxGapMs === null) return { ok: false, wrong };
    if (allowGapMs === null || epc === null) return { ok: false, wrong };
    return { ok: true, question: { kind: 'present', from, to, slots, epc, maxGapMs, allowGapMs } };
  }
  const allowOutMs = need('allowOut', milliseconds(fields.allowOut));
  const exp = need('decimals', /^-?\d$/.test(fields.decimals) ? 0 - Number(fields.decimals) : null);
  const min = need('min', bound(fields.min, exp ?? 0, Number.MIN_SAFE_INTEGER));
  const max = need('max', bound(fields.max, exp ?? 0, Number.MAX_SAFE_INTEGER));
  if (min !== null && max !== null && min > max) wrong.push('max');
  if (wrong.length > 0 || from === null || to === null || maxGapMs === null) return { ok: false, wrong };
  if (allowGapMs === null || allowOutMs === null || exp === null) return { ok: false, wrong };
  if (min === null || max === null) return { ok: false, wrong };
  const { unit } = fields;
  const spans = { maxGapMs, allowOutMs, allowGapMs };
  return { ok: true, question: { kind: 'range', from, to, slots, unit, exp, min, max, ...spans } };
}

/** As an input of type datetime-local has it; empty for what no calendar holds. */
function localTime(ms: number): string {
  const year = new Date(ms).getFullYear();
  return year >= 1000 && year <= 9999 ? timeText(ms).replace(' ', 'T') : '';
}

function instant(text: string, before: number | undefined): number | null {
  if (before !== undefined && text === localTime(before)) return before;
  const ms = text === '' ? Number.NaN : new Date(text).getTime();
  return Number.isSafeInteger(ms) && ms >= 0 ? ms : null;
}

function seconds(ms: number): string {
  return String(ms / 1000);
}

function milliseconds(text: string): number | null {
  const decimal = parseDecimal(text);
  return decimal === null ? null : atLeast(0, scale(decimal, -3));
}

function atLeast(least: number, n: number | null): number | null {
  return n !== null && n >= least ? n : null;
}

/** No limit where nothing stands. */
function bound(text: string, exp: number, none: number): number | null {
  if (text.trim() === '') return none;
  const decimal = parseDecimal(text);
  return decimal === null ? null : scale(decimal, exp);
}
