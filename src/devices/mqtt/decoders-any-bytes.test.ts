import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { JsonNumber, type Json } from '../../domain/strict-json.ts';
import { formatScaled } from '../../domain/units.ts';
import { DECODER_NAMES, DECODERS } from './decoders.ts';
import { bytes, plain } from './decoding.fixture.ts';
import { decodeLds02, encodeLds02 } from './lds02.ts';
import { decodeLht65, encodeLht65 } from './lht65.ts';
import {
  decodeMilesight,
  EM300_MCS,
  EM300_SLD,
  EM300_TH,
  EM500_PT100,
  encodeMilesight,
  WS301,
} from './milesight.ts';
import { decodeRuuvi, encodeRuuvi } from './ruuvi.ts';

/** Cases over all properties: a hundred thousand with every test run, more by BAILEE_FUZZ. */
const RUNS = Math.ceil(Number(process.env['BAILEE_FUZZ'] ?? 100_000) / 5);
/** So long as a fuzz run may take: ten million cases need minutes. */
const PATIENCE = Math.max(30_000, RUNS);

const text = (value: Json | undefined) => (value instanceof JsonNumber ? value.text : value);

describe('any bytes', () => {
  const layouts = { EM300_TH, EM300_MCS, EM300_SLD, EM500_PT100, WS301 };
  const tenth = fc.integer({ min: -32_768, max: 32_767 });

  it(
    'give values or a reason, never an exception',
    () => {
      fc.assert(
        fc.property(
          fc.constantFrom(...DECODER_NAMES),
          fc.uint8Array({ maxLength: 40 }),
          fc.constantFrom('', '0367', '20ce', '0300', '83d7', '1bff9904', '0201061bff990405'),
          (decoder, noise, head) => {
            const decoded = DECODERS[decoder](Buffer.concat([bytes(head), noise]));
            return typeof decoded === 'string'
              ? decoded.length > 0
              : [...decoded.keys()].every((k) => k !== '');
          },
        ),
        { numRuns: RUNS },
      );
    },
    PATIENCE,
  );

  it(
    'what a Milesight sensor says is read as it was meant',
    () => {
      const record = fc.record({
        layout: fc.constantFrom(...Object.values(layouts)),
        temperature: tenth,
        humidity: fc.integer({ min: 0, max: 255 }),
        battery: fc.integer({ min: 0, max: 255 }),
        state: fc.integer({ min: 0, max: 1 }),
        timestamps: fc.array(fc.integer({ min: 0, max: 0xffff_ffff }), { maxLength: 3 }),
      });
      fc.assert(
        fc.property(record, ({ layout, temperature, humidity, battery, state, timestamps }) => {
          const measured: [string, Json][] = [
            ['temperature', new JsonNumber(formatScaled(temperature, -1))],
            ['humidity', new JsonNumber(formatScaled(humidity * 5, -1))],
            ['magnet_status', state === 1 ? 'open' : 'close'],
            ['leakage_status', state === 1 ? 'leak' : 'normal'],
            ['tamper_status', state === 1 ? 'uninstalled' : 'installed'],
          ];
          const known = (parts: readonly { readonly name: string }[] = []) =>
            new Map(measured.filter(([name]) => parts.some((p) => p.name === name)));
          const live = new Map<string, Json>([
            ...known([...layout].filter(([tag]) => tag !== 0x20ce && tag !== 0x83d7).flatMap(([, p]) => p)),
            ['battery', new JsonNumber(String(battery))],
          ]);
          const history = layout.get(0x20ce);
          if (history !== undefined && timestamps.length > 0) {
            live.set(
              'history',
              timestamps.map((t) => new Map([...known(history), ['timestamp', new JsonNumber(String(t))]])),
            );
          }
          const decoded = decodeMilesight(layout, encodeMilesight(layout, live));
          expect(typeof decoded === 'string' ? decoded : plain(decoded)).toEqual(plain(live));
        }),
        { numRuns: RUNS },
      );
    },
    PATIENCE,
  );

  it(
    'what a Dragino LHT65 or LDS02 says is read as it was meant',
    () => {
      const shape = fc.record({
        temperature: fc.integer({ min: -32_768, max: 32_766 }),
        probe: fc.option(fc.integer({ min: -32_768, max: 32_766 })),
        humidity: fc.integer({ min: 0, max: 1000 }),
        battery: fc.integer({ min: 0, max: 0x3fff }),
        open: fc.boolean(),
        openings: fc.integer({ min: 0, max: 0xff_ffff }),
      });
      fc.assert(
        fc.property(shape, (v) => {
          const climate = decodeLht65(encodeLht65(v));
          const door = decodeLds02(encodeLds02(v));
          if (typeof climate === 'string' || typeof door === 'string') return false;
          return (
            text(climate.get('TempC_SHT')) === formatScaled(v.temperature, -2) &&
            text(climate.get('Hum_SHT')) === formatScaled(v.humidity, -1) &&
            text(climate.get('BatV')) === formatScaled(v.battery, -3) &&
            text(climate.get('TempC_DS')) === (v.probe === null ? undefined : formatScaled(v.probe, -2)) &&
            text(door.get('DOOR_OPEN_STATUS')) === String(Number(v.open)) &&
            text(door.get('DOOR_OPEN_TIMES')) === String(v.openings) &&
            text(door.get('BAT_V')) === formatScaled(v.battery, -3)
          );
        }),
        { numRuns: RUNS },
      );
    },
    PATIENCE,
  );

  it(
    'what a RuuviTag says is read as it was meant, behind whatever else its advertisement holds',
    () => {
      const shape = fc.record({
        temperature: fc.option(fc.integer({ min: -32_767, max: 32_767 }).map((n) => n * 5)),
        humidity: fc.option(fc.integer({ min: 0, max: 65_534 }).map((n) => n * 25)),
        pressure: fc.option(fc.integer({ min: 50_000, max: 115_534 })),
        battery: fc.integer({ min: 1600, max: 3646 }),
        sequence: fc.integer({ min: 0, max: 65_534 }),
        other: fc.uint8Array({ maxLength: 9 }).filter((o) => o[0] !== 0xff),
      });
      fc.assert(
        fc.property(shape, ({ other, ...v }) => {
          const data = encodeRuuvi({ ...v, mac: 'CB:B8:33:4C:88:4F' });
          const front = other.length === 0 ? [] : [other.length, ...other];
          const decoded = decodeRuuvi(Uint8Array.from([...front, ...data]));
          if (typeof decoded === 'string') return false;
          const is = (name: string, n: number | null, exp: number) => {
            const value = decoded.get(name);
            return n === null
              ? value === null
              : value instanceof JsonNumber && value.text === formatScaled(n, exp);
          };
          return (
            is('temperature', v.temperature, -3) &&
            is('humidity', v.humidity, -4) &&
            is('pressure', v.pressure, 0) &&
            is('voltage', v.battery, -3) &&
            is('measurementSequenceNumber', v.sequence, 0) &&
            decoded.get('mac') === 'CB:B8:33:4C:88:4F'
          );
        }),
        { numRuns: RUNS },
      );
    },
    PATIENCE,
  );
});
