import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import * as z from 'zod';
import { Caller } from '../vehicle/caller.fixture.ts';
import { files, YARD } from '../vehicle/map.fixture.ts';
import { connected, Opened, until } from '../vehicle/opened.fixture.ts';
import { encodeLogin, encodePacket, type AvlRecord } from './codec.ts';
import { teltonika } from './driver.ts';
import { simulateTeltonika } from './simulator.ts';

const IMEI = '356307042441013';
const device = {
  id: 'truck-1',
  imei: IMEI,
  every: '100ms',
  'max-gap': '2s',
  zone: 'truck-1',
  areas: YARD,
  channels: ['eye-temperature-1', 'door'],
};
const entry = { id: 'fleet', driver: 'teltonika', listen: '127.0.0.1:0', devices: [device] };

/** All problems as `path: message`. */
function problems(raw: unknown): string[] {
  const checked = teltonika.configure(raw, files);
  return checked.ok ? [] : checked.problems.map((p) => `${p.path.join('.')}: ${p.message}`);
}

async function listening(more: Record<string, unknown> = {}) {
  const fleet = new Opened(connected(teltonika.configure({ ...entry, ...more }, files)));
  await until('it listens', () => fleet.logged.some((l) => 'port' in l));
  const port = Number(fleet.logged.find((l) => 'port' in l)?.['port']);
  return { fleet, at: { host: '127.0.0.1', port } };
}

function record(at: number): AvlRecord {
  return {
    at,
    priority: 0,
    longitude: 1_210_000_000,
    latitude: 310_000_000,
    altitude: 4,
    angle: 0,
    satellites: 9,
    speed: 40,
    event: 0,
    io: new Map([[10_800, Uint8Array.of(0xfb, 0x5d)]]),
  };
}

function packet(...at: readonly number[]): Uint8Array {
  return encodePacket({ codec: 0x8e, records: at.map(record) });
}

describe('configuration', () => {
  it('declares position, the channels asked for, and areas', () => {
    const { streams } = connected(teltonika.configure(entry, files));
    expect(streams.map((s) => [s.ch, s.quantity, s.unit, s.exp, s.urgent]).slice(5)).toEqual([
      ['eye-temperature-1', 'temperature', 'Cel', -2, false],
      ['door', 'door', '1', 0, true],
      ['inside-yard', 'inside', '1', 0, false],
      ['on-route-road', 'on-route', '1', 0, false],
    ]);
  });

  it('takes its sample', () => {
    const text = readFileSync(join(import.meta.dirname, '../../../config/samples/teltonika.yaml'), 'utf8');
    const { devices } = z
      .object({ devices: z.array(z.looseObject({ driver: z.string() })) })
      .parse(parse(text));
    expect(devices.map((d) => d.driver)).toEqual(['teltonika']);
    expect(connected(teltonika.configure(devices[0], files)).streams.length).toBeGreaterThan(8);
  });

  it('gives all problems at once', () => {
    const raw = {
      ...entry,
      listen: 'everywhere',
      devices: [device, { ...device, imei: 12, channels: ['eye-temperature-9'] }],
    };
    expect(problems(raw)).toEqual([
      'listen: must be like 127.0.0.1:5027',
      expect.stringMatching(/^devices\.1\.channels\.0: must be one of ble-temperature-1, /),
      'devices.1.imei: must be the fifteen digits of its IMEI',
    ]);
    expect(problems({ ...entry, devices: [device, device] })).toEqual([
      'devices.1.imei: is that of another device',
      'devices.1.id: is that of another device',
    ]);
    expect(problems({ ...entry, devices: [{ ...device, areas: 'x.geojson' }] })).toEqual([
      'devices.0.areas: is not a file in config/profiles',
    ]);
  });
});

describe('a tracker', () => {
  it('is answered only after the commit', async () => {
    const { fleet, at } = await listening();
    await using _fleet = fleet;
    using caller = new Caller(at);
    caller.say(encodeLogin(IMEI));
    await until('it is let in', () => caller.heard === '01');
    fleet.commits = false;
    const now = Date.now();
    caller.say(packet(now - 2000, now - 1000));
    await until('its records arrive', () => fleet.last['fix'] === '1');
    expect(fleet.last).toEqual({
      fix: '1',
      latitude: '310000000',
      longitude: '1210000000',
      speed: '400',
      satellites: '9',
      'eye-temperature-1': '-1187',
      'inside-yard': '1',
      'on-route-road': '1',
    });
    expect(fleet.arrivals.at(-1)?.readings.map((r) => r.sourceAt)).toContain(now - 2000);
    await new Promise((resolve) => {
      setTimeout(resolve, 100);
    });
    expect(caller.heard).toBe('01');
    fleet.arrivals.at(-1)?.committed?.();
    await until('it is answered', () => caller.heard === '0100000002');
  });

  it('that sends again what was taken is answered, and nothing is journaled twice', async () => {
    const now = Date.now();
    const connection = connected(teltonika.configure(entry, files));
    // The journal already has the first one, from before a restart.
    await using fleet = new Opened(connection, (open) =>
      open.seed?.([{ stream: 'truck-1/fix', v: 1, q: 0, sourceAt: now - 5000 }]),
    );
    await until('it listens', () => fleet.logged.some((l) => 'port' in l));
    const at = { host: '127.0.0.1', port: Number(fleet.logged[0]?.['port']) };
    using caller = new Caller(at);
    caller.say(encodeLogin(IMEI));
    caller.say(packet(now - 5000, now - 1000));
    await until('it is answered', () => caller.heard === '0100000002');
    caller.say(packet(now - 5000, now - 1000));
    await until('it is answered again', () => caller.heard === '010000000200000002');
    expect(fleet.arrivals.flatMap((a) => a.readings).filter((r) => r.stream === 'truck-1/fix')).toHaveLength(
      1,
    );
    expect(fleet.refusals).toHaveLength(3);
    expect(fleet.refusals[0]).toMatch(/^truck-1 REFUSED repeat of the record of 20/);
  });

  it('cannot wait for ever: eight packets without a commit, then it is not read', async () => {
    const { fleet, at } = await listening();
    await using _fleet = fleet;
    using caller = new Caller(at);
    caller.say(encodeLogin(IMEI));
    await until('it is let in', () => caller.heard === '01');
    fleet.commits = false;
    const now = Date.now();
    for (let i = 0; i < 50; i++) {
      caller.say(packet(now - i * 1000));
      await new Promise((resolve) => {
        setTimeout(resolve, 5);
      });
    }
    const held = fleet.arrivals.filter((a) => a.readings.length > 0);
    expect(held.length).toBeGreaterThanOrEqual(8);
    expect(held.length).toBeLessThan(30);
    fleet.commits = true;
    for (const arrival of held) arrival.committed?.();
    await until('all are answered', () => caller.heard.length === 2 + 50 * 8);
  });

  it('of another number, or no number, is sent away and counted', async () => {
    const { fleet, at } = await listening();
    await using _fleet = fleet;
    using stranger = new Caller(at);
    stranger.say(encodeLogin('999999999999999'));
    await until('it is sent away', () => stranger.closed);
    using browser = new Caller(at);
    browser.say(Buffer.from('GET / HTTP/1.1\r\n\r\n'));
    await until('it is sent away too', () => browser.closed);
    expect([stranger.heard, browser.heard]).toEqual(['00', '00']);
    expect(fleet.traced.slice(0, 2)).toEqual([`in 000f${'39'.repeat(15)}`, 'out 00']);
    expect(fleet.refusals).toEqual([
      'fleet REFUSED 999999999999999 is not one of ours (from 127.0.0.1)',
      expect.stringMatching(/^fleet MALFORMED no IMEI: 474554/),
    ]);
  });

  it('too many connections are dropped, an idle one is closed, a second one of a tracker ends the first', async () => {
    const { fleet, at } = await listening({ 'max-connections': 2, idle: '1s' });
    await using _fleet = fleet;
    using first = new Caller(at);
    first.say(encodeLogin(IMEI));
    await until('it is let in', () => first.heard === '01');
    using second = new Caller(at);
    second.say(encodeLogin(IMEI));
    await until('the first is ended', () => first.closed && second.heard === '01');
    expect(fleet.health).not.toContain('truck-1 disconnected');
    using third = new Caller(at);
    using fourth = new Caller(at);
    await until('one too many', () => fourth.closed || third.closed);
    expect(fleet.refusals).toContain('fleet REFUSED more than 2 connections');
    await until('it was idle', () => second.closed);
    expect(fleet.health.at(-1)).toBe('truck-1 disconnected');
  });
});

/** A simulated tracker in the yard, and the server it calls. */
async function town(fault: string | null) {
  const { fleet, at } = await listening();
  const simulator = simulateTeltonika(entry, files, at);
  simulator.set('truck-1', 'latitude', 310_000_000);
  simulator.set('truck-1', 'longitude', 1_210_000_000);
  simulator.set('truck-1', 'eye-temperature-1', 420);
  simulator.fault('truck-1', fault);
  return {
    fleet,
    simulator,
    async [Symbol.asyncDispose]() {
      await simulator[Symbol.asyncDispose]();
      await fleet[Symbol.asyncDispose]();
    },
  };
}

describe('the simulator', () => {
  it('drives, loses its fix and its sensor, and comes back', async () => {
    await using t = await town(null);
    await until('a position', () => t.fleet.last['eye-temperature-1'] === '420');
    expect(t.fleet.last).toMatchObject({ fix: '1', 'inside-yard': '1', door: 'null' });
    t.simulator.set('truck-1', 'door', 1);
    await until('the door is open', () => t.fleet.last['door'] === '1');
    t.simulator.fault('truck-1', 'no-fix');
    await until('no fix', () => t.fleet.last['fix'] === '0');
    expect(t.fleet.last).toMatchObject({
      latitude: 'null',
      'inside-yard': 'null',
      'eye-temperature-1': '420',
    });
  });

  it.each([
    ['bad-crc', /^truck-1 CHECKSUM CRC /],
    ['cut-off', /^truck-1 MALFORMED a packet was cut off/],
    ['wrong-id', /^fleet REFUSED 000000000000000 is not one of ours/],
    ['ancient', /^truck-1 REFUSED time .* is more than a year ago/],
    ['noise', /^truck-1 MALFORMED 6 bytes that are no packet/],
    ['repeat', /^truck-1 REFUSED repeat of/],
  ])('%s is refused by name', async (fault, refusal) => {
    await using t = await town(fault);
    await until('a refusal', () => t.fleet.refusals.some((r) => refusal.test(r)));
    t.simulator.fault('truck-1', null);
    await until('it is well', () => t.fleet.last['fix'] === '1', 8000);
  });

  it('offline: what it stored comes in one burst with its old times', async () => {
    await using t = await town(null);
    await until('a position', () => t.fleet.last['fix'] === '1');
    t.simulator.fault('truck-1', 'offline');
    await until('it is gone', () => t.fleet.health.at(-1) === 'truck-1 disconnected');
    await new Promise((resolve) => {
      setTimeout(resolve, 600);
    });
    const before = t.fleet.arrivals.length;
    t.simulator.fault('truck-1', 'burst');
    await until('it is back', () => t.fleet.health.at(-1) === 'truck-1 ok');
    await until('it told all', () =>
      t.fleet.arrivals
        .slice(before)
        .some((a) => a.readings.filter((r) => r.stream === 'truck-1/fix').length > 12),
    );
    const times = t.fleet.arrivals.slice(before).flatMap((a) => a.readings.map((r) => r.sourceAt ?? 0));
    expect(Date.now() - Math.min(...times)).toBeGreaterThan(9 * 60_000);
    t.simulator.fault('truck-1', 'half-open');
    expect(() => t.simulator.fault('truck-1', 'tired')).toThrow('no fault "tired"');
    expect(() => t.simulator.set('truck-2', 'door', 1)).toThrow('no simulated device "truck-2"');
  });
});
