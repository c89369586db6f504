import { ServerSerial, ServerTCP } from 'modbus-serial';
import type { IServiceVector } from 'modbus-serial';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { modbusRtu, modbusTcp } from './driver.ts';
import { Cable, Rig, configured, hasSocat, ifSocat, shipped, until } from './rig.fixture.ts';
import { simulateRtu, simulateTcp } from './simulator.ts';

const hasMbpoll = spawnSync('mbpoll', ['-V']).error === undefined;
const ifMbpoll = hasMbpoll ? '' : ' (skipped: mbpoll is not installed)';
// What a version manager puts first on the path has not the packages of the system.
const python = ['/usr/bin/python3', 'python3'].find(
  (command) => spawnSync(command, ['-c', 'import pymodbus.client']).status === 0,
);
const ifPymodbus =
  python === undefined ? ' (skipped: python3-pymodbus, python3-serial-asyncio are missing)' : '';
const PEER = join(import.meta.dirname, '../../../test/interop/pymodbus-peer.py');

/** An XY-MD02 and a relay board as an independent implementation of the slave's side serves them. */
function device() {
  const coils = new Map<number, boolean>();
  return {
    getInputRegister: (address: number, unit: number) => (unit === 1 ? ([0, 0xff38, 600][address] ?? 0) : 0),
    getHoldingRegister: (address: number) => (address === 0x0104 ? 0xfffb : 0),
    getCoil: (address: number) => coils.get(address) ?? false,
    // The siren's own contact follows its relay.
    getDiscreteInput: (address: number) => coils.get(address) ?? false,
    setCoil: (address: number, value: boolean) => {
      coils.set(address, value);
    },
  } satisfies IServiceVector;
}

const slaves = [
  { id: 'probe-1', unit: 1, profile: 'xy-md02', every: '1s' },
  { id: 'siren-1', unit: 2, profile: 'relay-siren', every: '1s' },
];

async function readAndSwitch(rig: Rig): Promise<void> {
  expect(await rig.poll('probe-1')).toEqual({
    readings: ['temperature: -200', 'humidity: 600', 'temperature-correction: 0', 'humidity-correction: -5'],
    refusals: [],
    health: ['correction 0,-5'],
  });
  await rig.command('siren-1', 'siren-on');
  expect((await rig.poll('siren-1')).readings).toEqual(['siren: 1', 'light: 0']);
  await rig.command('siren-1', 'siren-off');
  expect((await rig.poll('siren-1')).readings).toEqual(['siren: 0']);
}

describe('the slaves of modbus-serial, an independent implementation', () => {
  it('over TCP', async () => {
    const port = await freePort();
    const server = new ServerTCP(device(), { host: '127.0.0.1', port, debug: false });
    await using _closing = {
      [Symbol.asyncDispose]: () =>
        new Promise<void>((resolve) => {
          server.close(() => resolve());
        }),
    };
    const entry = { id: 'tcp-1', driver: 'modbus-tcp', host: '127.0.0.1', port, timeout: '1s', slaves };
    await using rig = new Rig(configured(modbusTcp, entry));
    await until(() => rig.health.at(-1)?.healthy === true);
    await readAndSwitch(rig);
  });

  it.skipIf(!hasSocat)(`over a serial line${ifSocat}`, async () => {
    await using cable = new Cable();
    await cable.plug();
    const server = new ServerSerial(device(), {
      path: cable.far,
      baudRate: 9600,
      unitID: 255,
      debug: false,
    });
    await new Promise((resolve) => {
      server.once('initialized', resolve);
    });
    await using _closing = {
      [Symbol.asyncDispose]: () =>
        new Promise<void>((resolve) => {
          server.close(() => resolve());
        }),
    };
    const entry = { id: 'line-1', driver: 'modbus-rtu', port: cable.near, timeout: '1s', slaves };
    await using rig = new Rig(configured(modbusRtu, entry));
    await readAndSwitch(rig);
  });
});

const far = [...slaves, { id: 'meter-1', unit: 3, profile: 'sdm120', every: '1s' }];
const onTcp = { id: 'tcp-1', driver: 'modbus-tcp', host: '127.0.0.1', timeout: '20s', slaves: far };

/** Runs a foreign program to its end: what it printed on both channels, and how it ended. */
async function ran(command: string, args: readonly string[]): Promise<{ said: string; code: unknown }> {
  const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  let said = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (said += String(chunk)));
  const [code] = await once(child, 'close');
  return { said, code };
}

/** The values that mbpoll printed, by reference: `[1]: 65336 (-200)`. */
function polled(said: string): Record<string, string> {
  return Object.fromEntries([...said.matchAll(/^\[(\d+)\]:\s+(\S+)/gm)].map(([, at, v]) => [at, v]));
}

describe.skipIf(!hasMbpoll)(`mbpoll, a foreign master${ifMbpoll}`, () => {
  it('reads registers, bits and floating point of our slaves over TCP, and switches a relay', async () => {
    await using simulator = await simulateTcp(onTcp, shipped, { host: '127.0.0.1', port: 0 });
    simulator.set('probe-1', 'temperature', -200);
    simulator.set('probe-1', 'humidity', 600);
    simulator.set('siren-1', 'light', 1);
    simulator.set('meter-1', 'voltage', 2302);
    const mbpoll = (...args: string[]) =>
      ran('mbpoll', ['-m', 'tcp', '-p', `${simulator.port}`, '-0', '-1', '-o', '10', ...args]);
    const host = '127.0.0.1';
    const registers = await mbpoll('-a', '1', '-r', '1', '-c', '2', '-t', '3', host);
    expect(polled(registers.said)).toEqual({ 1: '65336', 2: '600' });
    const volts = await mbpoll('-a', '3', '-B', '-r', '0', '-t', '3:float', host);
    expect(polled(volts.said)).toEqual({ 0: '230.2' });
    expect(await mbpoll('-a', '2', '-r', '0', '-t', '0', host, '1')).toMatchObject({ code: 0 });
    const coils = await mbpoll('-a', '2', '-r', '0', '-c', '2', '-t', '0', host);
    expect(polled(coils.said)).toEqual({ 0: '1', 1: '1' });
    const contact = await mbpoll('-a', '2', '-r', '0', '-t', '1', host);
    expect(polled(contact.said)).toEqual({ 0: '1' });
    expect(await mbpoll('-a', '1', '-r', '77', '-t', '3', host)).toEqual({
      code: 1,
      said: expect.stringContaining('Illegal data address'),
    });
  });

  it.skipIf(!hasSocat)(`reads our slaves over a serial line${ifSocat}`, async () => {
    await using cable = new Cable();
    await cable.plug();
    const entry = { id: 'line-1', driver: 'modbus-rtu', port: cable.near, baud: 9600, slaves };
    await using simulator = simulateRtu(entry, shipped, cable.far);
    simulator.set('probe-1', 'temperature', 305);
    const args = ['-m', 'rtu', '-b', '9600', '-P', 'none', '-0', '-1', '-o', '2'];
    const ask = () => ran('mbpoll', [...args, '-a', '1', '-r', '1', '-c', '2', '-t', '3', cable.near]);
    // The simulator's own port opens on its own time.
    let answer = await ask();
    for (let i = 0; i < 4 && answer.code !== 0; i++) answer = await ask();
    expect(polled(answer.said)).toEqual({ 1: '305', 2: '0' });
  });
});

describe.skipIf(python === undefined)(`pymodbus${ifPymodbus}`, () => {
  it('as slaves: our driver reads them and switches a relay', async () => {
    const peer = spawn(python ?? '', [PEER, 'slave'], { stdio: ['ignore', 'pipe', 'ignore'] });
    await using _gone = {
      [Symbol.asyncDispose]: async () => {
        const closed = once(peer, 'close');
        peer.kill('SIGKILL');
        await closed;
      },
    };
    const [port] = await once(peer.stdout, 'data');
    await using rig = new Rig(configured(modbusTcp, { ...onTcp, port: Number(String(port)) }));
    await until(() => rig.health.at(-1)?.healthy === true, 20_000);
    await readAndSwitch(rig);
    expect((await rig.poll('meter-1')).readings).toEqual([
      'voltage: 2302',
      'current: 150',
      'power: 0',
      'frequency: 0',
      'energy: 0',
    ]);
  });

  it('as a master: it reads and writes our slaves', async () => {
    await using simulator = await simulateTcp(onTcp, shipped, { host: '127.0.0.1', port: 0 });
    simulator.set('probe-1', 'temperature', -200);
    simulator.set('probe-1', 'humidity-correction', -5);
    const { said, code } = await ran(python ?? '', [PEER, 'master', `${simulator.port}`]);
    expect([code, JSON.parse(said)]).toEqual([
      0,
      { input: [65_336, 0], holding: [0, 65_531], written: true, coils: [false, true], refused: 2 },
    ]);
  });
});

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address();
      probe.close(() => (typeof address === 'object' && address !== null ? resolve(address.port) : reject()));
    });
  });
}
