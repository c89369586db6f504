import { describe, expect, it } from 'vitest';
import { formatDuration, formatScaled, parseBaud, parseDuration, parseQuantity, scale } from './units.ts';

describe('units as people write them', () => {
  it.each([
    ['250ms', 250],
    ['10s', 10_000],
    ['10 s', 10_000],
    ['5m', 300_000],
    ['1.5h', 5_400_000],
    ['0s', 0],
    ['2d', 172_800_000],
  ])('reads %s as %i ms', (text, ms) => expect(parseDuration(text)).toBe(ms));

  it.each(['10', 's', '-1s', '1 week', '1.0005s5', '', '9007199254740993ms'])('refuses %j', (text) =>
    expect(parseDuration(text)).toBeNull(),
  );

  it.each([0, 250, 10_000, 90_000, 3_600_000])('writes %i ms so that it reads back', (ms) =>
    expect(parseDuration(formatDuration(ms))).toBe(ms),
  );

  it('reads numbers with units exactly', () => {
    expect(parseQuantity('2 °C')).toEqual({ value: { digits: 2, exp: 0 }, unit: 'Cel' });
    expect(parseQuantity('-0.50')).toEqual({ value: { digits: -50, exp: -2 }, unit: null });
    expect(parseQuantity('2 furlong')).toBeNull();
    expect(parseBaud('9600 baud')).toBe(9600);
    expect(parseBaud('fast')).toBeNull();
  });

  it('scales without ever rounding', () => {
    expect(scale({ digits: 85, exp: -1 }, -2)).toBe(850);
    expect(scale({ digits: 8, exp: 0 }, -1)).toBe(80);
    expect(scale({ digits: 8005, exp: -3 }, -2)).toBeNull();
    expect(formatScaled(-35, -2)).toBe('-0.35');
    expect(formatScaled(412, -2)).toBe('4.12');
    expect(formatScaled(3, 2)).toBe('300');
  });
});
