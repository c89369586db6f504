import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { browserPrimitives } from '../../src/web/verifier/primitives.ts';

describe('SHA-256 in a browser', () => {
  it('is that of node for every length around its blocks, wherever it is written', () => {
    const bytes = Uint8Array.from({ length: 300 }, (_, i) => (i * 7) & 0xff);
    for (let length = 0; length <= bytes.length; length++) {
      const data = bytes.slice(0, length);
      const expected = createHash('sha256').update(data).digest('hex');
      expect(Buffer.from(browserPrimitives.sha256(data)).toString('hex')).toBe(expected);
      const out = new Uint8Array(40).fill(0xee);
      browserPrimitives.sha256Into(data, out, 5);
      expect(Buffer.from(out).toString('hex')).toBe(`eeeeeeeeee${expected}eeeeee`);
    }
  });

  it('may be written over what was hashed', () => {
    const both = Uint8Array.from({ length: 64 }, (_, i) => i);
    const expected = createHash('sha256').update(both).digest('hex');
    browserPrimitives.sha256Into(both, both, 0);
    expect(Buffer.from(both.subarray(0, 32)).toString('hex')).toBe(expected);
  });
});
