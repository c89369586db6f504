import { join } from 'node:path';
import { expect, it } from 'vitest';
import { simulateTeltonika } from '../../src/devices/teltonika/simulator.ts';
import { RecordType } from '../../src/domain/record.ts';
import { bailee, Daemon, eventually, expectSound } from '../daemon.ts';
import { writeSite } from '../gateway-site.ts';
import { journalRecords } from '../journal-records.ts';

const LIVE = 'truck-7/eye-temperature-1/trailer-warm';

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
      channels: ['eye-temperature-1'],
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
  raise-after: 1 sample
  clear-after: 2 samples
  priority: high
  on-late: { alarm: medium }

- id: trailer-exposed
  title: { en: Trailer above 7 °C for a second in all, zh: 车厢累计超温 }
  basis: R17
  kind: exposure
  on: { quantity: temperature, zone: truck-* }
  above: 7 °C
  sum: 1s
  clear-after: 0s
  priority: urgent
`;

it('a tracker tells later that its trailer was too warm: that is discovered, never an alarm of now, and replays', async () => {
  using site = writeSite({ devices: `  - ${JSON.stringify(ENTRY)}`, zones: ['truck-7'], rules: RULES });
  {
    await using daemon = await Daemon.start(site.file);
    const port = await eventually(
      'it listens',
      () => Number(/fleet listens on 127\.0\.0\.1:(\d+)/.exec(daemon.said)?.[1] ?? 0),
      (found) => found > 0,
    );
    await using trailer = simulateTeltonika(ENTRY, () => undefined, { host: '127.0.0.1', port });
    trailer.set('truck-7', 'eye-temperature-1', 520);
    await eventually(
      'the trailer is cold',
      () => daemon.stream('truck-7/eye-temperature-1'),
      (s) => s.latest?.text === '5.20',
    );

    // Ten minutes of a dead zone in which it was warm, told in one go; now it is cold again.
    trailer.set('truck-7', 'eye-temperature-1', 910);
    trailer.fault('truck-7', 'burst');
    trailer.set('truck-7', 'eye-temperature-1', 530);
    const alarm = await eventually(
      'it is discovered',
      () => daemon.alarm(`${LIVE}.discovered`),
      (a) => a !== undefined,
    );
    expect(alarm).toMatchObject({
      priority: 'medium',
      title: { en: 'Trailer above 8 °C: seen later', zh: '车厢超温：事后发现' },
      lastValue: { text: '9.10' },
    });
    await eventually(
      'nothing more comes late',
      () => daemon.alarm(`${LIVE}.discovered`),
      (a) => a?.state === 'returnedUnacknowledged',
    );
    expect(await daemon.alarm(LIVE)).toBeUndefined();

    // What the goods got stays with them, until a person says that others lie there.
    trailer.set('truck-7', 'eye-temperature-1', 750);
    const EXPOSED = 'truck-7/eye-temperature-1/trailer-exposed';
    const exposed = await eventually(
      'it was too much in all',
      () => daemon.alarm(EXPOSED),
      (a) => a !== undefined,
    );
    expect(exposed).toMatchObject({ state: 'unacknowledged', priority: 'urgent', limit: '> 7 Cel' });
    trailer.set('truck-7', 'eye-temperature-1', 530);
    await eventually(
      'it is cold again',
      () => daemon.stream('truck-7/eye-temperature-1'),
      (st) => st.latest?.text === '5.30',
    );
    expect(await daemon.alarm(EXPOSED)).toMatchObject({ state: 'unacknowledged' });
    const stream = 'truck-7/eye-temperature-1';
    const asOperator = ['--url', daemon.url, '--token-file', join(site.data, 'operator.token')];
    const act = (verb: string): ReturnType<typeof bailee> =>
      bailee('alarms', 'act', stream, '--verb', verb, '--reason', 'other goods', ...asOperator);
    const wrong = await act('restrat');
    expect(wrong.out + wrong.err).toContain('did you mean "restart"?');
    expect(await act('restart')).toMatchObject({ code: 0 });
    expect(await daemon.alarm(EXPOSED)).toMatchObject({ state: 'returnedUnacknowledged' });
    await daemon.stop();
  }
  const findings = journalRecords(site.data, RecordType.finding).map(({ body }) => [body[0], body[2]]);
  expect(findings).toEqual([
    ['trailer-warm.discovered', 1],
    ['trailer-warm.discovered', 3],
    ['trailer-exposed', 1],
    ['trailer-exposed', 3],
  ]);
  await expectSound(site.data);
}, 40_000);
