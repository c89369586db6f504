import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { text } from 'node:stream/consumers';
import { describe, expect, it } from 'vitest';
import { RecordType } from '../domain/record.ts';
import { CONFIGURATION, Place } from '../gateway/data-directory.fixture.ts';
import { runCommand } from './program.ts';

const square = (name: string, lon: number): object => ({
  type: 'Feature',
  properties: { name },
  geometry: {
    type: 'Polygon',
    coordinates: [
      [
        [lon, 31],
        [lon + 0.1, 31],
        [lon + 0.1, 31.1],
        [lon, 31],
      ],
    ],
  },
});
const MAP = { type: 'FeatureCollection', features: [square('quay', 121), square('store', 122)] };
const TRUCK = `devices:
  - id: gps-1
    driver: nmea
    host: 127.0.0.1
    tcp-port: 5021
    device: { id: truck-7, every: 10s, max-gap: 60s, zone: cold-1, areas: map.geojson }
`;

const truck = (quay: 0 | 1, store: 0 | 1, lon: number, warm: number) => ({
  'truck-7/inside-quay': quay,
  'truck-7/inside-store': store,
  'truck-7/latitude': 310_000_000,
  'truck-7/longitude': lon,
  'probe-1/temperature': warm,
});
const measured = (min: number, max: number) => [{ stream: 'probe-1/temperature', min, max }];

describe('bailee report trips', () => {
  it('reads a trip with its way and its warmest moment off the journal, and the next one as open', async () => {
    using place = new Place(CONFIGURATION.replace('devices:\n', TRUCK));
    mkdirSync(join(place.root, 'profiles'));
    writeFileSync(join(place.root, 'profiles/map.geojson'), JSON.stringify(MAP));
    {
      using life = await place.boot();
      const base = life.core.intake.notBefore;
      const say = (second: number, values: Readonly<Record<string, number>>): void => {
        const records = Object.entries(values).map(([id, v]) => {
          const slot = life.core.streams.find((stream) => stream.id === id)?.slot ?? -1;
          return { slot, t: base + second * 1000, type: RecordType.reading, body: [v, 0] };
        });
        life.core.intake.accept([{ records: records.toSorted((x, y) => x.slot - y.slot) }]);
      };
      say(10, truck(1, 0, 1_210_500_000, 95));
      say(20, truck(0, 0, 1_212_000_000, 40));
      say(30, truck(0, 0, 1_216_000_000, 81));
      say(40, truck(0, 1, 1_220_000_000, 55));
      say(50, truck(0, 0, 1_223_000_000, 20));
      life.blocks.seal();
    }
    const [stdin, stdout, stderr] = [new PassThrough(), new PassThrough(), new PassThrough()];
    const { signal } = new AbortController();
    const window = ['--from', '2020-01-01', '--to', '2100-01-01', '--json', '--data', place.data];
    const what = ['truck-7', '--area', 'quay', 'store', '--measured', 'probe-1/temperature'];
    const world = { env: {}, signal, stdin, stdout, stderr };
    expect(await runCommand(['report', 'trips', ...what, ...window], world)).toBe(0);
    stdout.end();
    expect(JSON.parse(await text(stdout))).toMatchObject([
      { from: 'quay', to: 'store', metres: 76_250, measured: measured(4, 8.1) },
      { from: 'store', to: null, arrivedAt: null, metres: 0, measured: measured(2, 2) },
    ]);
  }, 30_000);
});
