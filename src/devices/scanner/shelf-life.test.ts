import { expect, it } from 'vitest';
import { daysLeft } from './shelf-life.ts';

const NOON = new Date(2026, 10, 24, 12).getTime();

it.each([
  [[['17', '261124']], 0],
  [[['17', '261125']], 1],
  [[['17', '261123']], -1],
  [[['17', '271124']], 365],
  // Day 00 is the last of the month, also of a leap year's February.
  [[['17', '261100']], 6],
  [[['17', '280200']], 462],
  [[['7003', '2611261530']], 2],
  [[['15', '261201']], 7],
  [[['16', '261201']], 7],
  // Use by counts before best before.
  [
    [
      ['15', '261201'],
      ['17', '261126'],
    ],
    2,
  ],
  [[['10', 'B-7']], null],
  [[], null],
] as const)('%j has %j days left', (elements, days) => {
  expect(daysLeft(elements, NOON)).toBe(days);
  expect(daysLeft(elements, new Date(2026, 10, 24, 0, 0, 1).getTime())).toBe(days);
});

it('takes the year of two digits from 49 years ago to 50 ahead', () => {
  expect(daysLeft([['17', '761124']], NOON)).toBe(18_263);
  expect(daysLeft([['17', '771124']], NOON)).toBeLessThan(-17_000);
  expect(daysLeft([['17', '000101']], new Date(2099, 11, 31, 12).getTime())).toBe(1);
});
