import { Priority, type PriorityName, type Text } from '../domain/alarm.ts';
import { suggestion } from '../domain/nearest.ts';
import { parseDecimal, parseDuration } from '../domain/units.ts';
import { display, Fields } from './fields.ts';
import type { Delay } from './rule.ts';
import { sizeAt } from './threshold.ts';

/** A year: no delay of a rule is longer. */
const LONGEST_MS = 366 * 86_400_000;
const MOST_SAMPLES = 1000;

const PRIORITY_NAMES = Object.keys(Priority);

export function readText(fields: Fields, key: string, expected: string): string | null {
  const raw = fields.raw(key);
  if (raw === undefined) return fields.missing(key, expected);
  if (typeof raw !== 'string' || raw.trim() === '') return fields.fail(key, `must be ${expected}`);
  return raw;
}

/** A name out of a closed list; `what` names the list in the message. */
export function readName(fields: Fields, key: string, known: readonly string[], what: string): string | null {
  const name = readText(fields, key, `the name of ${what}`);
  if (name === null || known.includes(name)) return name;
  return fields.fail(key, `"${name}" is not ${what}${suggestion(name, known)}`);
}

export function readTitle(fields: Fields): Text | null {
  const raw = fields.raw('title');
  if (raw === undefined) return fields.missing('title', 'a title in both languages, { en: …, zh: … }');
  const inner = Fields.of(raw, fields.at('title'), fields.problems, ['en', 'zh']);
  if (inner === null) return null;
  const en = readText(inner, 'en', 'the English title');
  const zh = readText(inner, 'zh', 'the Chinese title');
  return en === null || zh === null ? null : { en, zh };
}

export function readPriority(fields: Fields, key: string): Priority | null {
  const raw = fields.raw(key);
  if (raw === undefined) return fields.missing(key, `one of ${PRIORITY_NAMES.join(', ')}`);
  if (isPriorityName(raw)) return Priority[raw];
  return fields.fail(key, `must be a priority${suggestion(display(raw), PRIORITY_NAMES)}`);
}

function isPriorityName(raw: unknown): raw is PriorityName {
  return typeof raw === 'string' && Object.hasOwn(Priority, raw);
}

export function readFlag(fields: Fields, key: string): boolean {
  const raw = fields.raw(key) ?? false;
  if (typeof raw === 'boolean') return raw;
  fields.fail(key, 'must be true or false');
  return false;
}

/** Milliseconds, at least `least`. */
export function readDuration(fields: Fields, key: string, least: number): number | null {
  const raw = fields.raw(key);
  if (raw === undefined) return fields.missing(key, 'a time such as 30s, 5m or 1h');
  const ms = typeof raw === 'string' ? parseDuration(raw) : null;
  if (ms === null) return fields.fail(key, 'must be a time such as 30s, 5m or 1h');
  if (ms < least) return fields.fail(key, `must be at least ${least}ms`);
  return ms > LONGEST_MS ? fields.fail(key, 'must be at most 366d') : ms;
}

/** `5m`, or `3 samples`: so many usable readings in a row. */
export function readDelay(fields: Fields, key: string): Delay | null {
  const raw = fields.raw(key);
  const expected = 'a time or a count, such as 0s, 5m or 3 samples: each set-point has both delays';
  if (raw === undefined) return fields.missing(key, expected);
  const samples = readCount(raw, 'sample');
  if (samples === null) return wrap(readDuration(fields, key, 0));
  if (samples >= 1 && samples <= MOST_SAMPLES) return { samples };
  return fields.fail(key, `must be from 1 to ${MOST_SAMPLES} samples`);
}

function wrap(ms: number | null): Delay | null {
  return ms === null ? null : { ms };
}

/** The 3 of `3 samples` or `3 sample`; null when it is not so written. */
export function readCount(raw: unknown, unit: string): number | null {
  const match = typeof raw === 'string' ? /^(\d{1,6})\s+([a-z]+?)s?$/.exec(raw.trim()) : null;
  return match?.[2] === unit ? Number(match[1]) : null;
}

/** `0.5 %` as 0.005; above nothing. */
export function readShare(level: Fields, key: string, most: number): number | null {
  const raw = level.raw(key);
  if (raw === undefined) return level.missing(key, 'a share such as 0.5 %');
  const percent = typeof raw === 'string' ? /^(.*\S)\s*%$/.exec(raw)?.[1] : undefined;
  const value = percent === undefined ? null : parseDecimal(percent);
  const share = value === null ? 0 : sizeAt(value, 0) / 100;
  return share > 0 && share < most ? share : level.fail(key, 'must be a share such as 0.5 %');
}
