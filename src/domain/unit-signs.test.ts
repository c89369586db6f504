import { describe, expect, it } from 'vitest';
import { unitSign } from './unit-signs.ts';
import { ucumOf } from './units.ts';

describe('units as people read them', () => {
  it.each([
    ['Cel', '°C', '°C'],
    ['%', '%', '%'],
    ['kg', 'kg', 'kg'],
    ['m/s', 'm/s', 'm/s'],
    ['[lb_av]', 'lb', '磅'],
    ['dB[mW]', 'dBm', 'dBm'],
    ['d', 'days', '天'],
    ['1', '', ''],
    ['constructor', 'constructor', 'constructor'],
  ])('%s is %s, in Chinese %s', (ucum, en, zh) => expect(unitSign(ucum)).toEqual({ en, zh }));

  it.each(['°C', '%', 'kWh', 'lb', 'dBm', 'hPa', 'cm/s'])('%s is read back as it was written', (spelling) => {
    expect(unitSign(ucumOf(spelling) ?? '').en).toBe(spelling);
  });
});
