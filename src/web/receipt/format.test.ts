import { describe, expect, it } from 'vitest';
import { pieces } from './curve.tsx';
import { amountText, lengthText, shareText } from './format.ts';

describe('numbers of the page', () => {
  it('are as they were truncated, with their minutes', () => {
    expect([9989, 10_000, 9905, 0, null].map(shareText)).toEqual([
      '99.89 %',
      '100.00 %',
      '99.05 %',
      '0.00 %',
      '–',
    ]);
    expect([47 * 60_000, 2000, 90_000, 0, 1].map((ms) => lengthText(ms, 'en'))).toEqual([
      '47 min',
      '2 s',
      '1 min 30 s',
      '0 min',
      '1 s',
    ]);
    expect(amountText({ value: 400, exp: -1, unit: 't' }, 'en')).toBe('40.0 t');
    expect(amountText({ value: 40, exp: 0, unit: '1' }, 'zh')).toBe('40');
  });

  it('make no line where nothing was read', () => {
    const points = [0, 1, 2, 9, 10].map((t) => ({ t, v: 1 }));
    expect(pieces(points).map((p) => p.length)).toEqual([3, 2]);
    expect(
      pieces([
        { t: 0, v: 1 },
        { t: 1, v: null },
        { t: 2, v: 1 },
      ]),
    ).toHaveLength(2);
    expect(pieces([])).toEqual([]);
  });
});
