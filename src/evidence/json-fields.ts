import type { Json, JsonObject } from '../domain/strict-json.ts';
import { JsonNumber } from '../domain/strict-json.ts';

/** Something in a document of JSON is not as it must be; caught where the document is read. */
export class JsonFault extends Error {
  override readonly name = 'JsonFault';
}

/** A value with the way to it, so that every complaint names its field: `origins.x.keys[0].to`. */
export class JsonField {
  readonly #value: Json | undefined;
  readonly #path: string;

  constructor(value: Json | undefined, path: string) {
    this.#value = value;
    this.#path = path;
  }

  /** Gives the fields of an object that has all of these names and no other. */
  fields<const N extends string>(...names: readonly N[]): (name: N) => JsonField {
    const map = this.map();
    for (const name of map.keys())
      if (!names.some((n) => n === name))
        throw new JsonFault(`${this.#at(name)} is not a field of this format`);
    for (const name of names) if (!map.has(name)) throw new JsonFault(`${this.#at(name)} is missing`);
    return (name) => new JsonField(map.get(name), this.#at(name));
  }

  entries(): readonly (readonly [string, JsonField])[] {
    return Array.from(this.map(), ([name, value]) => [name, new JsonField(value, this.#at(name))]);
  }

  map(): JsonObject {
    return this.#value instanceof Map ? this.#value : this.fail('must be an object');
  }

  list(most: number): readonly JsonField[] {
    if (!Array.isArray(this.#value)) return this.fail('must be a list');
    if (this.#value.length > most) return this.fail(`has ${this.#value.length} items, at most ${most}`);
    return this.#value.map((value: Json, i) => new JsonField(value, `${this.#path}[${i}]`));
  }

  text(): string {
    return typeof this.#value === 'string' ? this.#value : this.fail('must be a text');
  }

  boolean(): boolean {
    return typeof this.#value === 'boolean' ? this.#value : this.fail('must be true or false');
  }

  /** An integer written without fraction or exponent. */
  integer(least: number, most = Number.MAX_SAFE_INTEGER): number {
    const n = this.#value instanceof JsonNumber ? Number(this.#value.text) : Number.NaN;
    if (
      !(this.#value instanceof JsonNumber) ||
      !/^(0|-?[1-9]\d*)$/.test(this.#value.text) ||
      n < least ||
      n > most
    )
      return this.fail(`must be an integer ${least} … ${most}`);
    return n;
  }

  integerOrNull(least: number, most = Number.MAX_SAFE_INTEGER): number | null {
    return this.isNull() ? null : this.integer(least, most);
  }

  isText(): boolean {
    return typeof this.#value === 'string';
  }

  isNull(): boolean {
    return this.#value === null;
  }

  is(expected: string): void {
    if (this.#value !== expected) this.fail(`must be ${JSON.stringify(expected)}`);
  }

  /** Always throws; typed so that it can stand where a value is expected. */
  fail(why: string): never {
    throw new JsonFault(
      `${this.#path === '' ? 'the document' : this.#path} ${why}, found ${show(this.#value)}`,
    );
  }

  #at(name: string): string {
    return this.#path === '' ? name : `${this.#path}.${name}`;
  }
}

function show(value: Json | undefined): string {
  if (value instanceof JsonNumber) return value.text;
  if (value instanceof Map) return 'an object';
  return Array.isArray(value) ? 'a list' : (JSON.stringify(value) ?? 'nothing').slice(0, 120);
}
