import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { JsonNumber } from '../../domain/strict-json.ts';
import { formatScaled, parseDecimal } from '../../domain/units.ts';
import { readValue, type ValueRule } from './value-field.ts';

const rule = (change: Partial<ValueRule>): ValueRule => ({
  exp: -2,
  words: null,
  numberAsText: false,
  round: false,
  scale: null,
  offset: null,
  ...change,
});
const read = (text: string, change: Partial<ValueRule> = {}) => {
  const result = readValue(new JsonNumber(text), rule(change));
  return result.ok ? result.v : result.reason;
};

describe('values', () => {
  it.each<[string, Partial<ValueRule>, number]>([
    ['4.31', {}, 431],
    ['4.310', {}, 431],
    ['431e-2', {}, 431],
    ['4.315', { round: true }, 432],
    ['-4.315', { round: true }, -432],
    ['21.149999618530273', { round: true }, 2115],
    ['0.004', { round: true }, 0],
    ['2231', { scale: parseDecimal('0.01') }, 2231],
    ['23', { scale: parseDecimal('0.1'), offset: parseDecimal('-40') }, -3770],
    ['1', { exp: 2, round: true }, 0],
  ])('reads %s', (text, change, v) => expect(read(text, change)).toBe(v));

  it.each<[string, Partial<ValueRule>]>([
    ['4.315', {}],
    ['1e99', { round: true }],
    ['1e400', { round: true }],
    ['99999999999999999999', { round: true }],
    ['23', { scale: parseDecimal('0.001') }],
  ])('refuses %s', (text, change) => expect(read(text, change)).toMatch(/no place in steps/));

  it('brings back whatever was written with the steps of the stream', () => {
    fc.assert(
      fc.property(fc.maxSafeInteger(), fc.integer({ min: -9, max: 0 }), (v, exp) => {
        expect(read(formatScaled(v, exp), { exp, round: true })).toBe(v === 0 ? 0 : v);
      }),
    );
  });
});
