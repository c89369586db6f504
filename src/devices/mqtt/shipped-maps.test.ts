import { describe, expect, it } from 'vitest';
import { NOW, receive } from './receive.fixture.ts';

const EUI = '24e124136b502217';
const MAC = 'CB:B8:33:4C:88:4F';
const APPLICATION = 'application/66666666-7777-4888-8999-aaaaaaaaaaaa';
const time = new Date(NOW).toISOString();
const seconds = String(NOW / 1000);

/** What ChirpStack says of an uplink of these bytes. */
function up(fPort: number, hex: string, more: Readonly<Record<string, unknown>> = {}) {
  return {
    deduplicationId: `b2f0${hex}`,
    time,
    deviceInfo: { deviceName: 'cold-3', devEui: EUI },
    fCnt: 17,
    fPort,
    data: Buffer.from(hex.replaceAll(' ', ''), 'hex').toString('base64'),
    rxInfo: [{ gatewayId: '0016c001f153a14c', rssi: -96, snr: 6.5 }],
    ...more,
  };
}

/** What a Ruuvi gateway says of an advertisement it heard. */
function heard(hex: string, more: Readonly<Record<string, unknown>> = {}) {
  const data = `0201061BFF9904${hex}`;
  return { gw_mac: 'C8:25:2D:8E:9C:2C', rssi: -61, aoa: [], gwts: seconds, ts: seconds, data, ...more };
}

const lora = (profile: string) => ({ id: 'd', topic: APPLICATION, address: EUI, profile });
const UP = `${APPLICATION}/device/${EUI}/event/up`;
const STATUS = `${APPLICATION}/device/${EUI}/event/status`;
const LOG = `${APPLICATION}/device/${EUI}/event/log`;
const ruuvi = { id: 'd', topic: 'ruuvi/+', address: MAC, profile: 'ruuvi-gateway' };
const RUUVI = `ruuvi/C8:25:2D:8E:9C:2C/${MAC}`;
const zigbee = (profile: string) => ({ id: 'd', topic: 'zigbee2mqtt/x', profile });
const tasmota = (profile: string, address?: string) => ({
  id: 'd',
  topic: 'board-1',
  profile,
  ...(address === undefined ? {} : { address }),
});

type Case = readonly [
  device: Record<string, string>,
  topic: string,
  payload: unknown,
  says: string,
  hint?: string,
];

/** `channel: v`, with the quality where it is not good; refusals and health behind it. */
function saidOf([device, topic, payload]: Case): string {
  const { readings, refusals = [], health = [] } = receive([device]).send(topic, payload);
  return [
    ...readings.map((r) => `${r.stream.slice(2)}: ${r.v}${r.q === 0 ? '' : `/${r.q}`}`),
    ...refusals.map((r) => `${r.code} ${r.detail}`),
    ...health.map((h) => `${h.healthy ? 'well' : 'unwell'}: ${h.reason}`),
  ].join('; ');
}

const MESSAGES: readonly Case[] = [
  [
    lora('chirpstack-v4-em300-th'),
    UP,
    up(85, '01755C 03673401 046865'),
    'temperature: 308; humidity: 505; battery: 920',
    'EM320-TH',
  ],
  [
    lora('chirpstack-v4-em300-mcs'),
    UP,
    up(85, '01755C 03673401 046865 060001'),
    'temperature: 308; humidity: 505; door: 1; battery: 920',
  ],
  [
    lora('chirpstack-v4-em300-mcs'),
    UP,
    up(85, '', { object: { battery: 92, temperature: 30.8, magnet_status: 'close' } }),
    'temperature: 308; door: 0; battery: 920',
    'decoded there',
  ],
  [
    lora('chirpstack-v4-em300-sld'),
    UP,
    up(85, '03673401 046865 050001'),
    'temperature: 308; humidity: 505; leak: 1',
  ],
  [
    lora('chirpstack-v4-em500-pt100'),
    UP,
    up(85, '017564 0367C4F9'),
    'temperature: -1596; battery: 1000',
    'deep cold',
  ],
  [lora('chirpstack-v4-em500-pt100'), UP, up(85, '03673075'), 'temperature: 30000/2', 'broken probe'],
  [lora('chirpstack-v4-ws301'), UP, up(85, '017564 030001 040000'), 'door: 1; tamper: 0; battery: 1000'],
  [lora('chirpstack-v4-ws301'), UP, up(85, '040001'), 'tamper: 1', 'taken off its plate'],
  [lora('chirpstack-v4-ws301'), UP, up(85, 'FF0BFF FF0101 FF0F00'), '', 'it just joined'],
  [lora('chirpstack-v4-lht65'), UP, up(5, '0B010401FF0CF6'), '', 'it tells of its firmware'],
  [lora('chirpstack-v4-ws301'), STATUS, up(0, '', { batteryLevel: 88.25 }), 'battery: 883'],
  [lora('chirpstack-v4-ws301'), LOG, up(0, '', { level: 'ERROR', code: 'OTAA' }), 'unwell: OTAA'],
  [
    lora('chirpstack-v4-uc300'),
    UP,
    up(85, '030001 040000 070101 096738FF'),
    'input-1: 1; input-2: 0; output-1: 1; pt100-1: -200',
  ],
  [
    lora('chirpstack-v4-lht65'),
    UP,
    up(2, 'CBF60B0D0376020ADD7FFF'),
    'temperature: 2829; humidity: 886; probe: 2781; battery: 3062',
    'LHT65N with TMP117',
  ],
  [
    lora('chirpstack-v4-lht65'),
    UP,
    up(2, 'CBF60B0D0376017FFF7FFF'),
    'temperature: 2829; humidity: 886; probe: null; battery: 3062',
    'probe pulled out',
  ],
  [
    lora('chirpstack-v4-lds02'),
    UP,
    up(10, '8BB8 01 00001D 000007 01'),
    'door: 1; openings: 29; battery: 3000',
  ],
  [
    ruuvi,
    RUUVI,
    heard('0512FC5394C37C0004FFFC040CAC364200CDCBB8334C884F'),
    'temperature: 24300; humidity: 534900; pressure: 100044; battery: 2977',
  ],
  [
    ruuvi,
    RUUVI,
    heard('058000FFFFFFFF800080008000FFFFFFFFFFCBB8334C884F'),
    'temperature: null; humidity: null; pressure: null; battery: null',
    'nothing available',
  ],
  [
    zigbee('zigbee2mqtt-leak'),
    'zigbee2mqtt/x',
    { water_leak: true, battery: '100.00' },
    'leak: 1; battery: 100',
  ],
  [
    zigbee('zigbee2mqtt-vibration'),
    'zigbee2mqtt/x',
    { vibration: false, tamper: true, battery: 87, linkquality: 102 },
    'vibration: 0; tamper: 1; battery: 87',
  ],
  [zigbee('zigbee2mqtt-leak'), 'zigbee2mqtt/x/availability', { state: 'offline' }, 'unwell: offline'],
  [zigbee('zigbee2mqtt-vibration'), 'zigbee2mqtt/x/availability', { state: 'online' }, 'well: ok'],
  [zigbee('zigbee2mqtt-plug'), 'zigbee2mqtt/x', { state: 'ON', power: 12 }, 'state: 1'],
  [
    tasmota('tasmota-climate', 'AM2301'),
    'tele/board-1/SENSOR',
    { Time: '2026-02-03T12:05:10', AM2301: { Temperature: 24.6, Humidity: 58.2 }, TempUnit: 'C' },
    'temperature: 246; humidity: 582',
  ],
  [
    tasmota('tasmota-climate', 'SHT3X'),
    'tele/board-1/SENSOR',
    { SHT3X: { Temperature: null, Humidity: null }, TempUnit: 'C' },
    'temperature: null; humidity: null',
    'a sensor that does not answer its board',
  ],
  [tasmota('tasmota-climate', 'AM2301'), 'tele/board-1/LWT', 'Offline', 'unwell: offline'],
  [
    tasmota('tasmota-ds18b20', '00000566CC39'),
    'tele/board-1/SENSOR',
    {
      'DS18B20-1': { Id: '0000056DDA01', Temperature: 3.9 },
      'DS18B20-2': { Id: '00000566CC39', Temperature: -18.4 },
      TempUnit: 'C',
    },
    'temperature: -184',
    'the index changed at a restart',
  ],
  [tasmota('tasmota-ds18b20', '00000566CC39'), 'tele/board-1/LWT', 'Online', 'well: ok'],
];

const REFUSED: readonly Case[] = [
  [lora('chirpstack-v4-ws301'), UP, up(1, '030001'), 'MALFORMED port is 1, expected 85'],
  [
    lora('chirpstack-v4-ws301'),
    UP,
    up(85, '030002'),
    'MALFORMED data: magnet_status is 2, expected 0 to 1 (close, open)',
  ],
  [
    lora('chirpstack-v4-ws301'),
    UP,
    up(85, '', { object: { magnet_status: 'ajar' } }),
    'MALFORMED magnet_status is "ajar", expected close or open',
  ],
  [lora('chirpstack-v4-ws301'), UP, up(85, '', { data: '##' }), 'MALFORMED data is "##", expected base64'],
  [
    lora('chirpstack-v4-ws301'),
    UP,
    up(85, '030001', { deviceInfo: { devEui: 'ff' } }),
    `REFUSED deviceInfo.devEui is "ff", expected "${EUI}"`,
  ],
  [lora('chirpstack-v4-lds02'), UP, up(10, '8BB8'), 'MALFORMED data: 2 bytes, expected 10'],
  [
    lora('chirpstack-v4-lds02'),
    UP,
    up(10, '8BB8 02 00001D 000007 01'),
    'battery: 3000; MALFORMED DOOR_OPEN_STATUS is missing',
    'a leak sensor',
  ],
  [
    lora('chirpstack-v4-lht65'),
    UP,
    up(2, 'CBF60B0D0376410ADD7FFF'),
    'MALFORMED data: a stored record (probe byte 65), expected a live one',
  ],
  [
    ruuvi,
    RUUVI,
    heard('0512FC5394C37C0004FFFC040CAC364200CDC0FFEE112233'),
    `REFUSED mac is "C0:FF:EE:11:22:33", expected "${MAC}"`,
    "another tag's advertisement",
  ],
  [ruuvi, RUUVI, heard('', { data: '0201' }), 'MALFORMED data: an advertisement that is cut short at byte 0'],
  [ruuvi, RUUVI, heard('', { data: 'AgEG' }), 'MALFORMED data is "AgEG", expected hex'],
  [
    ruuvi,
    RUUVI,
    heard('0512FC5394C37C0004FFFC040CAC364200CDCBB8334C884F', { ts: 'now' }),
    'MALFORMED time is "now", no instant',
  ],
  [
    zigbee('zigbee2mqtt-leak'),
    'zigbee2mqtt/x',
    { battery: 5 },
    'battery: 5; MALFORMED water_leak is missing',
  ],
  [
    zigbee('zigbee2mqtt-vibration'),
    'zigbee2mqtt/x',
    { vibration: 'yes' },
    'MALFORMED vibration is "yes", expected true or false',
  ],
  [
    tasmota('tasmota-climate', 'AM2301'),
    'tele/board-1/SENSOR',
    { AM2301: { Temperature: 76.3 }, TempUnit: 'F' },
    'REFUSED TempUnit is "F", expected "C"',
  ],
  [
    tasmota('tasmota-climate', 'SHT3X'),
    'tele/board-1/SENSOR',
    { AM2301: { Temperature: 24.6 }, TempUnit: 'C' },
    'MALFORMED SHT3X.Temperature is missing',
  ],
];

const named = (cases: readonly Case[]) =>
  cases.map((c) => [`${c[0]['profile']}${c[4] === undefined ? '' : `, ${c[4]}`}: ${c[3]}`, c] as const);

describe('a message that the map of a device is for', () => {
  it.each(named(MESSAGES))('%s', (_, c) => expect(saidOf(c)).toBe(c[3]));
});

describe('a message that is wrong is refused by name', () => {
  it.each(named(REFUSED))('%s', (_, c) => expect(saidOf(c)).toBe(c[3]));
});
