import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fromBase64, toBase64 } from './encodings.ts';

describe('base64', () => {
  it('of any bytes is read back', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 100 }), (b) => {
        expect(fromBase64(toBase64(b))).toEqual(b);
      }),
    );
  });

  it('has one spelling: any other text is none', () => {
    const sign = fc.constantFrom('A', 'Q', 'g', 'z', '+', '/', '9', '=', '-', '_', ' ', '\n', '\u00e9');
    fc.assert(
      fc.property(fc.string({ unit: sign, maxLength: 8 }), (text) => {
        const bytes = fromBase64(text);
        if (bytes !== null) expect(toBase64(bytes)).toBe(text);
        else expect(Buffer.from(text, 'base64').toString('base64')).not.toBe(text);
      }),
      { numRuns: 2000 },
    );
    for (const text of [
      'A',
      'AA',
      'AAA',
      'A===',
      '====',
      'AB==',
      'AAB=',
      'AA=A',
      'AA==AAAA',
      'AA-A',
      'AAAA=',
    ])
      expect([text, fromBase64(text)]).toEqual([text, null]);
  });
});
