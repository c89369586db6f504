import type { Problem } from '../domain/errors.ts';
import { suggestion } from '../domain/nearest.ts';
import { decimalOf, isJsonObject, JsonNumber, type Json } from '../domain/strict-json.ts';
import { recordText } from '../domain/text.ts';

type Path = readonly (string | number)[];

/** Reads one value; tells what is wrong with it and answers undefined. */
export type Field<T> = (value: Json | undefined, path: Path, faults: Problem[]) => T | undefined;

function refuse(value: Json | undefined, path: Path, faults: Problem[], what: string): undefined {
  const found = written(value);
  const message = value === undefined ? `is missing; it must be ${what}` : `must be ${what}`;
  faults.push({ path, message, ...(found === null ? {} : { found }) });
  return undefined;
}

function written(value: Json | undefined): string | null {
  if (value === undefined) return null;
  if (value instanceof JsonNumber) return value.text.slice(0, 40);
  if (typeof value === 'string') return recordText(value).slice(0, 40);
  if (value === null || typeof value === 'boolean') return String(value);
  return isJsonObject(value) ? 'an object' : 'a list';
}

/** Text of this form, and as a record may carry it. */
export function text(form: RegExp, what: string): Field<string> {
  return (value, path, faults) =>
    typeof value === 'string' && form.test(value) && recordText(value) === value
      ? value
      : refuse(value, path, faults, what);
}

export function word<const W extends readonly string[]>(...words: W): Field<W[number]> {
  return (value, path, faults) =>
    words.find((one) => one === value) ?? refuse(value, path, faults, words.join(' or '));
}

/** A whole number from `least` to `most`. */
export function whole(least: number, most: number): Field<number> {
  return (value, path, faults) => {
    const decimal = value instanceof JsonNumber ? decimalOf(value) : null;
    const n = decimal === null ? Number.NaN : decimal.digits * 10 ** decimal.exp;
    return Number.isSafeInteger(n) && n >= least && n <= most
      ? n + 0
      : refuse(value, path, faults, `a whole number from ${least} to ${most}`);
  };
}

/** A finite number, as it was written. */
export const number: Field<number> = (value, path, faults) => {
  const n = value instanceof JsonNumber ? Number(value.text) : Number.NaN;
  return Number.isFinite(n) ? n : refuse(value, path, faults, 'a number');
};

export const flag: Field<boolean> = (value, path, faults) =>
  typeof value === 'boolean' ? value : refuse(value, path, faults, 'true or false');

export function orNull<T>(field: Field<T>): Field<T | null> {
  return (value, path, faults) => (value === null ? null : field(value, path, faults));
}

export function listOf<T>(item: Field<T>, least: number, most: number): Field<readonly T[]> {
  return (value, path, faults) => {
    if (!Array.isArray(value) || value.length < least || value.length > most)
      return refuse(value, path, faults, `a list of ${least} to ${most} entries`);
    const items = value.map((one: Json, i) => item(one, [...path, i], faults));
    return items.every((one): one is Awaited<T> & T => one !== undefined) ? items : undefined;
  };
}

/** A list in which nothing stands twice. */
export function setOf(item: Field<string>, least: number, most: number): Field<readonly string[]> {
  const list = listOf(item, least, most);
  return (value, path, faults) => {
    const items = list(value, path, faults);
    if (items === undefined || new Set(items).size === items.length) return items;
    const again = items.findIndex((one, i) => items.indexOf(one) < i);
    faults.push({ path: [...path, again], message: 'stands in the list twice', found: items[again] ?? '' });
    return undefined;
  };
}

/** An object of exactly these fields. */
export function fields<T extends object>(shape: { readonly [K in keyof T]: Field<T[K]> }): Field<T> {
  const names = Object.keys(shape);
  return (value, path, faults) => {
    if (!isJsonObject(value)) return refuse(value, path, faults, `an object with ${names.join(', ')}`);
    const before = faults.length;
    for (const key of value.keys()) {
      if (!names.includes(key))
        faults.push({ path: [...path, key], message: `is not a field here${suggestion(key, names)}` });
    }
    const read: Partial<T> = {};
    for (const name in shape) {
      const one = shape[name](value.get(name), [...path, name], faults);
      if (one !== undefined) read[name] = one;
    }
    return faults.length === before && isWhole(read, names) ? read : undefined;
  };
}

function isWhole<T extends object>(read: Partial<T>, names: readonly string[]): read is T {
  return names.every((name) => name in read);
}
