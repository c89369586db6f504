import { done, refused, type Outcome } from '../domain/epc/outcome.ts';
import { isJsonObject, JsonNumber, type Json, type JsonObject } from '../domain/strict-json.ts';
import { prefixesOf, type Prefixes } from './contexts.ts';
import { isComment } from './field-order.ts';
import type { Field } from './field.ts';
import { TERMS } from './vocabulary.ts';

/** Only within this file: it unwinds the descent. */
class ContextFault extends Error {
  override readonly name = 'ContextFault';
}

/** What JSON calls the items of a list, and what XML does. */
const ITEMS: Readonly<Record<string, string>> = {
  inputEPC: 'epc',
  outputEPC: 'epc',
  quantity: 'quantityElement',
  inputQuantity: 'quantityElement',
  outputQuantity: 'quantityElement',
  childQuantity: 'quantityElement',
};
/** Of GS1 itself: only its words are written out in values, `example:x` stays as it is. */
const GS1_SPACE = /^https:\/\/(?:ref\.)?gs1\.org\//;

/** The fields of an event in JSON-LD, with the names and the nesting of XML. */
export function fieldsOfJson(event: JsonObject, prefixes: Prefixes): Outcome<readonly Field[]> {
  try {
    return done(members(event, '', prefixes));
  } catch (error) {
    if (error instanceof ContextFault) return refused(error.message);
    throw error;
  }
}

function members(object: JsonObject, parent: string, outer: Prefixes): Field[] {
  const context = object.get('@context');
  const prefixes = context === undefined ? outer : within(context, outer);
  return [...object].flatMap(([key, value]) =>
    key === '@context' || isComment(key) ? [] : named(key, value, parent, prefixes),
  );
}

function within(context: Json, outer: Prefixes): Prefixes {
  const inner = prefixesOf(context, outer);
  if (!inner.ok) throw new ContextFault(inner.why);
  return inner.value;
}

function named(key: string, value: Json, parent: string, prefixes: Prefixes): Field[] {
  const name = fullName(key, prefixes);
  const fields = valuesOf(name, key, value, parent, prefixes);
  if (key === 'childEPCs') return fields.length === 0 ? [] : [group(name, 'epc', fields)];
  if (!key.endsWith('List') || fields.length === 0) return fields;
  const item = name.slice(0, -'List'.length);
  const typed = ['bizTransaction', 'source', 'destination'].includes(item);
  return [group(name, ITEMS[item] ?? item, typed ? fields.map((f) => typedItem(f, item)) : fields)];
}

function group(name: string, item: string, fields: readonly Field[]): Field {
  return { name, value: '', fields: fields.map((f) => ({ ...f, name: item })) };
}

/** `{type, source}` is `<source type="…">…</source>` in XML. */
function typedItem(field: Field, item: string): Field {
  const own = field.fields.find((f) => f.name === item);
  return { ...field, value: own?.value ?? field.value, fields: field.fields.filter((f) => f !== own) };
}

function valuesOf(name: string, key: string, value: Json, parent: string, prefixes: Prefixes): Field[] {
  if (value === null) return [];
  if (isJsonObject(value)) return [{ name, value: '', fields: members(value, key, prefixes) }];
  if (isList(value))
    return value.flatMap((item) =>
      isList(item)
        ? [{ name, value: '', fields: valuesOf('', key, item, parent, prefixes) }]
        : valuesOf(name, key, item, parent, prefixes),
    );
  if (value instanceof JsonNumber) return [{ name, value: value.text, fields: [] }];
  const text = typeof value === 'string' ? fullWord(value, `${parent}/${key}`, prefixes) : String(value);
  return [{ name, value: text, fields: [] }];
}

function isList(value: Json): value is readonly Json[] {
  return Array.isArray(value);
}

function fullName(key: string, prefixes: Prefixes): string {
  const colon = key.indexOf(':');
  const namespace = colon === -1 ? undefined : prefixes.get(key.slice(0, colon));
  return namespace === undefined ? key : `{${namespace}}${key.slice(colon + 1)}`;
}

function fullWord(text: string, place: string, prefixes: Prefixes): string {
  const known = TERMS[place];
  if (known?.words.has(text) === true) return known.prefix + text;
  const colon = text.indexOf(':');
  const prefix = colon === -1 ? '' : text.slice(0, colon);
  const namespace = prefix === 'gs1' ? undefined : prefixes.get(prefix);
  return namespace !== undefined && GS1_SPACE.test(namespace) ? namespace + text.slice(colon + 1) : text;
}
