import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Cable, hasSocat, ifSocat, shipped } from '../devices/modbus/rig.fixture.ts';
import { simulateTcp } from '../devices/modbus/simulator.ts';
import { openSerialLine } from '../devices/serial-line.ts';
import { bailee, Bailee, eventually } from './bailee.fixture.ts';
import { adviceOf } from './device-words.ts';
import { serialPorts, stableNameOf } from './serial-ports.ts';

let root: string;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'bailee-devices-'));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

function write(devices: string): string {
  const file = join(root, 'gateway.yaml');
  writeFileSync(
    file,
    `gateway: { id: b0b1b2b3b4b5b6b7, domain: consortium.example }
data: data
listen: { port: 0 }
zones: [{ id: cold-1 }]
devices:
${devices}`,
  );
  return file;
}

const bus = (port: number) => ({
  id: 'bus-1',
  driver: 'modbus-tcp',
  host: '127.0.0.1',
  port,
  timeout: '200ms',
  slaves: [
    { id: 'probe-1', unit: 1, profile: 'xy-md02', every: '200ms', zone: 'cold-1' },
    { id: 'siren-1', unit: 20, profile: 'relay-siren', every: '5s', zone: 'cold-1' },
  ],
});

const withBus = (port: number): string => write(`  - ${JSON.stringify(bus(port))}\n`);

function simulated() {
  return simulateTcp(bus(502), shipped, { host: '127.0.0.1', port: 0 });
}

describe('devices', () => {
  it('lists what is configured with driver, streams and place, in two languages', async () => {
    const file = withBus(502);
    const { code, stdout } = await bailee('devices', file);
    expect(code).toBe(0);
    expect(stdout).toContain('bus-1  (modbus-tcp)\n  probe-1\n');
    expect(stdout).toContain('    probe-1/temperature  temperature [°C]  cold-1  every 200ms\n');
    expect(stdout).toContain('  siren-1  [siren-on, siren-off, light-on, light-off, light-flash]\n');
    expect((await bailee('devices', file, '--lang', 'zh')).stdout).toContain('每 200ms');
    expect(JSON.parse((await bailee('devices', file, '--json')).stdout)).toMatchObject([
      {
        id: 'bus-1',
        driver: 'modbus-tcp',
        devices: [{ id: 'probe-1', streams: { length: 4 } }, { id: 'siren-1' }],
      },
    ]);
  });

  it('tests one device: it works, or what does not is told in plain words', async () => {
    await using slaves = await simulated();
    slaves.set('probe-1', 'temperature', 45);
    const file = withBus(slaves.port);
    const works = await bailee('devices', file, '--test', 'probe-1');
    expect(works).toMatchObject({ code: 0, stderr: '' });
    expect(works.stdout).toContain('probe-1 works\n  probe-1/temperature: 4.5 °C\n');
    slaves.fault('probe-1', 'silent');
    const silent = await bailee('devices', file, '--test', 'probe-1');
    expect(silent.code).toBe(1);
    expect(silent.stdout).toContain('probe-1 does not work\n');
    expect(silent.stdout).toContain('probe-1/temperature: read, and no usable value came');
    expect(silent.stdout).toContain('Advice: the line is open and the device says nothing');
    // The others on its line are not asked.
    slaves.fault('probe-1', null);
    slaves.fault('siren-1', 'silent');
    const json = await bailee('devices', file, '--test', 'probe-1', '--json');
    expect(JSON.parse(json.stdout)).toMatchObject({
      works: true,
      streams: expect.arrayContaining([expect.objectContaining({ state: 'works', v: 45 })]),
      remarks: [],
    });
    expect(await bailee('devices', file, '--test', 'probe-2')).toMatchObject({
      code: 64,
      stderr: expect.stringContaining('has no device probe-2; there are probe-1, siren-1'),
    });
  });

  it('a wire that leads nowhere is told as that', async () => {
    const { code, stdout } = await bailee('devices', withBus(1), '--test', 'probe-1', '--for', '2s');
    expect([code, stdout]).toEqual([1, expect.stringContaining('Advice: nothing answers there')]);
  });

  it('watches readings and the bytes of the line, until it is stopped', async () => {
    await using slaves = await simulated();
    slaves.set('probe-1', 'temperature', -182);
    using watch = new Bailee(['devices', withBus(slaves.port), '--watch', 'probe-1']);
    await eventually(
      () => watch.stdout,
      () => watch.stdout.includes('probe-1/temperature -18.2 °C'),
    );
    // Function 4, registers 1 and 2 of unit 1, and the answer with -182 in it.
    expect(watch.stdout).toMatch(/bus-1 > .. .. 00 00 00 06 01 04 00 01 00 02\n/);
    expect(watch.stdout).toMatch(/bus-1 < .. .. 00 00 00 07 01 04 04 ff 4a .. ..\n/);
    expect((await watch.stop()).code).toBe(0);
    const lines = (await bailee('devices', withBus(slaves.port), '--watch', '--json', '--for', '1s')).stdout;
    const kinds = lines
      .trim()
      .split('\n')
      .map((line): unknown => JSON.parse(line));
    expect(kinds).toContainEqual(
      expect.objectContaining({ kind: 'reading', stream: 'probe-1/temperature', v: -182 }),
    );
    expect(kinds).toContainEqual(expect.objectContaining({ kind: 'bytes', way: 'in' }));
  });

  it('opens nothing that a running gateway holds', async () => {
    await using slaves = await simulated();
    const file = withBus(slaves.port);
    using gateway = new Bailee(['run', file]);
    await eventually(
      () => gateway.stderr,
      () => gateway.stderr.includes('http://'),
    );
    for (const verb of ['--test', '--watch']) {
      expect(await bailee('devices', file, verb, 'probe-1')).toMatchObject({
        code: 64,
        stdout: '',
        stderr: expect.stringContaining('a running gateway holds the devices of'),
      });
    }
    expect((await gateway.stop()).code).toBe(0);
  });

  it('a port that another program holds is told as that', async () => {
    const other = createServer();
    const port = await new Promise<number>((resolve, reject) => {
      other.listen(0, '127.0.0.1', () => {
        const address: AddressInfo | string | null = other.address();
        if (address === null || typeof address === 'string') reject(new Error('no address'));
        else resolve(address.port);
      });
    });
    try {
      const file = write(`  - id: alarms
    driver: sia-dc09
    listen: 127.0.0.1:${port}
    panels: [{ id: panel-1, account: '1234', every: 10s }]
`);
      const { code, stdout } = await bailee('devices', file, '--test', 'panel-1', '--for', '1s');
      expect(code).toBe(1);
      expect(stdout).toContain('panel-1/link: nothing was heard');
      expect(stdout).toContain('Advice: another program holds the port');
    } finally {
      other.close();
    }
  });

  it.skipIf(!hasSocat)(`a serial port that another program holds is told as that${ifSocat}`, async () => {
    await using cable = new Cable();
    await cable.plug();
    const other = openSerialLine({ path: cable.near, baud: 9600, dataBits: 8, parity: 'none', stopBits: 1 });
    try {
      await eventually(
        () => other.state.detail,
        () => other.state.up,
      );
      const { port: _tcp, host: _host, ...entry } = bus(502);
      const file = write(`  - ${JSON.stringify({ ...entry, driver: 'modbus-rtu', port: cable.near })}\n`);
      const { code, stdout } = await bailee('devices', file, '--test', 'probe-1', '--for', '2s');
      expect(code).toBe(1);
      expect(stdout).toContain('Advice: another program holds the port');
    } finally {
      await other[Symbol.asyncDispose]();
    }
  });

  it('wants one thing at a time', async () => {
    expect((await bailee('devices')).code).toBe(64);
    expect((await bailee('devices', '--ports', '--watch')).code).toBe(64);
    expect((await bailee('devices', '--ports', '--json')).stdout.trimStart().startsWith('[')).toBe(true);
  });
});

describe('serial ports', () => {
  it('are named by what stays; a link that leads nowhere is no port', () => {
    const folder = join(root, 'serial');
    for (const name of ['by-id', 'by-path']) mkdirSync(join(folder, name), { recursive: true });
    const tty = join(root, 'ttyUSB0');
    writeFileSync(tty, '');
    symlinkSync(tty, join(folder, 'by-id/usb-FTDI_A50285BI'));
    symlinkSync(tty, join(folder, 'by-path/pci-0000:00:14.0-usb-0:2'));
    symlinkSync(join(root, 'ttyUSB9'), join(folder, 'by-id/usb-gone'));
    expect(serialPorts(folder)).toEqual([
      {
        device: tty,
        byId: join(folder, 'by-id/usb-FTDI_A50285BI'),
        byPath: join(folder, 'by-path/pci-0000:00:14.0-usb-0:2'),
      },
    ]);
    expect(serialPorts(join(root, 'nothing'))).toEqual([]);
    const ports = serialPorts(folder);
    expect(stableNameOf(tty, ports)).toBe(join(folder, 'by-id/usb-FTDI_A50285BI'));
    expect(stableNameOf(join(folder, 'by-id/usb-FTDI_A50285BI'), ports)).toBeNull();
    expect(stableNameOf(null, ports)).toBeNull();
  });

  it.each([
    ['line-1: line port-lost: Error Resource temporarily unavailable Cannot lock port', 'another program'],
    ['line-1: line port-lost: Error: No such file or directory, cannot open /dev/x', 'no such port'],
    ['port-denied', 'may not open'],
    ['CHECKSUM: crc 1', 'damaged'],
    ['exception 2', 'refuses the registers'],
    ['REFUSED: the camera refuses user u: check user and password', 'make a user for ONVIF'],
    ['EXCEPTION_REPLY: PullMessages: NoSuch thing', 'ONVIF is switched on'],
  ])('%s', (said, words) => expect(adviceOf(said)?.en).toContain(words));
});
