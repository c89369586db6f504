import type { Decimal } from './units.ts';

/**
 * A JSON number as it was written. `4.31` stays 4.31: a binary fraction would already be another
 * number than the one the device sent.
 */
export class JsonNumber {
  readonly source: string;
  readonly start: number;
  readonly end: number;

  /** The number that stands at [start, end) of `source`, which is kept as it is: most are never read as text. */
  constructor(source: string, start = 0, end = source.length) {
    this.source = source;
    this.start = start;
    this.end = end;
  }

  get text(): string {
    return this.source.slice(this.start, this.end);
  }
}

/** Objects are maps, so that no key (`__proto__`) means anything. */
export type Json = null | boolean | string | JsonNumber | readonly Json[] | JsonObject;
export type JsonObject = ReadonlyMap<string, Json>;

export function isJsonObject(value: Json | undefined): value is JsonObject {
  return value instanceof Map;
}

export type ParsedJson =
  | { readonly ok: true; readonly value: Json }
  /** `reason` is one line with the offset (UTF-16 units; bytes for invalid UTF-8 are not located). */
  | { readonly ok: false; readonly reason: string };

const MAX_DEPTH = 32;
const UTF8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/**
 * Parses RFC 8259 JSON that can be read in only one way: no duplicate keys, no lone surrogates, no
 * byte order mark, nothing after the value, at most 32 levels, at most `maxBytes` bytes.
 */
export function parseStrictJson(bytes: Uint8Array, maxBytes: number): ParsedJson {
  if (bytes.length > maxBytes) return { ok: false, reason: `${bytes.length} bytes, at most ${maxBytes}` };
  let text: string;
  try {
    text = UTF8.decode(bytes);
  } catch {
    return { ok: false, reason: 'not UTF-8' };
  }
  const scanner = new Scanner(text);
  const value = scanner.document();
  return value === undefined ? { ok: false, reason: scanner.problem } : { ok: true, value };
}

/**
 * Digits and exponent of the number, trailing zeros dropped; null beyond ±(2^53-1) digits. Read by
 * position: it is done for every value of every message.
 */
export function decimalOf({ source: text, start, end }: JsonNumber): Decimal | null {
  const isNegative = text.charCodeAt(start) === 45;
  let at = isNegative ? start + 1 : start;
  let digits = 0;
  let exp = 0;
  for (let digit = digitAt(text, at); digit >= 0; digit = digitAt(text, ++at)) digits = digits * 10 + digit;
  if (at < end && text.charCodeAt(at) === 46) {
    let zeros = 0;
    for (let digit = digitAt(text, ++at); digit >= 0; digit = digitAt(text, ++at)) {
      zeros++;
      if (digit === 0) continue;
      digits = digits * 10 ** zeros + digit;
      exp -= zeros;
      zeros = 0;
    }
  }
  if (!Number.isSafeInteger(digits)) return null;
  if (at < end) {
    const exponent = text.slice(at + 1, end);
    if (exponent.replace(/^[+-]/, '').length > 3) return null;
    exp += Number(exponent);
  }
  return digits === 0 ? { digits: 0, exp: 0 } : { digits: isNegative ? -digits : digits, exp };
}

function digitAt(text: string, at: number): number {
  const digit = text.charCodeAt(at) - 48;
  return digit >= 0 && digit <= 9 ? digit : -1;
}

const QUOTE = 34;
const BACKSLASH = 92;

/** Recursive descent over the text; `undefined` means failed, with `problem` saying where and why. */
class Scanner {
  problem = '';
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  document(): Json | undefined {
    const value = this.#value(0);
    if (value === undefined) return undefined;
    return this.#next() === -1 ? value : this.#fail('something follows the value');
  }

  /** Code of the next character that is no white space, -1 at the end; does not move past it. */
  #next(): number {
    const text = this.#text;
    let code = text.charCodeAt(this.#at);
    while (code === 32 || code === 10 || code === 13 || code === 9) code = text.charCodeAt(++this.#at);
    return this.#at < text.length ? code : -1;
  }

  #value(depth: number): Json | undefined {
    if (depth > MAX_DEPTH) return this.#fail(`more than ${MAX_DEPTH} levels`);
    const code = this.#next();
    if (code === QUOTE) return this.#string();
    if (code === 45 || (code >= 48 && code <= 57)) return this.#number();
    if (code === 123) return this.#object(depth);
    if (code === 91) return this.#array(depth);
    if (code === 116) return this.#word('true', true);
    if (code === 102) return this.#word('false', false);
    if (code === 110) return this.#word('null', null);
    return this.#fail(code === -1 ? 'the text ends too early' : 'not a value');
  }

  #object(depth: number): Json | undefined {
    const members = new Map<string, Json>();
    this.#at++;
    if (this.#next() === 125) return this.#end(members);
    for (;;) {
      if (this.#next() !== QUOTE) return this.#fail('a key is expected');
      const start = this.#at;
      const key = this.#string();
      if (key === undefined) return undefined;
      if (members.has(key)) return this.#fail(`duplicate key ${JSON.stringify(key.slice(0, 40))}`, start);
      if (this.#next() !== 58) return this.#fail('":" is expected');
      this.#at++;
      const value = this.#value(depth + 1);
      if (value === undefined) return undefined;
      members.set(key, value);
      const code = this.#next();
      if (code === 125) return this.#end(members);
      if (code !== 44) return this.#fail('"," or "}" is expected');
      this.#at++;
    }
  }

  #array(depth: number): Json | undefined {
    const items: Json[] = [];
    this.#at++;
    if (this.#next() === 93) return this.#end(items);
    for (;;) {
      const value = this.#value(depth + 1);
      if (value === undefined) return undefined;
      items.push(value);
      const code = this.#next();
      if (code === 93) return this.#end(items);
      if (code !== 44) return this.#fail('"," or "]" is expected');
      this.#at++;
    }
  }

  #end<T>(value: T): T {
    this.#at++;
    return value;
  }

  #word<T>(word: string, value: T): T | undefined {
    if (!this.#text.startsWith(word, this.#at)) return this.#fail('not a value');
    this.#at += word.length;
    return value;
  }

  #number(): JsonNumber | undefined {
    const text = this.#text;
    const start = this.#at;
    let at = start;
    if (text.charCodeAt(at) === 45) at++;
    const first = at;
    at = afterDigits(text, at);
    if (at === first || (text.charCodeAt(first) === 48 && at > first + 1)) return this.#fail('not a number');
    if (text.charCodeAt(at) === 46) {
      const fraction = at + 1;
      at = afterDigits(text, fraction);
      if (at === fraction) return this.#fail('not a number');
    }
    const mark = text.charCodeAt(at);
    if (mark === 101 || mark === 69) {
      const sign = text.charCodeAt(at + 1);
      const exponent = sign === 43 || sign === 45 ? at + 2 : at + 1;
      at = afterDigits(text, exponent);
      if (at === exponent) return this.#fail('not a number');
    }
    this.#at = at;
    return new JsonNumber(text, start, at);
  }

  #string(): string | undefined {
    const text = this.#text;
    const start = this.#at + 1;
    let at = start;
    for (;;) {
      const code = text.charCodeAt(at);
      if (code === QUOTE) break;
      if (code === BACKSLASH) return this.#escaped(start, at);
      if (!(code >= 32))
        return this.#fail(at < text.length ? 'control character in a string' : 'a string has no end', at);
      at++;
    }
    this.#at = at + 1;
    return text.slice(start, at);
  }

  /** The rest of a string with escapes; `at` is the first backslash. */
  #escaped(start: number, first: number): string | undefined {
    const text = this.#text;
    let from = start;
    let at = first;
    let result = '';
    for (;;) {
      const code = text.charCodeAt(at);
      if (code === QUOTE) break;
      if (!(code >= 32))
        return this.#fail(at < text.length ? 'control character in a string' : 'a string has no end', at);
      if (code !== BACKSLASH) {
        at++;
        continue;
      }
      const letter = text[at + 1] ?? '';
      const hex = letter === 'u' ? text.slice(at + 2, at + 6) : '';
      const character = hex === '' ? ESCAPES[letter] : fromHex(hex);
      if (character === undefined) return this.#fail('not an escape', at);
      result += text.slice(from, at) + character;
      at += hex === '' ? 2 : 6;
      from = at;
    }
    result += text.slice(from, at);
    if (!result.isWellFormed()) return this.#fail('a lone surrogate in a string', start);
    this.#at = at + 1;
    return result;
  }

  #fail(reason: string, at: number = this.#at): undefined {
    this.problem = `${reason} at offset ${at}`;
    return undefined;
  }
}

function afterDigits(text: string, from: number): number {
  let at = from;
  for (;;) {
    const code = text.charCodeAt(at);
    if (!(code >= 48 && code <= 57)) return at;
    at++;
  }
}

const ESCAPES: Readonly<Record<string, string>> = {
  '"': '"',
  '\\': '\\',
  '/': '/',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
};

function fromHex(hex: string): string | undefined {
  return /^[0-9a-fA-F]{4}$/.test(hex) ? String.fromCharCode(Number.parseInt(hex, 16)) : undefined;
}
