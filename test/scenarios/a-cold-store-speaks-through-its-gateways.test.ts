import { expect, it } from 'vitest';
import { simulateMqtt } from '../../src/devices/mqtt/simulator.ts';
import { Daemon, eventually, expectSound } from '../daemon.ts';
import { writeSite } from '../gateway-site.ts';

const RULES = `
- id: too-warm
  title: { en: Freezer above -150 °C, zh: 深冷柜高于 -150 °C }
  basis: the cells in it are kept below -150 °C
  kind: limit
  on: { stream: freezer-1/temperature }
  above: -150 °C
  deadband: 1 °C
  raise-after: 1 sample
  clear-after: 1 sample
  priority: urgent
- id: water
  title: { en: Water on the floor, zh: 地面有水 }
  basis: goods on the lowest shelf must not get wet
  kind: state
  on: { quantity: leak }
  is: on
  raise-after: 0s
  clear-after: 1s
  priority: high
- id: door-open
  title: { en: Door is open, zh: 库门打开 }
  basis: the door of the store is shut at night
  kind: state
  on: { quantity: door }
  is: on
  raise-after: 0s
  clear-after: 1s
  priority: high
- id: tag-silent
  title: { en: A tag is silent, zh: 标签无数据 }
  basis: a silent tag watches nothing
  kind: silent
  on: { stream: tag-1/temperature }
  for: 3s
  clear-after: 1 sample
  priority: medium
`;

const APPLICATION = 'application/store';
const MAC = 'CB:B8:33:4C:88:4F';
const EUI = (n: number): string => `24e124126a00000${n}`;
const DEVICES = [
  { id: 'freezer-1', topic: APPLICATION, address: EUI(1), profile: 'chirpstack-v4-em500-pt100' },
  { id: 'floor-1', topic: APPLICATION, address: EUI(2), profile: 'chirpstack-v4-em300-sld' },
  { id: 'door-1', topic: APPLICATION, address: EUI(3), profile: 'chirpstack-v4-ws301' },
  { id: 'door-2', topic: APPLICATION, address: EUI(4), profile: 'chirpstack-v4-lds02' },
  { id: 'tag-1', topic: 'ruuvi/+', address: MAC, profile: 'ruuvi-gateway' },
  { id: 'board-1', topic: 'board-1', address: 'SHT3X', profile: 'tasmota-climate' },
] as const;

/** Deep cold, dry, shut, and what batteries have. */
const VALUES: Readonly<Record<string, Record<string, number>>> = {
  'freezer-1': { temperature: -1800, battery: 1000 },
  'floor-1': { temperature: 40, humidity: 500, leak: 0, battery: 1000 },
  'door-1': { door: 0, tamper: 0, battery: 1000 },
  'door-2': { door: 0, battery: 3000 },
  'tag-1': { temperature: 4_300, humidity: 534_900, battery: 2977 },
  'board-1': { temperature: 42, humidity: 610 },
};

it(
  'a cold store speaks through its LoRaWAN network, a Ruuvi gateway and a Tasmota board: each raises its alarm',
  { timeout: 60_000 },
  async () => {
    using site = writeSite({
      devices: `  - id: mq
    driver: mqtt
    broker: embedded
    listen: 127.0.0.1:0
    devices:
${DEVICES.map((d) => `      - ${JSON.stringify({ ...d, every: '1s', zone: 'cold-1' })}`).join('\n')}`,
      rules: RULES,
    });
    {
      await using daemon = await Daemon.start(site.file);
      const port = await eventually(
        'the broker listens',
        () => Number(/mq listens on 127\.0\.0\.1:(\d+)/.exec(daemon.said)?.[1] ?? 0),
        (found) => found > 0,
      );
      const simulated = DEVICES.map((d) => ({ ...d, everyMs: 500, values: VALUES[d.id] ?? {} }));
      await using sensors = simulateMqtt('127.0.0.1', port, simulated);
      const latest = async (stream: string) => (await daemon.stream(stream)).latest?.text;
      await eventually(
        'every sensor is heard',
        async () => [
          await latest('freezer-1/temperature'),
          await latest('floor-1/leak'),
          await latest('door-1/door'),
          await latest('door-2/battery'),
          await latest('tag-1/temperature'),
          await latest('board-1/humidity'),
        ],
        (heard) => JSON.stringify(heard) === JSON.stringify(['-180.0', '0', '0', '3.000', '4.300', '61.0']),
      );
      expect(await daemon.alarms()).toEqual([]);

      sensors.set('freezer-1', 'temperature', -1401);
      sensors.set('floor-1', 'leak', 1);
      sensors.set('door-2', 'door', 1);
      const raised = await eventually(
        'three alarms',
        async () =>
          Promise.all(
            ['freezer-1/temperature/too-warm', 'floor-1/leak/water', 'door-2/door/door-open'].map((id) =>
              daemon.alarm(id),
            ),
          ),
        (alarms) => alarms.every((a) => a !== undefined),
      );
      expect(raised[0]).toMatchObject({ priority: 'urgent', lastValue: { text: '-140.1' } });
      expect(await daemon.alarm('door-1/door/door-open')).toBeUndefined();

      sensors.fault('tag-1', 'silent');
      sensors.fault('board-1', 'offline');
      await eventually(
        'a silent tag is told',
        () => daemon.alarm('tag-1/temperature/tag-silent'),
        (a) => a !== undefined,
      );
      await eventually(
        'the last will of a board makes it unwell',
        () => daemon.device('board-1'),
        (d) => d.health === 'unhealthy',
      );
      await daemon.stop();
    }
    await expectSound(site.data);
  },
);
