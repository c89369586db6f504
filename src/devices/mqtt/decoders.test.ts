import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { JsonNumber } from '../../domain/strict-json.ts';
import { bytes, read } from './decoding.fixture.ts';
import { decodeMilesight, EM300_TH } from './milesight.ts';

const VECTORS = join(import.meta.dirname, '../../../test/fixtures/vectors/mqtt');
const vectorFile = z.object({
  cases: z.array(z.object({ id: z.string(), hex: z.string(), expect: z.unknown() })),
  refuse: z.array(z.object({ id: z.string(), hex: z.string(), why: z.string() })),
});

describe('Milesight', () => {
  const vectors = vectorFile.parse(
    JSON.parse(readFileSync(join(VECTORS, 'milesight-em300-th.json'), 'utf8')),
  );

  it.each(vectors.cases)('EM300-TH reads $id', ({ hex, expect: expected }) =>
    expect(read('milesight-em300-th', hex)).toEqual(expected),
  );

  it.each(vectors.refuse)('EM300-TH refuses $id: $why', ({ hex }) =>
    expect(read('milesight-em300-th', hex)).toMatch(/is cut short at byte/),
  );

  it('keeps the digits as they are: -0.1, not a binary fraction', () => {
    const decoded = decodeMilesight(EM300_TH, bytes('0367ffff'));
    expect(typeof decoded === 'string' ? decoded : decoded.get('temperature')).toEqual(
      new JsonNumber('-0.1'),
    );
  });

  // Examples of the maker's own payload tables, and of wire-formats' layout.
  it.each([
    ['milesight-em300-th', '01755C 03673401 046865', { battery: 92, temperature: 30.8, humidity: 50.5 }],
    [
      'milesight-em300-th',
      '20CE9E74466310015D',
      { history: [{ timestamp: 1_665_561_758, temperature: 27.2, humidity: 46.5 }] },
    ],
    ['milesight-em300-th', '04687803671C0001755A', { battery: 90, temperature: 2.8, humidity: 60 }],
    [
      'milesight-em300-th',
      '20CE8874216945FF8C',
      { history: [{ timestamp: 1_763_800_200, temperature: -18.7, humidity: 70 }] },
    ],
    [
      'milesight-em300-mcs',
      '01 75 5C 03 67 34 01 04 68 65 06 00 01',
      { battery: 92, temperature: 30.8, humidity: 50.5, magnet_status: 'open' },
    ],
    [
      'milesight-em300-mcs',
      '20 CE 9E 74 46 63 10 01 5D 01',
      {
        history: [{ timestamp: 1_665_561_758, temperature: 27.2, humidity: 46.5, magnet_status: 'open' }],
      },
    ],
    [
      'milesight-em300-sld',
      '01755C 03673401 046865 050000',
      { battery: 92, temperature: 30.8, humidity: 50.5, leakage_status: 'normal' },
    ],
    [
      'milesight-em300-sld',
      '20CE9E74466310015D01',
      {
        history: [{ timestamp: 1_665_561_758, temperature: 27.2, humidity: 46.5, leakage_status: 'leak' }],
      },
    ],
    ['milesight-em500-pt100', '017564 03671901', { battery: 100, temperature: 28.1 }],
    [
      'milesight-em500-pt100',
      '83D7 C4F9 1400 01',
      { temperature: -159.6, temperature_change: 2, temperature_alarm: 1 },
    ],
    [
      'milesight-ws301',
      '01 75 64 03 00 01 04 00 01',
      { battery: 100, magnet_status: 'open', tamper_status: 'uninstalled' },
    ],
    ['milesight-ws301', '03 00 00', { magnet_status: 'close' }],
    [
      'milesight-uc300',
      '03C80A000000 04C814000000 050000 060000 070101 080101',
      {
        counter_1: 10,
        counter_2: 20,
        gpio_in_3: 'off',
        gpio_in_4: 'off',
        gpio_out_1: 'on',
        gpio_out_2: 'on',
      },
    ],
    ['milesight-uc300', '0B0290010000 0C0290010000', { adc_1: 4, adc_2: 4 }],
    ['milesight-uc300', '0D0248010000 0E0249010000', { adv_1: 3.28, adv_2: 3.29 }],
    ['milesight-uc300', '09670201 0A6738FF', { pt100_1: 25.8, pt100_2: -20 }],
  ] as const)('%s reads %s', (decoder, hex, expected) => expect(read(decoder, hex)).toEqual(expected));

  it.each([
    ['milesight-em300-th', '03670100 03670200', 'channel 0367 comes twice'],
    ['milesight-em300-th', 'FE01', 'no known channel in 2 bytes'],
    ['milesight-em300-th', 'FF16 6785', 'channel ff16 is cut short at byte 0'],
    ['milesight-em300-th', '', 'no known channel in 0 bytes'],
    ['milesight-em300-mcs', '060002', 'magnet_status is 2, expected 0 to 1 (close, open)'],
    ['milesight-ws301', '0400', 'channel 0400 is cut short at byte 0'],
    ['milesight-ws301', '0175640300', 'channel 0300 is cut short at byte 3'],
  ] as const)('%s refuses "%s": %s', (decoder, hex, why) => expect(read(decoder, hex)).toBe(why));

  it('stops at a channel that it does not know', () =>
    expect(read('milesight-em300-th', '0367CFFE FE01 0367')).toEqual({ temperature: -30.5 }));

  it('passes over what a device tells of itself when it joins', () => {
    const joined = 'FF0BFF FF0101 FF166785A1B2C3D4E5F6 FF090110 FF0A0102 FF0F00';
    expect(read('milesight-em300-th', joined)).toEqual({});
    expect(read('milesight-ws301', `${joined} 030001`)).toEqual({ magnet_status: 'open' });
  });
});

describe('Dragino', () => {
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
    [
      'CB BD F5 C6 02 2E 02 F5 4F 7F FF',
      { BatV: 3.005, Bat_status: 3, TempC_SHT: -26.18, Hum_SHT: 55.8, TempC_TMP117: -27.37 },
    ],
    // The probe's temperature stands where the battery is otherwise.
    [
      'F5 4F F5 C6 C2 2E 09 69 21 74 88',
      { TempC_SHT: -26.18, Hum_SHT: 55.8, TempC_DS: -27.37, Bat_status: 3, Systimestamp: 1_763_800_200 },
    ],
    [
      'CB BD F5 C6 02 2E 0B F5 4F 02 2E',
      {
        BatV: 3.005,
        Bat_status: 3,
        TempC_SHT: -26.18,
        Hum_SHT: 55.8,
        Ext_TempC_SHT: -27.37,
        Ext_Hum_SHT: 55.8,
      },
    ],
    ['CB BD 28 FF 64 1E 0F 92 15 03 A7', { BatV: 3.005, Bat_status: 3 }],
  ])('LHT65 reads %s', (hex, expected) => expect(read('dragino-lht65', hex)).toEqual(expected));

  it('LHT65 refuses stored records and wrong lengths', () => {
    expect(read('dragino-lht65', 'CB BD F5 C6 02 2E 41 F5 4F 7F FF')).toMatch(/stored record/);
    expect(read('dragino-lht65', 'CB BD')).toBe('2 bytes, expected 11');
  });

  it.each([
    [
      '8B B8 01 00 00 1D 00 00 07 01',
      {
        BAT_V: 3,
        MOD: 1,
        DOOR_OPEN_STATUS: 1,
        DOOR_OPEN_TIMES: 29,
        LAST_DOOR_OPEN_DURATION: 7,
        ALARM: 1,
      },
    ],
    [
      '4B B8 02 01 00 00 00 01 00 00',
      { BAT_V: 3, MOD: 2, WATER_LEAK_STATUS: 1, WATER_LEAK_TIMES: 65_536, LAST_WATER_LEAK_DURATION: 256 },
    ],
    [
      'CB B8 03 00 00 00 00 00 00 00',
      { BAT_V: 3, MOD: 3, DOOR_OPEN_STATUS: 1, WATER_LEAK_STATUS: 1, ALARM: 0 },
    ],
    ['0B B8 04 00 00 00 00 00 00 00', 'working mode is 4, expected 1 (door), 2 (leak) or 3 (both)'],
    ['0B B8 01 00 00 00 00 00 00', '9 bytes, expected 10'],
  ])('LDS02 reads %s', (hex, expected) => expect(read('dragino-lds02', hex)).toEqual(expected));
});
