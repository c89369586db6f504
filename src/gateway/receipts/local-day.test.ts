import { describe, expect, it } from 'vitest';
import { dayAt, endOfDay, startOfDay } from './local-day.ts';

const HOUR = 3_600_000;

describe('a local day', () => {
  it('begins and ends at midnight of the zone', () => {
    const t = Date.UTC(2026, 10, 24, 20, 30);
    expect(dayAt(t, 'Asia/Shanghai')).toBe('2026-11-25');
    expect(startOfDay(t, 'Asia/Shanghai')).toBe(Date.UTC(2026, 10, 24, 16));
    expect(endOfDay(t, 'Asia/Shanghai')).toBe(Date.UTC(2026, 10, 25, 16));
    expect(startOfDay(Date.UTC(2026, 10, 24, 16), 'Asia/Shanghai')).toBe(Date.UTC(2026, 10, 24, 16));
    expect(dayAt(Date.UTC(2026, 10, 24, 16) - 1, 'Asia/Shanghai')).toBe('2026-11-24');
  });

  it.each([
    ['the clocks go forward', Date.UTC(2026, 2, 29, 10), 23],
    ['the clocks go back', Date.UTC(2026, 9, 25, 10), 25],
    ['nothing is set', Date.UTC(2026, 6, 1, 10), 24],
  ])('has as many hours as it has when %s', (_what, t, hours) => {
    expect(endOfDay(t, 'Europe/Berlin') - startOfDay(t, 'Europe/Berlin')).toBe(hours * HOUR);
  });
});
