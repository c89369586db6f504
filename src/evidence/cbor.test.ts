import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Value } from '../domain/record.ts';
import { CborReader } from './cbor-reader.ts';
import { CborError, decode, decodeSequence, encode, encodeLarge } from './cbor.ts';
import { concatBytes, fromHex, toHex } from './encodings.ts';

type Accepted = { readonly hex: string; readonly diagnostic: string };
type Refused = { readonly hex: string; readonly class: string; readonly why: string };
type Example = {
  readonly hex: string;
  readonly value?: unknown;
  readonly diagnostic?: string;
  readonly roundtrip: boolean;
};

function vectors(name: string): string {
  const folder = join(import.meta.dirname, '../../test/fixtures/vectors/cbor');
  return readFileSync(join(folder, name), 'utf8');
}
function bytesOf(hex: string): Uint8Array {
  const bytes = fromHex(hex.toLowerCase());
  if (bytes === null) throw new Error(`not hex: ${hex}`);
  return bytes;
}

const deterministic: { accept: Accepted[]; refuse: Refused[] } = JSON.parse(vectors('deterministic.json'));
const { cases: examples }: { cases: Example[] } = JSON.parse(vectors('rfc8949-appendix-a.json'));
/** What the profile leaves out of deterministic CBOR: maps and booleans. */
const outside = (c: Accepted): boolean => /[{]|true|false/.test(c.diagnostic);

const text = fc
  .string({ unit: 'grapheme', maxLength: 40 })
  .map((s) => s.normalize('NFC'))
  .filter((s) => !/\p{Cc}/u.test(s) && s.isWellFormed());
const { value: anyValue } = fc.letrec<{ value: Value }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 6 },
    fc.maxSafeInteger().map((n) => (n === 0 ? 0 : n)),
    fc.uint8Array({ maxLength: 70 }),
    text,
    fc.constant(null),
    fc.array(tie('value'), { maxLength: 30 }),
  ),
}));

function attempt<T>(read: () => T): T | null {
  try {
    return read();
  } catch (error) {
    if (error instanceof CborError) return null;
    throw error;
  }
}

describe('19, 20, 21: the CBOR profile', () => {
  it.each(deterministic.accept.filter((c) => !outside(c)))('takes $hex, $diagnostic', ({ hex }) => {
    expect(toHex(encode(decode(bytesOf(hex))))).toBe(hex);
  });

  it.each(deterministic.accept.filter(outside))('leaves out $hex, $diagnostic', ({ hex }) => {
    expect(() => decode(bytesOf(hex))).toThrow(CborError);
  });

  it.each(deterministic.refuse)('refuses $hex: $class, $why', ({ hex }) => {
    expect(() => decode(bytesOf(hex))).toThrow(CborError);
  });

  it('reads the examples of RFC 8949 that lie in it and refuses the others', () => {
    const taken: string[] = [];
    for (const example of examples) {
      const bytes = bytesOf(example.hex);
      let value: Value;
      try {
        value = decode(bytes);
      } catch (error) {
        expect(error, example.hex).toBeInstanceOf(CborError);
        continue;
      }
      taken.push(example.hex);
      if (value instanceof Uint8Array) expect(example.diagnostic).toBe(`h'${toHex(value)}'`);
      else expect(value).toEqual(example.value);
      expect(toHex(encode(value))).toBe(example.hex);
    }
    const inProfile = examples.filter(
      // Major types 0 to 4 and null; no indefinite length, no integer beyond 2^53-1, no map within.
      (e) => e.roundtrip && /^([0-9]|f6)/.test(e.hex) && !/^[13]bf{16}$|^826161a1/.test(e.hex),
    );
    expect(taken).toEqual(inProfile.map((e) => e.hex));
  });

  it('gives every value one encoding that reads back', () => {
    fc.assert(
      fc.property(anyValue, (value) => {
        expect(decode(encode(value))).toEqual(value);
      }),
    );
  });

  it('takes no bytes but those that the encoder would write', () => {
    const near = fc.tuple(anyValue, fc.nat(), fc.nat(255)).map(([value, at, byte]) => {
      const bytes = encode(value);
      bytes[at % bytes.length] = byte;
      return bytes;
    });
    fc.assert(
      fc.property(fc.oneof(fc.uint8Array({ maxLength: 24 }), near), (bytes) => {
        let value: Value;
        try {
          value = decode(bytes);
        } catch (error) {
          expect(error).toBeInstanceOf(CborError);
          return;
        }
        expect(toHex(encode(value))).toBe(toHex(bytes));
      }),
      { numRuns: 3000 },
    );
  });

  it('is gone over as it is read: the same bytes are taken, and they are what the writer would write', () => {
    const near = fc.tuple(anyValue, fc.nat(), fc.nat(255)).map(([value, at, byte]) => {
      const bytes = encode(value);
      bytes[at % bytes.length] = byte;
      return bytes;
    });
    fc.assert(
      fc.property(fc.oneof(anyValue.map(encode), fc.uint8Array({ maxLength: 24 }), near), (bytes) => {
        const [one, other] = [new CborReader(bytes), new CborReader(bytes)];
        const value = attempt(() => ({ is: one.item() }));
        const passed = attempt(() => other.encoded());
        expect(passed === null).toBe(value === null);
        if (value === null || passed === null) return;
        expect([other.at, passed]).toEqual([one.at, encode(value.is)]);
      }),
      { numRuns: 3000 },
    );
  });

  it('is read part by part by who knows what comes', () => {
    const reader = new CborReader(encode([[-5, 2 ** 53 - 1], null, new Uint8Array(3), 'x']));
    expect(reader.array()).toBe(4);
    expect([reader.array(), reader.integer(), reader.integer()]).toEqual([2, -5, 2 ** 53 - 1]);
    expect([reader.isNull(), reader.isNull()]).toEqual([true, false]);
    expect(reader.bytesOf(3)).toEqual(new Uint8Array(3));
    for (const wrong of [
      (r: CborReader) => r.integer(),
      (r: CborReader) => r.array(),
      (r: CborReader) => r.bytesOf(1),
    ])
      expect(() => wrong(new CborReader(encode('x')))).toThrow(CborError);
    expect(() => new CborReader(encode(new Uint8Array(3))).bytesOf(4)).toThrow('3 bytes instead of 4');
    expect(() => new CborReader(encode([[1, 2], [3]])).item(4)).toThrow('more than 4 items');
    expect(new CborReader(encode([[1, 2], [3]])).item(5)).toEqual([[1, 2], [3]]);
  });

  it('reads sequences of any items', () => {
    fc.assert(
      fc.property(fc.array(anyValue, { maxLength: 6 }), (values) => {
        expect(decodeSequence(concatBytes(...values.map(encode)))).toEqual(values);
      }),
    );
  });

  it.each<[string, Value]>([
    ['a fraction', 0.5],
    ['-0', -0],
    ['2^53', 2 ** 53],
    ['-2^53', -(2 ** 53)],
    ['not a number', Number.NaN],
    ['text in form NFD', 'u\u0308'],
    ['a lone surrogate', '\ud800'],
    ['a line feed', 'a\nb'],
    ['a C1 control', 'a\u0085b'],
    ['257 ASCII bytes', 'a'.repeat(257)],
    ['258 bytes in 86 characters', '水'.repeat(86)],
    ['nine arrays', [[[[[[[[[]]]]]]]]]],
  ])('cannot carry %s', (_, value) => {
    expect(() => encode(value)).toThrow(CborError);
  });

  it('carries the longest text, the deepest nesting and the greatest integers', () => {
    const edge = [
      'a'.repeat(256),
      `${'水'.repeat(85)}a`,
      2 ** 53 - 1,
      -(2 ** 53 - 1),
      [[[[[[[1]]]]]]],
      '\ufeffx',
    ];
    expect(decode(encode(edge))).toEqual(edge);
  });

  it.each([
    ['text with a byte order mark only half there', '62efbb'],
    ['text in form NFD', '6375cc88'],
    ['text with NUL', '6100'],
    ['nine arrays', '818181818181818180'],
    ['a trailing byte', '0000'],
    ['nothing', ''],
    ['2^53', '1b0020000000000000'],
    ['-2^53', '3b001fffffffffffff'],
  ])('refuses %s', (_, hex) => {
    expect(() => decode(bytesOf(hex))).toThrow(CborError);
  });

  it('makes nothing for what a head only promises', () => {
    for (const head of ['9a7fffffff', '9b001fffffffffffff', '5a7fffffff', '7a7fffffff', '9affffffff00'])
      expect(() => decode(bytesOf(head))).toThrow(CborError);
  });
});

it('a large value is encoded alike, whatever room was made for it', () => {
  const value = [new Uint8Array(300_000).fill(3), 'text', [1, -2, null]];
  for (const about of [0, 100_000, 299_000, 400_000]) {
    expect(Buffer.compare(encodeLarge(value, about), encode(value))).toBe(0);
  }
});
