import { ServerSerial, ServerTCP } from 'modbus-serial';
import type { IServiceVector } from 'modbus-serial';
import { createServer } from 'node:net';
import { describe, expect, it } from 'vitest';
import { modbusRtu, modbusTcp } from './driver.ts';
import { Cable, Rig, configured, hasSocat, ifSocat, until } from './rig.fixture.ts';

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
