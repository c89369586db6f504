import { isJsonObject, type Json } from '../../domain/strict-json.ts';
import { compilePath, shown, stepsOf } from './json-path.ts';

/** Where a value stands in a document, by keys from its root: what `*[Id=x]` found has its key. */
export type Place = readonly string[];

/** The place of what a path finds; null when it finds nothing. */
export function traceOf(path: string, root: Json): Place | null {
  const place: string[] = [];
  let value = root;
  for (const step of stepsOf(path)) {
    const next = compilePath(step)(value);
    if (next === undefined) return null;
    place.push(step.startsWith('*[') ? keyOf(value, next) : step);
    value = next;
  }
  return place;
}

/** Every scalar of a document (an empty list or object counts as one) with its place. */
export function leavesOf(root: Json, place: Place = []): { readonly place: Place; readonly value: string }[] {
  const members = membersOf(root);
  if (members.length === 0) return [{ place, value: shown(root) }];
  return members.flatMap(([key, value]) => leavesOf(value, [...place, key]));
}

function keyOf(parent: Json, member: Json): string {
  return membersOf(parent).find(([, value]) => value === member)?.[0] ?? '*';
}

function membersOf(value: Json): (readonly [string, Json])[] {
  if (isJsonObject(value)) return [...value];
  const items: readonly Json[] = Array.isArray(value) ? value : [];
  return items.map((item, i) => [String(i), item]);
}
