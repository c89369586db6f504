import { expect, it } from 'vitest';
import { simulateTeltonika } from '../../src/devices/teltonika/simulator.ts';
import { RecordType } from '../../src/domain/record.ts';
import { Daemon, eventually, expectSound } from '../daemon.ts';
import { writeSite } from '../gateway-site.ts';
import { journalRecords } from '../journal-records.ts';

const ALARM = 'truck-7/eye-temperature-1/trailer-warm';

const ENTRY = {
  id: 'fleet',
  driver: 'teltonika',
  listen: '127.0.0.1:0',
  devices: [
    {
      id: 'truck-7',
      imei: '356307042441013',
      every: '200ms',
      'max-gap': '2s',
      zone: 'truck-7',
      channels: ['eye-temperature-1', 'door'],
    },
  ],
};

const RULES = `
- id: trailer-warm
  title: { en: Trailer above 8 °C, zh: 车厢超温 }
  basis: GSP annex 3
  kind: limit
  on: { quantity: temperature, zone: truck-* }
  above: 8 °C
  deadband: 0.5 °C
  raise-after: 2 samples
  clear-after: 2 samples
  priority: high
`;

function portOf(daemon: Daemon): number {
  return Number(/fleet listens on 127\.0\.0\.1:(\d+)/.exec(daemon.said)?.[1] ?? 0);
}

it('a trailer is too warm: its tracker calls in, an alarm is raised, and nothing is lost or told twice over a power cut', async () => {
  using site = writeSite({ devices: `  - ${JSON.stringify(ENTRY)}`, zones: ['truck-7'], rules: RULES });
  const start = async (): Promise<{ daemon: Daemon; port: number }> => {
    const daemon = await Daemon.start(site.file);
    return {
      daemon,
      port: await eventually(
        'it listens',
        () => portOf(daemon),
        (port) => port > 0,
      ),
    };
  };
  const first = await start();
  let trailer = simulateTeltonika(ENTRY, () => undefined, { host: '127.0.0.1', port: first.port });
  {
    await using _trailer = trailer;
    await using daemon = first.daemon;
    trailer.set('truck-7', 'latitude', 312_030_000);
    trailer.set('truck-7', 'longitude', 1_214_500_000);
    trailer.set('truck-7', 'eye-temperature-1', 520);
    await eventually(
      'the trailer is cold',
      () => daemon.stream('truck-7/eye-temperature-1'),
      (s) => s.state === 'fresh' && s.latest?.text === '5.20' && s.unit === 'Cel',
    );
    trailer.set('truck-7', 'eye-temperature-1', 910);
    const alarm = await eventually(
      'an alarm',
      () => daemon.alarm(ALARM),
      (a) => a !== undefined,
    );
    expect(alarm).toMatchObject({ state: 'unacknowledged', priority: 'high', lastValue: { text: '9.10' } });
    trailer.fault('truck-7', 'repeat');
    await eventually(
      'repeats are counted',
      () => daemon.device('truck-7'),
      (d) => JSON.stringify(d).includes('repeat of the record'),
    );
    await daemon.cut();
  }

  const again = await start();
  await using daemon = again.daemon;
  trailer = simulateTeltonika(ENTRY, () => undefined, { host: '127.0.0.1', port: again.port });
  await using _again = trailer;
  trailer.set('truck-7', 'eye-temperature-1', 600);
  trailer.fault('truck-7', 'burst');
  await eventually(
    'it is cold again',
    () => daemon.alarm(ALARM),
    (a) => a?.state !== 'unacknowledged',
  );
  await daemon.stop();
  await expectSound(site.data);

  const temperatures = journalRecords(site.data, RecordType.reading).filter((r) => {
    const v = r.body[0];
    return v === 520 || v === 910 || v === 600;
  });
  const times = temperatures.map((r) => r.body[2]);
  expect(new Set(times).size).toBe(times.length);
  // The burst went back ten minutes, and says so.
  expect(temperatures.filter((r) => r.body[0] === 600 && Number(r.body[1]) === 32).length).toBeGreaterThan(5);
});
