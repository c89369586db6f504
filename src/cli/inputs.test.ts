import { describe, expect, it } from 'vitest';
import { deadline, moment, span } from './inputs.ts';

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

  it('to come are a time, or how long from now', () => {
    expect(deadline('90d', NOW)).toBe(NOW + 90 * 86_400_000);
    expect(deadline('2026-01-31T08:00:00+08:00', NOW)).toBe(Date.UTC(2026, 0, 31));
    expect(() => deadline('soon', NOW)).toThrow('how long from now');
  });

  it('spans carry a unit', () => {
    expect(span('90s')).toBe(90_000);
    expect(() => span('90')).toThrow('is no time span');
  });
});
