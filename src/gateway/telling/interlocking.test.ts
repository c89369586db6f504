import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { until } from '../../devices/modbus/rig.fixture.ts';
import { simulateTcp } from '../../devices/modbus/simulator.ts';
import type { ProfileSource } from '../../devices/port.ts';
import { readSource } from '../../config/source.ts';
import { RecordType } from '../../domain/record.ts';
import { Place, type Life } from '../data-directory.fixture.ts';
import { DeviceRunner } from '../recording/device-runner.ts';
import { interlocked } from './interlocking.ts';
import { shipped } from '../site/site.ts';
import type { Command } from '../../notify/port.ts';

const FIRE = `title: { en: Fire panel contact, zh: 消防联动触点 }
serial: { baud: 9600 baud, parity: none }
read:
  inputs: { function: 2, address: 0, count: 1 }
channels:
  fire: { from: inputs, address: 0, type: bit, quantity: fire, unit: '1', urgent: true }
`;
const entry = (port: number) => ({
  id: 'gate',
  driver: 'modbus-tcp',
  host: '127.0.0.1',
  port,
  timeout: '2s',
  slaves: [
    { id: 'gate-1', unit: 1, profile: 'barrier', every: '10s', zone: 'yard' },
    { id: 'panel', unit: 2, profile: 'fire', every: '10s', zone: 'yard' },
  ],
});

const never = new AbortController().signal;
let place: Place;
let life: Life;
let simulator: Awaited<ReturnType<typeof simulateTcp>>;
let runner: DeviceRunner;
let order: (verb: string, leftMs?: number) => Promise<void>;
/** What reached the wire, with the life it was given. */
let sent: [string, number][];

const profiles: ProfileSource = (name) => {
  const file =
    name === 'fire' ? join(place.root, 'profiles/fire.yaml') : join(shipped('profiles'), `${name}.yaml`);
  const read = readSource(file);
  return read.ok ? read.value.value : undefined;
};

/** A gate and a fire panel on a real line, behind the gate that every order passes. */
beforeEach(async () => {
  place = new Place();
  mkdirSync(join(place.root, 'profiles'));
  writeFileSync(join(place.root, 'profiles/fire.yaml'), FIRE);
  simulator = await simulateTcp(entry(1), profiles, { host: '127.0.0.1', port: 0 });
  writeFileSync(
    place.file,
    `gateway: { id: b0b1b2b3b4b5b6b7, domain: consortium.example }\ndata: data\nzones: [{ id: yard }]\ndevices: ${JSON.stringify([entry(simulator.port)])}\n`,
  );
  life = await place.boot();
  const { core } = life;
  const now = (): number => core.clock.now();
  const { connections } = await place.site();
  runner = new DeviceRunner(connections, {
    now,
    log: () => undefined,
    secret: () => Promise.reject(new Error('no device has a secret')),
  });
  sent = [];
  const command: Command = (device, given, signal) => {
    sent.push([given.verb, given.expiresAt - now()]);
    return runner.command(device, given, signal);
  };
  const values = new Map<number, { v: number; q: number; t: number; sourceAt: null }>();
  say = (stream, v, ageMs = 0) => {
    const slot = core.streams.find((s) => s.id === stream)?.slot ?? -1;
    values.set(slot, { v, q: 0, t: now() - ageMs, sourceAt: null });
  };
  const gated = interlocked(
    core.deciding.set.interlocks,
    { latest: (slot) => values.get(slot) },
    now,
    command,
  );
  order = (verb, leftMs = 60_000) =>
    gated('gate-1', { id: verb, verb, arg: null, expiresAt: now() + leftMs }, never);
});
let say: (stream: string, v: number, ageMs?: number) => void;
afterEach(async () => {
  await runner[Symbol.asyncDispose]();
  await simulator[Symbol.asyncDispose]();
  life[Symbol.dispose]();
  place[Symbol.dispose]();
});

describe('an order to a device', () => {
  it('goes when all is clear, and lives ten seconds at most', async () => {
    say('panel/fire', 0);
    say('gate-1/loop', 0);
    await order('barrier-open');
    await order('barrier-close');
    expect(sent.map(([verb]) => verb)).toEqual(['barrier-open', 'barrier-close']);
    for (const [, left] of sent) expect(left).toBeLessThanOrEqual(10_000);
  });

  it('is stopped by a fire, also when it was decided before', async () => {
    say('gate-1/loop', 0);
    await expect(order('barrier-close')).rejects.toThrow('fire input panel/fire is not known');
    say('panel/fire', 1);
    await expect(order('barrier-close')).rejects.toMatchObject({ code: 'REFUSED' });
    await order('barrier-open');
    expect(sent.map(([verb]) => verb)).toEqual(['barrier-open']);
  });

  it('is stopped by what stands under the barrier, and by a loop that was not heard of for too long', async () => {
    say('panel/fire', 0);
    say('gate-1/loop', 1);
    await expect(order('barrier-close')).rejects.toThrow('gate-1/loop is on');
    say('gate-1/loop', 0, 10 * 60_000);
    await expect(order('barrier-close')).rejects.toThrow('gate-1/loop is not known');
    expect(sent).toEqual([]);
  });

  it('that comes too late moves nothing', async () => {
    say('panel/fire', 0);
    say('gate-1/loop', 0);
    await expect(order('barrier-close', 0)).rejects.toThrow('came too late');
    expect(sent).toEqual([]);
  });
});

it('a fire opens the gate on the wire, with its order on record first', async () => {
  const { core } = life;
  const slot = core.streams.find((s) => s.id === 'panel/fire')?.slot ?? -1;
  core.intake.accept([{ records: [{ slot, t: core.clock.now(), type: RecordType.reading, body: [1, 0] }] }]);
  const due = life.journal.outbox.due(core.clock.now() + 1, 10);
  expect(due.map((e) => e.key)).toEqual([expect.stringMatching(/^panel\/fire gate-1 barrier-open /)]);
  for (const { body } of due) if (body.kind === 'command') await order(body.verb);
  await until(() => sent.length === 1);
});
