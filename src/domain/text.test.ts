import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { recordText } from './text.ts';

describe('text in a record', () => {
  it('is cut at whole characters', () => {
    expect(recordText('冷'.repeat(200))).toBe('冷'.repeat(85));
    expect(recordText('door\nopen\u0000')).toBe('door open ');
    expect(recordText('e\u0301')).toBe('\u00e9');
  });

  it('always fits the evidence profile', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 400 }), (text) => {
        const out = recordText(text);
        expect(new TextEncoder().encode(out).length).toBeLessThanOrEqual(256);
        expect(out.isWellFormed() && out === out.normalize('NFC')).toBe(true);
        expect(out).not.toMatch(/\p{Cc}/u);
      }),
    );
  });
});
