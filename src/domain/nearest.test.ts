import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { editDistance, nearest, suggestion } from './nearest.ts';

describe('the nearest known word', () => {
  it.each([
    ['lissten', 'listen'],
    ['listne', 'listen'],
    ['Zones', 'zones'],
    ['zone', 'zones'],
    ['completely-other', null],
  ])('of %s is %s', (word, best) => expect(nearest(word, ['listen', 'zones', 'data'])).toBe(best));

  it('is told, or the words there are', () => {
    expect(suggestion('zone', ['zones'])).toBe('; did you mean "zones"?');
    expect(suggestion('qqq', ['zones', 'data'])).toBe('; known: zones, data');
    expect(suggestion('qqq', [])).toBe('; there are none');
  });

  it('measures edits: none from a word to itself, the same both ways, one per change', () => {
    const word = fc.string({ maxLength: 12 });
    fc.assert(
      fc.property(word, word, (a, b) => {
        expect(editDistance(a, a)).toBe(0);
        expect(editDistance(a, b)).toBe(editDistance(b, a));
        expect(editDistance(a, `${a}x`)).toBe(1);
        expect(editDistance(a, b)).toBeLessThanOrEqual(Math.max(a.length, b.length));
      }),
    );
  });
});
