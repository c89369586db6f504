import { JsonFault, JsonField } from './json-fields.ts';
import { parseStrictJson } from '../domain/strict-json.ts';
import { fromHex } from './encodings.ts';

/** Was every one of these streams within [min, max] over [from, to)? Times in ms. */
export type RangeQuestion = {
  readonly kind: 'range';
  readonly from: number;
  readonly to: number;
  readonly slots: readonly number[];
  /** UCUM, and the exponent of min and max: value = v · 10^exp. */
  readonly unit: string;
  readonly exp: number;
  readonly min: number;
  readonly max: number;
  /** Time that one reading covers at most. */
  readonly maxGapMs: number;
  /** Time out of range, and time not covered, that the asker bears with, per stream. */
  readonly allowOutMs: number;
  readonly allowGapMs: number;
};

/** Was this EPC shown at these read points over [from, to)? */
export type PresentQuestion = {
  readonly kind: 'present';
  readonly from: number;
  readonly to: number;
  readonly slots: readonly number[];
  /** Lower-case hex of the EPC's binary form. */
  readonly epc: string;
  readonly maxGapMs: number;
  readonly allowGapMs: number;
};

export type Question = RangeQuestion | PresentQuestion;
export type ParsedQuestion =
  { readonly ok: true; readonly question: Question } | { readonly ok: false; readonly why: string };

const QUESTION_MAX_BYTES = 64 * 1024;

/** Reads a question of JSON: every field present, no other. */
export function parseQuestion(bytes: Uint8Array): ParsedQuestion {
  const json = parseStrictJson(bytes, QUESTION_MAX_BYTES);
  if (!json.ok) return { ok: false, why: `not JSON of one meaning: ${json.reason}` };
  try {
    return { ok: true, question: questionAt(new JsonField(json.value, '')) };
  } catch (error) {
    if (error instanceof JsonFault) return { ok: false, why: error.message };
    throw error;
  }
}

/** @throws JsonFault that names the field */
export function questionAt(field: JsonField): Question {
  return field.map().get('kind') === 'present' ? present(field) : range(field);
}

function range(field: JsonField): RangeQuestion {
  const f = field.fields(
    'kind',
    'from',
    'to',
    'slots',
    'unit',
    'exp',
    'min',
    'max',
    'maxGapMs',
    'allowOutMs',
    'allowGapMs',
  );
  f('kind').is('range');
  const min = f('min').integer(Number.MIN_SAFE_INTEGER);
  return {
    kind: 'range',
    ...window(f('from'), f('to')),
    slots: slots(f('slots')),
    unit: f('unit').text(),
    exp: f('exp').integer(-9, 9),
    min,
    max: f('max').integer(min),
    maxGapMs: f('maxGapMs').integer(1),
    allowOutMs: f('allowOutMs').integer(0),
    allowGapMs: f('allowGapMs').integer(0),
  };
}

function present(field: JsonField): PresentQuestion {
  const f = field.fields('kind', 'from', 'to', 'slots', 'epc', 'maxGapMs', 'allowGapMs');
  f('kind').is('present');
  const epc = f('epc').text();
  if (epc === '' || fromHex(epc) === null) f('epc').fail('must be lower-case hex');
  return {
    kind: 'present',
    ...window(f('from'), f('to')),
    slots: slots(f('slots')),
    epc,
    maxGapMs: f('maxGapMs').integer(1),
    allowGapMs: f('allowGapMs').integer(0),
  };
}

function window(from: JsonField, to: JsonField): { from: number; to: number } {
  const start = from.integer(0);
  return { from: start, to: to.integer(start + 1) };
}

/** Ascending, so that a question has one spelling; at least one. */
function slots(field: JsonField): readonly number[] {
  const list = field.list(1024).map((item) => item.integer(0, 1023));
  if (list.length === 0 || list.some((slot, i) => i > 0 && slot <= (list[i - 1] ?? -1)))
    field.fail('must list slots in ascending order');
  return list;
}
