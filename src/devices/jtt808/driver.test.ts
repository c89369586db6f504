import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import * as z from 'zod';
import { Caller } from '../vehicle/caller.fixture.ts';
import { files } from '../vehicle/map.fixture.ts';
import { connected, until } from '../vehicle/opened.fixture.ts';
import { answers, device, entry, listening, location, Speech, TERMINAL } from './call.fixture.ts';
import { MessageId } from './codec.ts';
import { jtt808 } from './driver.ts';
import { encodeBatch, encodeLocation } from './location.ts';
import { simulateJtt808 } from './simulator.ts';

/** All problems as `path: message`. */
function problems(raw: unknown): string[] {
  const checked = jtt808.configure(raw, files);
  return checked.ok ? [] : checked.problems.map((p) => `${p.path.join('.')}: ${p.message}`);
}

let speech = new Speech();
function said(...words: Parameters<Speech['say']>): Uint8Array {
  return speech.say(...words);
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
    speech = new Speech();
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
  ] as const)('%s is refused by name', async (_, frames, refusal, answer) => {
    const { fleet, at } = await listening();
    await using _fleet = fleet;
    using caller = new Caller(at);
    for (const bytes of frames) caller.say(bytes);
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
