import type { Value } from '../domain/record.ts';
import { CborError, decode } from './cbor.ts';

/** The shapes of structures from outside: small checks that together say what a CBOR array must be. */
export type Shape<T extends Value> = (value: Value) => value is T;

export type Shapes<T extends readonly Value[]> = { readonly [I in keyof T]: Shape<T[I]> };

export const uint: Shape<number> = (v): v is number => typeof v === 'number' && v >= 0;
export const int: Shape<number> = (v): v is number => typeof v === 'number';
export const text: Shape<string> = (v): v is string => typeof v === 'string';
/** The number 1: the version that every structure begins with. */
export const one: Shape<1> = (v): v is 1 => v === 1;
export const anyBytes: Shape<Uint8Array> = (v): v is Uint8Array => v instanceof Uint8Array;

/** Printable ASCII, also empty: identifiers in which nothing looks like something else. */
export const asciiText: Shape<string> = (v): v is string => typeof v === 'string' && /^[\x20-\x7e]*$/.test(v);

export function bytes(length: number): Shape<Uint8Array> {
  return (v): v is Uint8Array => v instanceof Uint8Array && v.length === length;
}

/** An integer least…most. */
export function within(least: number, most: number): Shape<number> {
  return (v): v is number => typeof v === 'number' && v >= least && v <= most;
}

/** One of these numbers. */
export function oneOf<const T extends number>(...numbers: readonly T[]): Shape<T> {
  return (v): v is T => numbers.some((n) => n === v);
}

export function orNull<T extends Value>(shape: Shape<T>): Shape<T | null> {
  return (v): v is T | null => v === null || shape(v);
}

export function list<T extends Value>(shape: Shape<T>, most: number): Shape<readonly T[]> {
  return (v): v is readonly T[] => Array.isArray(v) && v.length <= most && v.every((item) => shape(item));
}

/** An array of exactly these. */
export function tuple<T extends readonly Value[]>(...shapes: Shapes<T>): Shape<T> {
  return (v): v is T => Array.isArray(v) && faultIn(shapes, v) === null;
}

/** Null if each item has its shape and none is missing or more, else what is wrong. */
export function faultIn(shapes: readonly Shape<Value>[], items: readonly Value[]): string | null {
  if (items.length !== shapes.length) return `${items.length} items instead of ${shapes.length}`;
  for (let i = 0; i < shapes.length; i++) {
    const item = items[i];
    if (item === undefined || shapes[i]?.(item) !== true) return `item ${i} is ${show(item)}`;
  }
  return null;
}

/**
 * Decodes one item that must have these shapes and, where `fault` is given, fit together.
 * @throws CborError that names `what` was expected and which item was wrong
 */
export function decodeAs<T extends readonly Value[]>(
  what: string,
  shapes: Shapes<T>,
  encoded: Uint8Array,
  fault: (items: T) => string | null = () => null,
): T {
  const value = decode(encoded);
  const hasShape: Shape<T> = tuple<T>(...shapes);
  if (!hasShape(value))
    throw new CborError(`${what}: ${Array.isArray(value) ? faultIn(shapes, value) : 'not an array'}`);
  const wrong = fault(value);
  if (wrong !== null) throw new CborError(`${what}: ${wrong}`);
  return value;
}

function show(value: Value | undefined): string {
  if (value instanceof Uint8Array) return `${value.length} bytes`;
  if (Array.isArray(value)) return `an array of ${value.length}`;
  return JSON.stringify(value) ?? 'missing';
}
