import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { JsonNumber } from '../../domain/strict-json.ts';
import { readTime } from './time-field.ts';

const day = Date.UTC(2026, 1, 3);

describe('times of devices', () => {
  it.each<[string, number | null]>([
    ['2026-02-03T00:00:00Z', day],
    ['2026-02-03T04:05:06.123456789+00:00', day + 14_706_123],
    ['2026-02-03T04:05:06.1+04:05', day + 6100],
    ['2026-02-02T20:00:00.999999999-04:00', day + 999],
    ['2024-02-29T00:00:00Z', Date.UTC(2024, 1, 29)],
    ['2026-02-29T00:00:00Z', null],
    ['2026-13-01T00:00:00Z', null],
    ['2026-01-01T24:00:00Z', null],
    ['2026-01-01T00:00:60Z', null],
    ['2026-01-01T00:00:00', null],
    ['2026-01-01T00:00:00.Z', null],
    ['2026-01-01T00:00:00.1234567890Z', null],
    ['2026-01-01T00:00:00Zx', null],
    ['2026-01-01 00:00:00Z', null],
    ['2026-01-01T00:00:00+15:00', null],
    ['26-01-01T00:00:00Z', null],
    ['', null],
  ])('reads %s', (text, ms) => expect(readTime(text, 'iso')).toBe(ms));

  it('reads whatever a Date writes', () => {
    const dates = fc.date({ noInvalidDate: true, min: new Date(0), max: new Date(Date.UTC(2200, 0)) });
    fc.assert(
      fc.property(dates, (date) => {
        expect(readTime(date.toISOString(), 'iso')).toBe(date.getTime());
      }),
    );
  });

  it.each([
    ['1767225600', 'epoch-s', 1_767_225_600_000],
    ['1767225600.2509', 'epoch-s', 1_767_225_600_250],
    ['1767225600250', 'epoch-ms', 1_767_225_600_250],
    ['1767225600250', 'iso-or-epoch-ms', 1_767_225_600_250],
    ['-1', 'epoch-s', null],
    ['1e300', 'epoch-s', null],
    ['1767225600', 'iso', null],
  ] as const)('reads %s as %s', (text, form, ms) => expect(readTime(new JsonNumber(text), form)).toBe(ms));

  it.each([
    ['1667480128', 'epoch-s', 1_667_480_128_000],
    ['1667480128250', 'epoch-ms', 1_667_480_128_250],
    ['1667480128', 'iso', null],
    ['16674801.28', 'epoch-s', null],
    ['-1', 'epoch-s', null],
    ['', 'epoch-s', null],
  ] as const)('reads the text "%s" as %s', (text, form, ms) => expect(readTime(text, form)).toBe(ms));
});
