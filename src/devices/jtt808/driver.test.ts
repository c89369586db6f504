import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import * as z from 'zod';
import { Caller } from '../vehicle/caller.fixture.ts';
import { files, YARD } from '../vehicle/map.fixture.ts';
import { connected, Opened, until } from '../vehicle/opened.fixture.ts';
import { encodeMessage, MessageId } from './codec.ts';
import { jtt808 } from './driver.ts';
import { encodeBatch, encodeLocation, type Location } from './location.ts';
import { MessageReader } from './reader.ts';
import { simulateJtt808 } from './simulator.ts';

const TERMINAL = '013912345678';
const device = {
  id: 'truck-1',
  terminal: TERMINAL,
  every: '100ms',
  'max-gap': '3s',
  zone: 'truck-1',
  areas: YARD,
  channels: ['temperature-1', 'temperature-2', 'ignition', 'emergency'],
};
const entry = { id: 'fleet', driver: 'jtt808', listen: '127.0.0.1:0', devices: [device] };

/** All problems as `path: message`. */
function problems(raw: unknown): string[] {
  const checked = jtt808.configure(raw, files);
  return checked.ok ? [] : checked.problems.map((p) => `${p.path.join('.')}: ${p.message}`);
}

async function listening(more: Record<string, unknown> = {}) {
  const raw = { ...entry, devices: [{ ...device, ...more }] };
  const fleet = new Opened(connected(jtt808.configure(raw, files)));
  await until('it listens', () => fleet.logged.some((l) => 'port' in l));
  const port = Number(fleet.logged.find((l) => 'port' in l)?.['port']);
  return { fleet, at: { host: '127.0.0.1', port }, raw };
}

function location(at: number): Location {
  return {
    alarm: 0,
    status: 3,
    latitude: 31_000_000,
    longitude: 121_000_000,
    altitude: 4,
    speed: 403,
    direction: 90,
    at,
    items: new Map([
      [0x31, Uint8Array.of(9)],
      [0x51, Uint8Array.of(0x80, 23, 0xff, 0xff)],
    ]),
  };
}

let serial = 0;
function said(id: number, body: Uint8Array = new Uint8Array(), terminal = TERMINAL): Uint8Array {
  const version = terminal.length > 12 ? 1 : null;
  return encodeMessage({ id, version, terminal, serial: serial++, body });
}

/** The frames of a message in parts of so many bytes. */
function split(id: number, body: Uint8Array, bytes: number, terminal = TERMINAL): Uint8Array[] {
  const version = terminal.length > 12 ? 1 : null;
  const total = Math.ceil(body.length / bytes);
  return Array.from({ length: total }, (_, i) => {
    const own = body.subarray(i * bytes, (i + 1) * bytes);
    return encodeMessage({
      id,
      version,
      terminal,
      serial: serial++,
      body: own,
      part: { total, number: i + 1 },
    });
  });
}

/** Answers as `id: body`. */
function answers(caller: Caller): string[] {
  return new MessageReader()
    .push(Buffer.from(caller.heard, 'hex'))
    .map((d) =>
      d.ok ? `${d.message.id.toString(16)}: ${Buffer.from(d.message.body).toString('hex')}` : d.detail,
    );
}

const CODE = Buffer.from('13912345678', 'latin1');
const now = (): number => Math.floor(Date.now() / 1000) * 1000;

describe('configuration', () => {
  it('declares the channels asked for', () => {
    const { streams } = connected(jtt808.configure(entry, files));
    expect(streams.map((s) => [s.ch, s.unit, s.exp, s.urgent]).slice(5, 9)).toEqual([
      ['temperature-1', 'Cel', -1, false],
      ['temperature-2', 'Cel', -1, false],
      ['ignition', '1', 0, false],
      ['emergency', '1', 0, true],
    ]);
  });

  it('takes its sample', () => {
    const text = readFileSync(join(import.meta.dirname, '../../../config/samples/jtt808.yaml'), 'utf8');
    const { devices } = z
      .object({ devices: z.array(z.looseObject({ driver: z.string() })) })
      .parse(parse(text));
    expect(devices.map((d) => d.driver)).toEqual(['jtt808']);
    expect(connected(jtt808.configure(devices[0], files)).streams.length).toBeGreaterThan(8);
  });

  it('gives all problems at once', () => {
    const same = { ...device, id: 'truck-2', terminal: `00000000${TERMINAL}` };
    expect(problems({ ...entry, devices: [device, same] })).toEqual([
      'devices.1.terminal: is that of another device',
    ]);
    expect(
      problems({ ...entry, devices: [{ ...device, terminal: 'A1', auth: 'maybe' }], idle: '1ms' }),
    ).toEqual([
      expect.stringMatching(/^idle: must be a time/),
      'devices.0.terminal: must be the number of the terminal, at most twenty digits',
      'devices.0.auth: must be one of handed-out, any, none',
    ]);
  });
});

describe('a terminal', () => {
  it('registers, authenticates, and is answered only after the commit', async () => {
    serial = 0;
    const { fleet, at } = await listening();
    await using _fleet = fleet;
    using caller = new Caller(at);
    caller.say(said(MessageId.register, new Uint8Array(37)));
    caller.say(said(MessageId.authenticate, CODE));
    caller.say(said(MessageId.heartbeat));
    await until('it is let in', () => answers(caller).length === 3);
    expect(answers(caller)).toEqual([
      `8100: 000000${CODE.toString('hex')}`,
      '8001: 0001010200',
      '8001: 0002000200',
    ]);
    fleet.commits = false;
    const t = now();
    caller.say(said(MessageId.location, encodeLocation(location(t))));
    await until('its report arrives', () => fleet.last['fix'] === '1');
    expect(fleet.last).toEqual({
      fix: '1',
      latitude: '310000000',
      longitude: '1210000000',
      speed: '403',
      satellites: '9',
      'temperature-1': '-23',
      'temperature-2': 'null',
      ignition: '1',
      emergency: '0',
      'inside-yard': '1',
      'on-route-road': '1',
    });
    expect(fleet.arrivals.at(-1)?.readings[0]?.sourceAt).toBe(t);
    await new Promise((resolve) => {
      setTimeout(resolve, 100);
    });
    expect(answers(caller)).toHaveLength(3);
    fleet.arrivals.at(-1)?.committed?.();
    await until('it is answered', () => answers(caller).at(-1) === '8001: 0003020000');
  });

  it('of 2019 tells stored records in a batch; what was told before is known', async () => {
    const { fleet, at } = await listening();
    await using _fleet = fleet;
    const long = TERMINAL.padStart(20, '0');
    using caller = new Caller(at);
    const code = Uint8Array.from([CODE.length, ...CODE, ...new Uint8Array(35)]);
    caller.say(said(MessageId.authenticate, code, long));
    const t = now();
    const bodies = [t - 120_000, t - 60_000, t].map((time) => encodeLocation(location(time)));
    caller.say(said(MessageId.location, bodies[2] ?? new Uint8Array(), long));
    caller.say(said(MessageId.locations, encodeBatch(true, bodies), long));
    await until('all is answered', () => answers(caller).length === 3);
    const fixes = fleet.arrivals.flatMap((a) => a.readings).filter((r) => r.stream === 'truck-1/fix');
    expect(fixes.map((r) => r.sourceAt)).toEqual([t, t - 120_000, t - 60_000]);
    expect(fleet.refusals).toEqual([expect.stringMatching(/^truck-1 REFUSED repeat of the record of /)]);
  });

  it.each([
    ['2013', TERMINAL, '8003: 0000010002'],
    ['2019', TERMINAL.padStart(20, '0'), '8003: 000000010002'],
  ])('of %s splits what is long; the part that is missing is asked for', async (_, terminal, asked) => {
    serial = 0;
    const { fleet, at } = await listening({ auth: 'none' });
    await using _fleet = fleet;
    using caller = new Caller(at);
    const t = now();
    const times = Array.from({ length: 40 }, (__, i) => t - i * 60_000);
    const body = encodeBatch(
      true,
      times.map((time) => encodeLocation(location(time))),
    );
    const frames = split(MessageId.locations, body, 700, terminal);
    const [first = frames[0], second, last] = frames;
    expect(frames).toHaveLength(3);
    fleet.commits = false;
    for (const frame of [first, last, last]) caller.say(frame ?? new Uint8Array());
    await until('it is asked for', () => answers(caller).includes(asked));
    expect(answers(caller)).toEqual(['8001: 0000070400', '8001: 0002070400', '8001: 0002070400', asked]);
    caller.say(second ?? new Uint8Array());
    await until('it is whole', () => fleet.arrivals.some((a) => a.readings.length > 0));
    const fixes = fleet.arrivals.flatMap((a) => a.readings).filter((r) => r.stream === 'truck-1/fix');
    expect(fixes.map((r) => r.sourceAt)).toEqual(times);
    caller.say(first ?? new Uint8Array());
    caller.say(said(MessageId.heartbeat, new Uint8Array(), terminal));
    await until('the heartbeat', () => answers(caller).length === 5);
    // Not one answer more before the commit, then that of the part that made it whole.
    expect(answers(caller).at(-1)).toBe('8001: 0003000200');
    fleet.arrivals.findLast((a) => a.readings.length > 0)?.committed?.();
    await until('its answer', () => answers(caller).at(-1) === '8001: 0001070400');
    caller.say(first ?? new Uint8Array());
    await until('what comes again', () => answers(caller).at(-1) === '8001: 0000070400');
    expect(fleet.refusals).toEqual([]);
  });

  it('may split a picture, which nobody keeps', async () => {
    serial = 0;
    const { fleet, at } = await listening({ auth: 'none' });
    await using _fleet = fleet;
    using caller = new Caller(at);
    for (const frame of split(0x0801, new Uint8Array(90), 30)) caller.say(frame);
    await until('three answers', () => answers(caller).length === 3);
    expect(answers(caller)).toEqual(['8001: 0000080103', '8001: 0001080103', '8001: 0002080103']);
  });

  it.each([
    [
      'without authentication',
      [said(MessageId.location, encodeLocation(location(now())))],
      /reports before it is/,
      /^8001: \w{4}020001$/,
    ],
    [
      'with another code',
      [said(MessageId.authenticate, Buffer.from('let me in'))],
      /code "let me in" was not/,
      /^8001: \w{4}010201$/,
    ],
    [
      'of another number',
      [said(MessageId.register, new Uint8Array(37), '999')],
      /^fleet REFUSED 999 is not one of ours \(from 127/,
      /^8100: \w{4}04$/,
    ],
  ] as const)('%s is refused by name', async (_, speech, refusal, answer) => {
    const { fleet, at } = await listening();
    await using _fleet = fleet;
    using caller = new Caller(at);
    for (const bytes of speech) caller.say(bytes);
    await until('a refusal', () => fleet.refusals.some((r) => refusal.test(r)));
    await until('an answer', () => answers(caller).some((a) => answer.test(a)));
    expect(fleet.arrivals.flatMap((a) => a.readings)).toEqual([]);
  });

  it('that says nothing but what is refused is sent away', async () => {
    const { fleet, at } = await listening();
    await using _fleet = fleet;
    using caller = new Caller(at);
    caller.say(Buffer.from('7E01'.repeat(5000), 'hex'));
    await until('it is sent away', () => caller.closed);
    expect(fleet.refusals).toHaveLength(101);
  });

  it('is let in without a code where its entry says so; what nobody knows is answered', async () => {
    const { fleet, at } = await listening({ auth: 'none' });
    await using _fleet = fleet;
    using caller = new Caller(at);
    caller.say(said(MessageId.location, encodeLocation({ ...location(now()), status: 0 })));
    await until('no fix', () => fleet.last['fix'] === '0');
    expect(fleet.last).toMatchObject({
      latitude: 'null',
      speed: 'null',
      'inside-yard': 'null',
      ignition: '0',
    });
    caller.say(said(0x0900, Uint8Array.of(1)));
    await until('unsupported', () => answers(caller).some((a) => /^8001: \w{4}090003$/.test(a)));
    caller.say(said(MessageId.location, new Uint8Array(5)));
    await until('spoilt', () => answers(caller).some((a) => /^8001: \w{4}020002$/.test(a)));
    caller.say(said(MessageId.heartbeat, new Uint8Array(), '999'));
    await until('another name', () => fleet.refusals.includes('truck-1 REFUSED calls itself 999'));
    expect(fleet.refusals).toContain('truck-1 MALFORMED a location of 5 bytes');
  });
});

it('the simulator splits its reports, loses parts and repeats them', { timeout: 40_000 }, async () => {
  const { fleet, at, raw } = await listening();
  await using _fleet = fleet;
  await using simulator = simulateJtt808(raw, files, at);
  for (const fault of ['split', 'part-lost', 'parts-mixed', 'parts-twice'] as const) {
    simulator.fault('truck-1', fault);
    const arrived = fleet.arrivals.length;
    await until(
      fault,
      () => fleet.arrivals.slice(arrived).filter((a) => a.readings.length > 0).length > 1,
      10_000,
    );
  }
  // It measures more often than its clock counts.
  expect(fleet.refusals.filter((r) => !/^truck-1 REFUSED repeat of /.test(r))).toEqual([]);
  simulator.fault('truck-1', 'part-never');
  const never = /^truck-1 TIMEOUT part 1 of .* never came, and more than 2/;
  await until('it is given up', () => fleet.refusals.some((r) => never.test(r)), 20_000);
});

describe.each([
  ['2013', TERMINAL],
  ['2019', TERMINAL.padStart(20, '0')],
])('the simulator of %s', (_, terminal) => {
  it('drives, and its faults are refused by name', { timeout: 40_000 }, async () => {
    const { fleet, at, raw } = await listening({ terminal });
    await using _fleet = fleet;
    await using simulator = simulateJtt808(raw, files, at);
    simulator.set('truck-1', 'latitude', 310_000_000);
    simulator.set('truck-1', 'longitude', 1_210_000_000);
    simulator.set('truck-1', 'temperature-1', -185);
    await until('a position', () => fleet.last['temperature-1'] === '-185');
    expect(fleet.last).toMatchObject({ fix: '1', 'inside-yard': '1', 'temperature-2': 'null' });
    for (const [fault, refusal] of [
      ['bad-crc', /^truck-1 CHECKSUM check /],
      ['cut-off', /^truck-1 MALFORMED a message was cut off/],
      ['noise', /^truck-1 MALFORMED /],
      ['ancient', /^truck-1 REFUSED time .* is more than a year ago/],
      ['repeat', /^truck-1 REFUSED repeat of/],
      ['wrong-id', /^fleet REFUSED 99999999999 is not one of ours/],
    ] as const) {
      const before = fleet.refusals.length;
      simulator.fault('truck-1', fault);
      await until(fault, () => fleet.refusals.slice(before).some((r) => refusal.test(r)));
    }
    simulator.fault('truck-1', 'no-fix');
    await until('no fix', () => fleet.last['fix'] === '0', 10_000);
    const before = fleet.arrivals.length;
    simulator.fault('truck-1', 'burst');
    await until('old times', () =>
      fleet.arrivals
        .slice(before)
        .some((a) => a.readings.some((r) => Date.now() - (r.sourceAt ?? Date.now()) > 9 * 60_000)),
    );
  });
});
