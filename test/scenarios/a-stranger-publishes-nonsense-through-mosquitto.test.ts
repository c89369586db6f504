import { expect, it } from 'vitest';
import { RecordType, SystemCode } from '../../src/domain/record.ts';
import { hasMosquitto, mosquitto, mosquittoPub } from '../../src/devices/mqtt/mosquitto.fixture.ts';
import { Daemon, eventually, expectSound } from '../daemon.ts';
import { writeSite, type Site } from '../gateway-site.ts';
import { journalRecords } from '../journal-records.ts';

const ifMosquitto = hasMosquitto ? '' : ' (skipped: mosquitto is not installed)';

const EUI = 'a84041000181c061';
const UP = `application/store/device/${EUI}/event/up`;
const DAY_MS = 86_400_000;

const iso = (ms: number): string => new Date(Date.now() + ms).toISOString();
const plain = (fields: object): string =>
  JSON.stringify({ time: iso(0), seq: 1, temperature: 4.31, humidity: 61.2, ...fields });
const lora = (fields: object): string =>
  JSON.stringify({
    deduplicationId: 'b4c0c5f6-4c2c-4f6b-8f8a-0d2f2a6a1e3d',
    time: iso(0),
    deviceInfo: { devEui: EUI },
    fPort: 85,
    // 27.2 °C, 56.5 %, battery 92 %, as the maker's manual gives it.
    data: 'AXVcA2cQAQRocQ==',
    ...fields,
  });

/** Who is to answer for it, under which code, and in which words. */
type Refused = readonly [
  topic: string,
  payload: () => string,
  device: string,
  code: 'MALFORMED' | 'REFUSED',
  detail: string,
];

const BAD: Readonly<Record<string, Refused>> = {
  'an unknown topic': ['site/cold-9', () => plain({}), 'mq', 'REFUSED', 'unknown topic site/cold-9'],
  'a key that stands twice': [
    'site/cold-1',
    () => '{"seq":2,"temperature":4.3,"temperature":9.9}',
    'probe-1',
    'MALFORMED',
    'duplicate key "temperature" at offset 27',
  ],
  'no JSON': ['site/cold-1', () => 'temperature=4.3', 'probe-1', 'MALFORMED', ''],
  'a list': ['site/cold-1', () => '[4.3]', 'probe-1', 'MALFORMED', 'temperature is missing'],
  'a value that is no number': [
    'site/cold-1',
    () => plain({ seq: 3, temperature: 'warm', humidity: undefined }),
    'probe-1',
    'MALFORMED',
    'temperature is "warm"',
  ],
  'a number that nothing holds': [
    'site/cold-1',
    () => `{"time":"${iso(0)}","seq":4,"temperature":1e999}`,
    'probe-1',
    'MALFORMED',
    'temperature ',
  ],
  'a reading from the future': [
    'site/cold-1',
    () => plain({ seq: 5, time: iso(3 * DAY_MS) }),
    'probe-1',
    'REFUSED',
    'in the future',
  ],
  'a reading from years ago': [
    'site/cold-1',
    () => plain({ seq: 6, time: iso(-800 * DAY_MS) }),
    'probe-1',
    'REFUSED',
    'more than a year ago',
  ],
  'a time that is none': [
    'site/cold-1',
    () => plain({ seq: 7, time: '2026-02-30T00:00:00Z' }),
    'probe-1',
    'MALFORMED',
    'time is "2026-02-30T00:00:00Z", no instant',
  ],
  'more bytes than anybody needs': [
    'site/cold-1',
    () => plain({ seq: 8, x: 'x'.repeat(20_000) }),
    'probe-1',
    'REFUSED',
    'at most 8192',
  ],
  'none of the values': [
    'zigbee2mqtt/cold-2',
    () => '{"linkquality":90}',
    'probe-2',
    'MALFORMED',
    'none of temperature, humidity, battery is in it',
  ],
  'another device in its name': [
    UP,
    () => lora({ deviceInfo: { devEui: 'ffffffffffffffff' } }),
    'probe-3',
    'REFUSED',
    'deviceInfo.devEui is "ffffffffffffffff"',
  ],
  'a payload that no decoder takes': [
    UP,
    () => lora({ deduplicationId: 'other', data: 'AXVcA2c=' }),
    'probe-3',
    'MALFORMED',
    'data: ',
  ],
};

function site(port: number): Site {
  return writeSite({
    devices: `
  - id: mq
    driver: mqtt
    url: mqtt://127.0.0.1:${port}
    subscribe: ['site/#']
    devices:
      - { id: probe-1, topic: site/cold-1, profile: json-generic, every: 10s, max-gap: 60s, zone: cold-1 }
      - { id: probe-2, topic: zigbee2mqtt/cold-2, profile: zigbee2mqtt-climate, every: 10s, zone: cold-1 }
      - { id: probe-3, topic: application/store, address: ${EUI}, profile: chirpstack-v4-em300-th, every: 10m, zone: cold-1 }`,
    rules: `
- id: warm
  title: { en: Warm, zh: 超温 }
  basis: this story
  kind: limit
  on: { quantity: temperature }
  above: 28 °C
  deadband: 1 °C
  raise-after: 1 sample
  clear-after: 1 sample
  priority: high
`,
  });
}

it.skipIf(!hasMosquitto)(
  `what mosquitto's own client publishes is read; nonsense is refused by name, counted, on record, and harms nothing${ifMosquitto}`,
  { timeout: 60_000 },
  async () => {
    await using broker = await mosquitto();
    using place = site(broker.port);
    await using daemon = await Daemon.start(place.file);
    await eventually(
      'connected',
      () => daemon.device('mq'),
      (d) => d.health === 'healthy',
    );

    await mosquittoPub(broker.port, 'site/cold-1', plain({}));
    await mosquittoPub(broker.port, 'zigbee2mqtt/cold-2', '{"temperature":-18.52,"battery":"87.00"}');
    await mosquittoPub(broker.port, UP, lora({}));
    const text = async (stream: string): Promise<string | null | undefined> =>
      (await daemon.stream(stream)).latest?.text;
    await eventually(
      'the last of three',
      () => text('probe-3/humidity'),
      (v) => v === '56.5',
    );
    expect(await text('probe-3/temperature')).toBe('27.2');
    expect(await text('probe-1/temperature')).toBe('4.31');
    expect(await text('probe-2/temperature')).toBe('-18.52');
    expect(await text('probe-2/battery')).toBe('87');

    const counts: Record<string, Record<string, number>> = {};
    for (const [name, [topic, payload, id, code, detail]] of Object.entries(BAD)) {
      await mosquittoPub(broker.port, topic, payload());
      const count = ((counts[id] ??= {})[code] = (counts[id][code] ?? 0) + 1);
      const refused = await eventually(
        name,
        () => daemon.device(id),
        (d) => (d.refused[code] ?? 0) >= count,
      );
      expect(refused.refused, name).toEqual(counts[id]);
      expect(refused.lastRefusal, name).toMatchObject({ code, detail: expect.stringContaining(detail) });
    }
    // A message delivered again is refused as what it is, and is no second reading.
    const again = plain({ seq: 77, temperature: 5 });
    await mosquittoPub(broker.port, 'site/cold-1', again);
    await mosquittoPub(broker.port, 'site/cold-1', again);
    await eventually(
      'a repeat',
      () => daemon.device('probe-1'),
      (d) => d.lastRefusal?.detail.startsWith('repeat of no. 77 of ') === true,
    );

    // None of it was a poison: what comes after is read, and no alarm rose by what was refused.
    await mosquittoPub(broker.port, 'site/cold-1', plain({ seq: 78, temperature: 6.5 }));
    await eventually(
      'the good one after all of it',
      () => text('probe-1/temperature'),
      (v) => v === '6.5' || v === '6.50',
    );
    expect(await daemon.alarms()).toEqual([]);

    await daemon.stop();
    // The first of a stream is on record at once, more of them gathered, all of them by the stop.
    const counted = journalRecords(place.data, RecordType.system).filter(
      (r) => r.body[0] === SystemCode.refused,
    );
    expect(counted.reduce((sum, r) => sum + Number(r.body[2]), 0)).toBe(Object.keys(BAD).length + 1);
    expect(new Set(counted.map((r) => r.body[1])).size).toBeGreaterThan(1);
    // In order of arrival; of one message all channels.
    expect(journalRecords(place.data, RecordType.reading).map((r) => r.body[0])).toEqual([
      431, 6120, -1852, 87, 272, 565, 920, 500, 6120, 650, 6120,
    ]);
    await expectSound(place.data);
  },
);
