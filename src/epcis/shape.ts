import { suggestion } from '../domain/nearest.ts';
import { isJsonObject, JsonNumber, type Json, type JsonObject } from '../domain/strict-json.ts';
import { canonicalNumber } from './canonical-number.ts';
import { parseTime } from './canonical-time.ts';

/** One thing wrong, with its JSON pointer. */
export type Fault = { readonly path: string; readonly problem: string };

/** What a value must be: its reading, or undefined with all that is wrong told. */
export type Shape<T> = (json: Json, path: string, faults: Fault[]) => T | undefined;
export type Shaped<S> = S extends Shape<infer T> ? T : never;

type Shapes = Readonly<Record<string, Shape<unknown>>>;
type Read<R extends Shapes, O extends Shapes> = {
  readonly [K in keyof R]: Shaped<R[K]>;
} & { readonly [K in keyof O]?: Shaped<O[K]> } & {
  /** Fields of other namespaces, as they were written. */
  readonly extensions: JsonObject;
};

/** An absolute URI (RFC 3986), prefixed names among them. */
const URI = /^[A-Za-z][A-Za-z0-9+.-]*:(?:[A-Za-z0-9._~:/?#[\]@!$&'()*+,;=-]|%[0-9A-Fa-f]{2})+$/;
const SHOWN = 60;

export function shown(json: Json): string {
  if (json instanceof JsonNumber) return json.text.slice(0, SHOWN);
  if (isJsonObject(json)) return 'an object';
  return Array.isArray(json) ? 'a list' : JSON.stringify(json).slice(0, SHOWN);
}

function scalar<T>(what: string, read: (json: Json) => T | null): Shape<T> {
  return (json, path, faults) => {
    const value = read(json);
    if (value !== null) return value;
    faults.push({ path, problem: `${shown(json)} is not ${what}` });
    return undefined;
  };
}

export const text = scalar('a text', (json) => (typeof json === 'string' ? json : null));
export const flag = scalar('true or false', (json) => (typeof json === 'boolean' ? json : null));
/** Exact: in plain decimal digits, never a binary fraction. */
export const decimal = scalar('a number', (json) =>
  json instanceof JsonNumber ? canonicalNumber(json.text) : null,
);
export const time = scalar('a time with its zone, such as 2026-01-31T08:00:00.000+08:00', (json) =>
  typeof json === 'string' && parseTime(json) !== null ? json : null,
);
export const uri = scalar('a URI', (json) => (isUri(json) ? json : null));

export function matching(what: string, pattern: RegExp): Shape<string> {
  return scalar(what, (json) => (typeof json === 'string' && pattern.test(json) ? json : null));
}

/** A word of a vocabulary, or a URI of somebody else's. */
export function word(known: Iterable<string>, notTaken: RegExp): Shape<string> {
  const words = [...known];
  return (json, path, faults) => {
    if (typeof json === 'string' && (words.includes(json) || (isUri(json) && !notTaken.test(json))))
      return json;
    const close = typeof json === 'string' ? suggestion(json, words) : '';
    faults.push({
      path,
      problem: `${shown(json)} is neither a word of the vocabulary nor a URI of another${close}`,
    });
    return undefined;
  };
}

export function oneOf<const T extends string>(...words: readonly T[]): Shape<T> {
  return scalar(`one of ${words.join(', ')}`, (json) => words.find((w) => w === json) ?? null);
}

export function list<T>(item: Shape<T>, { least = 0, unique = false } = {}): Shape<readonly T[]> {
  return (json, path, faults) => {
    if (!isList(json)) {
      faults.push({ path, problem: `${shown(json)} is not a list` });
      return undefined;
    }
    if (json.length < least) faults.push({ path, problem: `an empty list; there is at least ${least}` });
    const read = json.map((one, i) => item(one, `${path}/${i}`, faults));
    if (unique && new Set(read).size < read.length) faults.push({ path, problem: 'something stands twice' });
    return read.filter((one) => one !== undefined);
  };
}

/**
 * An object with these fields.
 * @param open whether fields of other namespaces may stand there: `prefix:name` or a whole URI
 */
export function object<R extends Shapes, O extends Shapes>(
  required: R,
  optional: O,
  open: boolean,
): Shape<Read<R, O>> {
  const shapes = new Map<string, Shape<unknown>>(Object.entries({ ...required, ...optional }));
  return (json, path, faults) => {
    if (!isJsonObject(json)) {
      faults.push({ path, problem: `${shown(json)} is not an object` });
      return undefined;
    }
    const before = faults.length;
    const read: Record<string, unknown> = {};
    const extensions = new Map<string, Json>();
    for (const [name, value] of json) {
      const shape = shapes.get(name);
      if (shape !== undefined) read[name] = shape(value, `${path}/${name}`, faults);
      else if (open && isUri(name)) extensions.set(name, value);
      else faults.push({ path: `${path}/${name}`, problem: unknownName(name, [...shapes.keys()], open) });
    }
    for (const name of Object.keys(required))
      if (!json.has(name)) faults.push({ path, problem: `${name} is missing` });
    const whole: unknown = { ...read, extensions };
    // Every field was read by its own shape, and none that must be there is missing.
    const isWhole = (value: unknown): value is Read<R, O> => value === whole && faults.length === before;
    return isWhole(whole) ? whole : undefined;
  };
}

function unknownName(name: string, known: readonly string[], open: boolean): string {
  const other = open ? '; fields of your own have a prefix, such as example:name' : '';
  return `there is no field "${name}" here${suggestion(name, known)}${other}`;
}

function isUri(json: Json): json is string {
  return typeof json === 'string' && URI.test(json);
}

function isList(json: Json): json is readonly Json[] {
  return Array.isArray(json);
}
