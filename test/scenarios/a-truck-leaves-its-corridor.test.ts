import { expect, it } from 'vitest';
import { simulateNmea } from '../../src/devices/nmea/simulator.ts';
import { Daemon, eventually, expectSound } from '../daemon.ts';
import { writeSite } from '../gateway-site.ts';

const ALARM = 'truck-7/on-route-road/vehicle-off-route';

const RULES = `
- id: vehicle-off-route
  title: { en: Truck off its route, zh: 车辆偏离路线 }
  basis: R29
  kind: state
  on: { quantity: on-route }
  is: off
  raise-after: 2 samples
  clear-after: 2 samples
  priority: medium
  on-unknown: { alarm: low, after: 1s, clear-after: 1 sample }
`;

const MAP = {
  type: 'FeatureCollection',
  features: [
    {
      type: 'Feature',
      properties: { name: 'road', width: 500 },
      geometry: {
        type: 'LineString',
        coordinates: [
          [121.4, 31.2],
          [121.5, 31.2],
        ],
      },
    },
  ],
};

function entry(port: number) {
  return {
    id: 'gps-1',
    driver: 'nmea',
    host: '127.0.0.1',
    'tcp-port': port,
    device: { id: 'truck-7', every: '200ms', 'max-gap': '2s', zone: 'truck-7', areas: 'road.geojson' },
  };
}

it('a truck leaves its corridor: off the route is an alarm, without a fix it is unknown, never on the route', async () => {
  await using receiver = await simulateNmea(entry(1), () => MAP, { host: '127.0.0.1', port: 0 });
  receiver.set('truck-7', 'latitude', 312_030_000);
  receiver.set('truck-7', 'longitude', 1_214_500_000);
  using site = writeSite({
    devices: `  - ${JSON.stringify(entry(receiver.port))}`,
    zones: ['truck-7'],
    rules: RULES,
    files: { 'profiles/road.geojson': JSON.stringify(MAP) },
  });
  await using daemon = await Daemon.start(site.file);
  await eventually(
    'the truck is on its road',
    () => daemon.stream('truck-7/on-route-road'),
    (s) => s.state === 'fresh' && s.latest?.text === '1',
  );
  expect(await daemon.stream('truck-7/latitude')).toMatchObject({
    unit: 'deg',
    latest: { text: '31.2030000' },
  });
  expect(await daemon.alarms()).toEqual([]);

  // 667 m beside the road.
  receiver.set('truck-7', 'latitude', 312_060_000);
  await eventually(
    'an alarm',
    () => daemon.alarm(ALARM),
    (a) => a?.state === 'unacknowledged',
  );
  receiver.set('truck-7', 'latitude', 312_030_000);
  await eventually(
    'it is back on its road',
    () => daemon.alarm(ALARM),
    (a) => a?.state !== 'unacknowledged',
  );

  receiver.fault('truck-7', 'no-fix');
  await eventually(
    'its place is unknown',
    () => daemon.stream('truck-7/on-route-road'),
    (s) => s.latest?.text === null || s.latest === null || s.state !== 'fresh',
  );
  await eventually(
    'that is an alarm too',
    () => daemon.alarms(),
    (alarms) => alarms.some((a) => a.id.startsWith(ALARM) && a.priority === 'low'),
  );
  await daemon.stop();
  await expectSound(site.data);
});
