import { describe, expect, it } from 'vitest';
import { moment, span } from './inputs.ts';

const NOW = Date.UTC(2026, 0, 31, 12);

describe('moments on the command line', () => {
  it.each([
    ['now', NOW],
    ['2h', NOW - 7_200_000],
    ['2026-01-31T08:00:00+08:00', Date.UTC(2026, 0, 31)],
    ['2026-01-31T08:00:00.250Z', Date.UTC(2026, 0, 31, 8, 0, 0, 250)],
    ['2026-01-31', new Date(2026, 0, 31).getTime()],
    ['2026-01-31T08:00', new Date(2026, 0, 31, 8).getTime()],
  ])('%s', (text, ms) => {
    expect(moment(text, NOW)).toBe(ms);
  });

  it.each(['', 'yesterday', '31.1.2026', '2026', '2026-13-01', '2026-01-31T25:00', '1767225600000'])(
    '"%s" is none',
    (text) => {
      expect(() => moment(text, NOW)).toThrow('is no time');
    },
  );

  it('spans carry a unit', () => {
    expect(span('90s')).toBe(90_000);
    expect(() => span('90')).toThrow('is no time span');
  });
});
