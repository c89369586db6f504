import { isJsonObject, JsonNumber, type Json } from '../../domain/strict-json.ts';

/**
 * Where a value stands in a JSON document: `a.b.0.c`, and `*[Id=0056].c` for the one member (of an
 * object or array) whose `Id` is that text. `{name}` in it is filled in per device beforehand.
 */
export type JsonPath = (root: Json) => Json | undefined;

const STEP = /^(?:\*\[([^\][=]+)=([^\][]+)\]|([^\][*]+))$/;

/** True when `text` is a path. Keys with dots in them cannot be named. */
export function isJsonPath(text: string): boolean {
  return stepsOf(text).every((step) => STEP.test(step));
}

/** The steps of a path; a dot inside brackets is none. */
export function stepsOf(text: string): readonly string[] {
  return text.split(/\.(?![^[]*\])/);
}

/** Compiles a path that `isJsonPath` accepts. */
export function compilePath(text: string): JsonPath {
  const steps = stepsOf(text).map(compileStep);
  const [only] = steps;
  if (steps.length === 1 && only !== undefined) return only;
  return (root) => {
    let value: Json | undefined = root;
    for (const step of steps) {
      if (value === undefined) return undefined;
      value = step(value);
    }
    return value;
  };
}

function compileStep(text: string): JsonPath {
  const [, key, wanted, name = ''] = STEP.exec(text) ?? [];
  if (key !== undefined) return (value) => memberWith(value, key, wanted ?? '');
  const index = /^\d{1,4}$/.test(name) ? Number(name) : -1;
  return (value) => {
    if (isJsonObject(value)) return value.get(name);
    return isList(value) ? value[index] : undefined;
  };
}

/** The member whose `key` reads `wanted`; none when two of them do, for nobody knows which is meant. */
function memberWith(value: Json, key: string, wanted: string): Json | undefined {
  const members = isJsonObject(value) ? [...value.values()] : value;
  if (!isList(members)) return undefined;
  const found = members.filter((m) => isJsonObject(m) && textOf(m.get(key)) === wanted);
  return found.length === 1 ? found[0] : undefined;
}

function isList(value: Json): value is readonly Json[] {
  return Array.isArray(value);
}

/** A scalar as text, as the device wrote it; undefined for lists, objects and nothing. */
export function textOf(value: Json | undefined): string | undefined {
  if (typeof value === 'string') return value;
  if (value instanceof JsonNumber) return value.text;
  return value === true || value === false || value === null ? String(value) : undefined;
}

/** A value for a message to people: short, as it was found. */
export function shown(value: Json | undefined): string {
  if (value === undefined) return 'missing';
  const text = typeof value === 'string' ? JSON.stringify(value) : (textOf(value) ?? 'a list or object');
  return text.length > 60 ? `${text.slice(0, 59)}…` : text;
}
