import { JsonNumber, type Json } from '../../domain/strict-json.ts';
import { formatScaled } from '../../domain/units.ts';
import { encodeLds02 } from './lds02.ts';
import { encodeLht65 } from './lht65.ts';
import {
  EM300_MCS,
  EM300_SLD,
  EM300_TH,
  EM500_PT100,
  encodeMilesight,
  UC300,
  WS301,
  type Layout,
} from './milesight.ts';
import { encodeRuuvi } from './ruuvi.ts';
import type { Model, Sent, Values } from './simulated-model.ts';

/** Sensors that a network server or gateway speaks for: by profile name, what it publishes of each. */
export const GATEWAYS: Readonly<Record<string, Model>> = {
  'chirpstack-v4-em300-th': milesight(EM300_TH),
  'chirpstack-v4-em300-mcs': milesight(EM300_MCS),
  'chirpstack-v4-em300-sld': milesight(EM300_SLD),
  'chirpstack-v4-em500-pt100': milesight(EM500_PT100),
  'chirpstack-v4-ws301': milesight(WS301),
  'chirpstack-v4-uc300': milesight(UC300),
  'chirpstack-v4-lht65': chirpstack(2, (v) =>
    encodeLht65({
      temperature: v.get('temperature') ?? 0,
      humidity: v.get('humidity') ?? 0,
      probe: v.get('probe') ?? null,
      battery: v.get('battery') ?? 3000,
    }),
  ),
  'chirpstack-v4-lds02': chirpstack(10, (v, no) =>
    encodeLds02({ open: v.get('door') === 1, battery: v.get('battery') ?? 3000, openings: no }),
  ),
  'ruuvi-gateway': {
    eager: false,
    report: (v, { topic, address, at, no }): Sent => {
      const data = encodeRuuvi({
        temperature: v.get('temperature') ?? null,
        humidity: v.get('humidity') ?? null,
        pressure: v.get('pressure') || 101_325,
        battery: v.get('battery') ?? 3000,
        sequence: no,
        mac: address,
      });
      const seconds = String(Math.floor(at / 1000));
      return {
        topic: `${topic.replace('+', 'C8:25:2D:8E:9C:2C')}/${address}`,
        payload: JSON.stringify({
          gw_mac: 'C8:25:2D:8E:9C:2C',
          rssi: -61,
          aoa: [],
          gwts: seconds,
          ts: seconds,
          data: Buffer.from(data).toString('hex').toUpperCase(),
          coords: '',
        }),
      };
    },
  },
};

/** How a profile's channels are called and scaled by Milesight's codecs. */
const NUMBERS = [
  ['battery', 'battery', -1],
  ['temperature', 'temperature', -1],
  ['humidity', 'humidity', -1],
  ['pt100-1', 'pt100_1', -1],
  ['pt100-2', 'pt100_2', -1],
] as const;
const STATES = [
  ['door', 'magnet_status', ['close', 'open']],
  ['leak', 'leakage_status', ['normal', 'leak']],
  ['tamper', 'tamper_status', ['installed', 'uninstalled']],
  ...[1, 2, 3, 4].map((n) => [`input-${n}`, `gpio_in_${n}`, ['off', 'on']] as const),
  ...[1, 2].map((n) => [`output-${n}`, `gpio_out_${n}`, ['off', 'on']] as const),
] as const;

function milesight(layout: Layout): Model {
  return chirpstack(85, (v) => {
    const values = new Map<string, Json>();
    for (const [channel, name, exp] of NUMBERS) {
      const scaled = v.get(channel);
      if (scaled !== undefined) values.set(name, new JsonNumber(formatScaled(scaled, exp)));
    }
    for (const [channel, name, words] of STATES) {
      const word = words[v.get(channel) ?? -1];
      if (word !== undefined) values.set(name, word);
    }
    return encodeMilesight(layout, values);
  });
}

function chirpstack(fPort: number, bytes: (values: Values, no: number) => Uint8Array): Model {
  return {
    eager: true,
    report: (v, { topic, address, at, no }): Sent => ({
      topic: `${topic}/device/${address}/event/up`,
      payload: JSON.stringify({
        deduplicationId: `sim-${address}-${no}`,
        time: new Date(at).toISOString(),
        deviceInfo: { deviceName: address, devEui: address },
        fCnt: no,
        fPort,
        data: Buffer.from(bytes(v, no)).toString('base64'),
      }),
    }),
  };
}
