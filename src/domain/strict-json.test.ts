import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decimalOf, isJsonObject, JsonNumber, parseStrictJson, type Json } from './strict-json.ts';

const parse = (text: string) => parseStrictJson(new TextEncoder().encode(text), 8192);

/** What JSON.parse would give, for comparison. */
function plain(value: Json): unknown {
  if (value instanceof JsonNumber) return Number(value.text);
  if (isJsonObject(value)) return Object.fromEntries([...value].map(([k, v]) => [k, plain(v)]));
  return Array.isArray(value) ? (value as readonly Json[]).map(plain) : value;
}

describe('19: strict JSON', () => {
  it('keeps numbers as they were written', () => {
    const parsed = parse('{"temperature":4.31,"small":-2.50E-2}');
    expect(parsed).toMatchObject({ ok: true });
    if (!parsed.ok || !isJsonObject(parsed.value)) throw new Error('no object');
    expect(parsed.value.get('temperature')).toMatchObject({ text: '4.31' });
    expect(decimalOf(new JsonNumber('4.31'))).toEqual({ digits: 431, exp: -2 });
    expect(decimalOf(new JsonNumber('-2.50E-2'))).toEqual({ digits: -25, exp: -3 });
    expect(decimalOf(new JsonNumber('-0.0'))).toEqual({ digits: 0, exp: 0 });
    expect(decimalOf(new JsonNumber('21.149999618530273'))).toBeNull();
    expect(decimalOf(new JsonNumber('1e9999'))).toBeNull();
  });

  it('reads the digits and the exponent of every number, or says there are too many', () => {
    const digits = fc.bigInt(-(10n ** 18n), 10n ** 18n);
    fc.assert(
      fc.property(digits, fc.nat(20), fc.nat(3), fc.integer({ min: -30, max: 30 }), (n, point, zeros, e) => {
        const all = (n < 0n ? -n : n).toString().padStart(point + 1, '0');
        const whole = `${n < 0n ? '-' : ''}${all.slice(0, all.length - point)}`;
        const fraction = `${all.slice(all.length - point)}${'0'.repeat(zeros)}`;
        const text = `${whole}${fraction === '' ? '' : `.${fraction}`}e${e}`;
        let [least, exp] = [n, e - point];
        for (; exp < e && least % 10n === 0n; exp++) least /= 10n;
        const fits = Number.isSafeInteger(Number(least)) && BigInt(Number(least)) === least;
        const wanted = n === 0n ? { digits: 0, exp: 0 } : fits ? { digits: Number(least), exp } : null;
        expect(decimalOf(new JsonNumber(text))).toEqual(wanted);
      }),
    );
  });

  it.each([
    ['{"a":1,"a":2}', 'duplicate key "a" at offset 7'],
    ['{"a":{"b":1,"\\u0062":2}}', 'duplicate key "b" at offset 12'],
    ['{"a":1} x', 'something follows the value at offset 8'],
    ['{"a":NaN}', 'not a value at offset 5'],
    ['{"a":01}', 'not a number at offset 5'],
    ['{"a":1.}', 'not a number at offset 5'],
    ['{"a":-}', 'not a number at offset 5'],
    ['{"a":1e}', 'not a number at offset 5'],
    ['{"a":+1}', 'not a value at offset 5'],
    ['{"a":1,}', 'a key is expected at offset 7'],
    ['[1 2]', '"," or "]" is expected at offset 3'],
    ['{"a" 1}', '":" is expected at offset 5'],
    ['"ab', 'a string has no end at offset 3'],
    ['"a\nb"', 'control character in a string at offset 2'],
    ['"\\x"', 'not an escape at offset 1'],
    ['"\\u12g4"', 'not an escape at offset 1'],
    ['"\\ud800"', 'a lone surrogate in a string at offset 1'],
    ['', 'the text ends too early at offset 0'],
    ['\ufeff{}', 'not a value at offset 0'],
    ['tru', 'not a value at offset 0'],
  ])('refuses %j: %s', (text, reason) => expect(parse(text)).toEqual({ ok: false, reason }));

  it('refuses too many bytes, too many levels and what is not UTF-8', () => {
    expect(parse(`"${'x'.repeat(8191)}"`)).toEqual({ ok: false, reason: '8193 bytes, at most 8192' });
    expect(parse('['.repeat(34) + ']'.repeat(34))).toMatchObject({ ok: false });
    expect(parse('['.repeat(33) + ']'.repeat(33))).toMatchObject({ ok: true });
    expect(parseStrictJson(Uint8Array.of(34, 0xc3, 0x28, 34), 10)).toEqual({
      ok: false,
      reason: 'not UTF-8',
    });
  });

  it('gives no key a meaning of its own', () => {
    const parsed = parse('{"__proto__":1,"constructor":2}');
    expect(parsed.ok && plain(parsed.value)).toEqual(
      Object.fromEntries([
        ['__proto__', 1],
        ['constructor', 2],
      ]),
    );
  });

  it('reads whatever JSON.stringify writes', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.constantFrom(0, 1, '\t'), (value, space) => {
        const text = JSON.stringify(value, null, space);
        const parsed = parseStrictJson(new TextEncoder().encode(text), 1e6);
        fc.pre(parsed.ok || !/levels/.test(parsed.reason));
        expect(parsed.ok && plain(parsed.value)).toEqual(JSON.parse(text));
      }),
    );
  });

  it('accepts nothing that JSON.parse refuses, and never throws', () => {
    const pieces = fc.constantFrom(
      '{',
      '}',
      '[',
      ']',
      ',',
      ':',
      '"a"',
      '"',
      '1',
      '-',
      '.5',
      'e3',
      'true',
      'nul',
      '\\u00',
      ' ',
    );
    fc.assert(
      fc.property(fc.array(pieces, { maxLength: 12 }), (parts) => {
        const text = parts.join('');
        const parsed = parse(text);
        if (parsed.ok) expect(plain(parsed.value)).toEqual(JSON.parse(text));
      }),
      { numRuns: 5000 },
    );
    fc.assert(fc.property(fc.uint8Array({ maxLength: 64 }), (bytes) => void parseStrictJson(bytes, 64)));
  });
});
