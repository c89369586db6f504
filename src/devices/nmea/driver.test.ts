import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import * as z from 'zod';
import { Cable, hasSocat, ifSocat, shipped } from '../modbus/rig.fixture.ts';
import { files, YARD } from '../vehicle/map.fixture.ts';
import { connected, Opened, until } from '../vehicle/opened.fixture.ts';
import { encodeSentence } from './codec.ts';
import { nmea, openReceiver } from './driver.ts';
import { planNmea } from './plan.ts';
import { simulateNmea, type NmeaSimulator } from './simulator.ts';

const device = { id: 'truck-1', every: '100ms', 'max-gap': '2s', zone: 'truck-1', areas: YARD };
const tcp = (port: number) => ({ id: 'gps', driver: 'nmea', host: '127.0.0.1', 'tcp-port': port, device });

/** All problems as `path: message`. */
function problems(raw: unknown): string[] {
  const checked = nmea.configure(raw, files);
  return checked.ok ? [] : checked.problems.map((p) => `${p.path.join('.')}: ${p.message}`);
}

function place(simulator: NmeaSimulator, latitude: number, longitude: number): void {
  simulator.set('truck-1', 'latitude', latitude);
  simulator.set('truck-1', 'longitude', longitude);
}

describe('configuration', () => {
  it('declares position, speed, satellites and one stream for each area', () => {
    const { streams, profiles } = connected(nmea.configure(tcp(2000), files));
    expect(streams.map((s) => [s.id, s.quantity, s.unit, s.exp])).toEqual([
      ['truck-1/fix', 'fix', '1', 0],
      ['truck-1/latitude', 'latitude', 'deg', -7],
      ['truck-1/longitude', 'longitude', 'deg', -7],
      ['truck-1/speed', 'speed', 'km/h', -1],
      ['truck-1/satellites', 'satellites', '1', 0],
      ['truck-1/inside-yard', 'inside', '1', 0],
      ['truck-1/on-route-road', 'on-route', '1', 0],
    ]);
    expect(streams[0]).toMatchObject({ src: 1, kind: 1, cadenceMs: 100, maxGapMs: 2000, place: 'truck-1' });
    expect(profiles).toEqual([YARD]);
  });

  it('takes its sample', () => {
    const text = readFileSync(join(import.meta.dirname, '../../../config/samples/nmea.yaml'), 'utf8');
    const sample = z.object({ devices: z.array(z.looseObject({ driver: z.string() })) }).parse(parse(text));
    const map: unknown = JSON.parse(
      readFileSync(join(import.meta.dirname, '../../../config/profiles/shanghai-example.geojson'), 'utf8'),
    );
    expect(sample.devices.map((d) => d.driver)).toEqual(['nmea', 'nmea']);
    for (const entry of sample.devices) {
      const from = (name: string) => (name === 'shanghai-example.geojson' ? map : shipped(name));
      expect(connected(nmea.configure(entry, from)).streams.length).toBeGreaterThanOrEqual(5);
    }
  });

  it('gives all problems at once', () => {
    const raw = { id: 'gps', port: '/dev/x', 'tcp-port': 1, bauds: 9600, device: { ...device, every: 1 } };
    expect(problems(raw)).toEqual([
      'device.every: must be a time with its unit from 100ms to 1d, e.g. 100ms, 10s or 5m',
      'bauds: is not a known key; did you mean "baud"?',
      'tcp-port: belongs to host:',
    ]);
    expect(problems({ id: 'gps', device })).toEqual([
      ': must have either port: of a serial line or host: of a TCP server',
    ]);
    expect(problems({ ...tcp(1), device: { ...device, areas: 'road.geojson' } })).toEqual([
      'device.areas: is not a file in config/profiles',
    ]);
    const checked = nmea.configure(tcp(1), () => ({ type: 'FeatureCollection', features: [] }));
    expect(checked).toEqual({
      ok: false,
      problems: [{ path: ['features'], message: 'must be at least 1 long', found: '[]', file: YARD }],
    });
  });
});

describe('a receiver on TCP', () => {
  it('gives place, speed and whether it is inside, with its own time', async () => {
    await using simulator = await simulateNmea(tcp(1), files, { host: '127.0.0.1', port: 0 });
    place(simulator, 310_000_000, 1_210_000_000);
    simulator.set('truck-1', 'speed', 425);
    await using gps = new Opened(connected(nmea.configure(tcp(simulator.port), files)));
    await until('a position', () => gps.last['fix'] === '1');
    expect(gps.last).toEqual({
      fix: '1',
      latitude: '310000000',
      longitude: '1210000000',
      speed: '425',
      satellites: '9',
      'inside-yard': '1',
      'on-route-road': '1',
    });
    const { sourceAt = 0 } = gps.arrivals.findLast((a) => a.readings.length > 0)?.readings[1] ?? {};
    expect(Math.abs(Date.now() - sourceAt)).toBeLessThan(1500);
    expect(gps.health).toEqual(['truck-1 ok']);

    place(simulator, 310_000_000, 1_210_100_000);
    await until('it left the yard by the road', () => gps.last['inside-yard'] === '0');
    expect(gps.last['on-route-road']).toBe('1');
    place(simulator, 310_020_000, 1_210_100_000);
    await until('it left the road', () => gps.last['on-route-road'] === '0');

    simulator.fault('truck-1', 'no-fix');
    await until('it knows nothing', () => gps.last['fix'] === '0');
    expect(gps.last).toMatchObject({
      latitude: 'null',
      longitude: 'null',
      speed: 'null',
      'inside-yard': 'null',
      'on-route-road': 'null',
    });
    expect(gps.health.at(-1)).toBe('truck-1 no-fix');

    simulator.fault('truck-1', 'estimated');
    await until('it guesses', () => gps.last['fix'] === '2');
    expect(gps.last['latitude']).toBe('310020000/4');
  });

  it.each([
    ['bad-crc', /^truck-1 CHECKSUM checksum Z/],
    ['cut-off', /^truck-1 MALFORMED cut off/],
    ['ancient', /^truck-1 REFUSED time .* is more than a year ago/],
  ] as const)('%s is refused by name, and nothing is read', async (fault, refusal) => {
    await using simulator = await simulateNmea(tcp(1), files, { host: '127.0.0.1', port: 0 });
    place(simulator, 310_000_000, 1_210_000_000);
    simulator.fault('truck-1', fault);
    await using gps = new Opened(connected(nmea.configure(tcp(simulator.port), files)));
    await until('refusals', () => gps.refusals.length > 2);
    expect(gps.refusals.every((r) => refusal.test(r))).toBe(true);
    // What is cut off behind is the RMC alone: the GGA before it is whole, and has no date.
    const readings = gps.arrivals.flatMap((a) => a.readings);
    expect(readings.filter((r) => r.sourceAt !== undefined)).toEqual([]);
    if (fault !== 'cut-off') expect(readings).toEqual([]);
    simulator.fault('truck-1', null);
    await until('it is well again', () => gps.last['satellites'] === '9');
  });

  it('reads through noise, and a receiver without a date has no time of its own', async () => {
    await using simulator = await simulateNmea(tcp(1), files, { host: '127.0.0.1', port: 0 });
    place(simulator, 310_000_000, 1_210_000_000);
    simulator.fault('truck-1', 'noise');
    await using gps = new Opened(connected(nmea.configure(tcp(simulator.port), files)));
    await until('a position', () => gps.last['fix'] === '1');
    simulator.fault('truck-1', 'no-date');
    await until(
      'no time',
      () =>
        gps.arrivals
          .findLast((a) => a.readings.length > 0)
          ?.readings.every((r) => r.sourceAt === undefined) === true,
    );
    expect(() => simulator.fault('truck-1', 'nothing')).toThrow('no fault "nothing"');
    expect(() => simulator.set('truck-1', 'inside-yard', 1)).toThrow('does not measure inside-yard');
  });

  it('a silent line is told and opened anew', async () => {
    await using simulator = await simulateNmea(tcp(1), files, { host: '127.0.0.1', port: 0 });
    simulator.fault('truck-1', 'silent');
    const plan = planNmea(tcp(simulator.port), files);
    if (!plan.ok) throw new Error(JSON.stringify(plan.problems));
    await using gps = new Opened({ open: (env) => openReceiver(plan.value, env, 200) });
    await until('silence', () => gps.health.includes('truck-1 silent'));
    simulator.fault('truck-1', null);
    await until('it is back', () => gps.health.at(-1) === 'truck-1 ok');
    expect(gps.logged.length).toBeGreaterThan(1);
  });
});

it.skipIf(!hasSocat)(`a receiver on a serial line${ifSocat}`, async () => {
  await using cable = new Cable();
  await cable.plug();
  const entry = { id: 'gps', driver: 'nmea', port: cable.near, baud: '4800 baud', device };
  await using simulator = await simulateNmea(entry, files, cable.far);
  place(simulator, 310_000_000, 1_210_000_000);
  await using gps = new Opened(connected(nmea.configure(entry, files)));
  await until('a position', () => gps.last['inside-yard'] === '1');
  await cable.pull();
  await until('the line is lost', () => gps.health.at(-1) === 'truck-1 port-lost');
});

const hasGpsd = ['gpsfake', 'gpsd'].every((name) => spawnSync('which', [name]).status === 0);

it.skipIf(!hasGpsd)(
  `gpsd plays a journey of gpsfake${hasGpsd ? '' : ' (skipped: gpsd and gpsd-clients are not installed)'}`,
  { timeout: 30_000 },
  async () => {
    const folder = mkdtempSync(join(tmpdir(), 'bailee-gpsfake-'));
    const port = await freePort();
    writeFileSync(join(folder, 'journey.nmea'), journey(Date.now(), 600));
    const fake = spawn('gpsfake', ['-q', '-c', '0.05', '-P', String(port), join(folder, 'journey.nmea')], {
      stdio: 'ignore',
      detached: true,
    });
    try {
      const entry = { id: 'gps', host: '127.0.0.1', 'tcp-port': port, gpsd: true, device };
      await using gps = new Opened(connected(nmea.configure(entry, files)));
      await until('gpsd tells a position', () => gps.last['inside-yard'] === '1', 15_000);
      expect(Number(gps.last['latitude'])).toBeGreaterThan(309_900_000);
      expect(Number(gps.last['latitude'])).toBeLessThan(310_050_000);
      expect(gps.last['longitude']).toBe('1210000000');
    } finally {
      const gone = new Promise((resolve) => fake.once('exit', resolve));
      if (fake.pid !== undefined) process.kill(-fake.pid, 'SIGTERM');
      await gone;
      rmSync(folder, { recursive: true });
    }
  },
);

/** Seconds of a drive north through the yard, as a receiver logs it. */
function journey(end: number, seconds: number): string {
  return Array.from({ length: seconds }, (_, i) => {
    const at = Math.floor(end / 1000 - seconds + i) * 1000;
    const where = { latitude: 309_960_000 + i * 10, longitude: 1_210_000_000 };
    const time = at % 86_400_000;
    return (
      encodeSentence({ type: 'GGA', talker: 'GP', time, quality: 1, place: where, satellites: 8 }) +
      encodeSentence({ type: 'RMC', talker: 'GP', at, time, valid: true, mode: 'A', place: where, speed: 22 })
    );
  }).join('');
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (typeof address !== 'object' || address === null) throw new Error('no port');
  return address.port;
}
