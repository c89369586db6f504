import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { isJsonObject, JsonNumber, type Json } from '../../domain/strict-json.ts';
import { decodeEm300 } from './em300.ts';
import { decodeLht65 } from './lht65.ts';

const VECTORS = join(import.meta.dirname, '../../../test/fixtures/vectors/mqtt');

const vectorFile = z.object({
  cases: z.array(z.object({ id: z.string(), hex: z.string(), expect: z.unknown() })),
  refuse: z.array(z.object({ id: z.string(), hex: z.string(), why: z.string() })),
});

function plain(value: Json): unknown {
  if (value instanceof JsonNumber) return Number(value.text);
  if (isJsonObject(value)) return Object.fromEntries([...value].map(([k, v]) => [k, plain(v)]));
  return Array.isArray(value) ? (value as readonly Json[]).map(plain) : value;
}

const bytes = (hex: string) => Buffer.from(hex.replaceAll(' ', ''), 'hex');

describe('Milesight EM300-TH', () => {
  const vectors = vectorFile.parse(
    JSON.parse(readFileSync(join(VECTORS, 'milesight-em300-th.json'), 'utf8')),
  );

  it.each(vectors.cases)('reads $id', ({ hex, expect: expected }) => {
    const decoded = decodeEm300(bytes(hex));
    expect(typeof decoded === 'string' ? decoded : plain(decoded)).toEqual(expected);
  });

  it.each(vectors.refuse)('refuses $id: $why', ({ hex }) => {
    expect(decodeEm300(bytes(hex))).toMatch(/is cut short at byte/);
  });

  it('keeps the digits as they are: -0.1, not a binary fraction', () => {
    const decoded = decodeEm300(bytes('0367ffff'));
    expect(typeof decoded === 'string' ? decoded : decoded.get('temperature')).toEqual(
      new JsonNumber('-0.1'),
    );
  });

  it('stops at an unknown channel, refuses one that comes twice or none', () => {
    expect(decodeEm300(bytes('0367CFFE FF01 0367'))).toEqual(
      new Map([['temperature', new JsonNumber('-30.5')]]),
    );
    expect(decodeEm300(bytes('03670100 03670200'))).toBe('channel 0367 comes twice');
    expect(decodeEm300(bytes('FF01'))).toBe('no known channel in 2 bytes');
    expect(decodeEm300(bytes(''))).toBe('no known channel in 0 bytes');
  });
});

describe('Dragino LHT65', () => {
  it.each([
    [
      'CB F6 0B 0D 03 76 01 0A DD 7F FF',
      { BatV: 3.062, Bat_status: 3, TempC_SHT: 28.29, Hum_SHT: 88.6, TempC_DS: 27.81 },
    ],
    [
      'CB BD F5 C6 02 2E 01 F5 4F 7F FF',
      { BatV: 3.005, Bat_status: 3, TempC_SHT: -26.18, Hum_SHT: 55.8, TempC_DS: -27.37 },
    ],
    [
      'CB BD F5 C6 02 2E 01 7F FF 7F FF',
      { BatV: 3.005, Bat_status: 3, TempC_SHT: -26.18, Hum_SHT: 55.8, TempC_DS: null },
    ],
    ['CB BD F5 C6 02 2E 00 F5 4F 7F FF', { BatV: 3.005, Bat_status: 3, TempC_SHT: -26.18, Hum_SHT: 55.8 }],
  ])('reads %s', (hex, expected) => {
    const decoded = decodeLht65(bytes(hex));
    expect(typeof decoded === 'string' ? decoded : plain(decoded)).toEqual(expected);
  });

  it('refuses stored records and wrong lengths', () => {
    expect(decodeLht65(bytes('CB BD F5 C6 02 2E 41 F5 4F 7F FF'))).toMatch(/stored record/);
    expect(decodeLht65(bytes('CB BD'))).toBe('2 bytes, expected 11');
  });
});

describe('any bytes', () => {
  it('give values or a reason, never an exception', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 40 }), (data) => {
        for (const decoded of [decodeEm300(data), decodeLht65(data)]) {
          expect(typeof decoded === 'string' ? decoded.length : decoded.size).toBeGreaterThan(0);
        }
      }),
      { numRuns: 2000 },
    );
  });
});
