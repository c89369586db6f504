import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { bailee, Bailee, eventually } from './bailee.fixture.ts';

const hasSocat = spawnSync('socat', ['-V']).error === undefined;
const ifSocat = hasSocat ? '' : ' (skipped: socat is not installed)';

let root: string;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'bailee-simulate-'));
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

type Stream = { readonly id: string; readonly latest: { readonly text: string | null } | null };

/** What the gateway sees of a stream, as soon as it is this. */
async function sees(file: string, url: string, id: string, text: string): Promise<boolean> {
  for (let i = 0; i < 20; i += 1) {
    const { stdout } = await bailee('status', '--config', file, '--url', url, '--json');
    const { streams }: { streams: readonly Stream[] } = JSON.parse(stdout);
    if (streams.find((s) => s.id === id)?.latest?.text === text) return true;
  }
  return false;
}

describe('simulate', () => {
  it('is the sensors of an embedded broker, and what a profile cannot say is told', async () => {
    const file = write(`  - id: mq
    driver: mqtt
    broker: embedded
    listen: 127.0.0.1:0
    devices:
      - { id: climate-1, topic: zigbee2mqtt/cold, profile: zigbee2mqtt-climate, every: 200ms, zone: cold-1 }
      - { id: probe-9, topic: zigbee2mqtt/gate, profile: zigbee2mqtt-siren, every: 200ms, zone: cold-1 }
`);
    using gateway = new Bailee(['run', file]);
    const url = await eventually(
      () => gateway.stderr,
      () => /http:\/\/\S+/.exec(gateway.stderr)?.[0],
    );
    const port = await eventually(
      () => gateway.stdout,
      () => /"port":(\d+)/.exec(gateway.stdout)?.[1],
    );
    expect(await bailee('simulate', 'mqtt', file)).toMatchObject({
      code: 64,
      stderr: expect.stringContaining('--at ENTRY=HOST:PORT'),
    });
    const at = `mq=127.0.0.1:${port}`;
    using devices = new Bailee([
      'simulate',
      'mqtt',
      file,
      '--at',
      at,
      '--set',
      'climate-1/temperature=-18.4',
    ]);
    expect(await sees(file, url, 'climate-1/temperature', '-18.40')).toBe(true);
    expect(devices.stderr).toContain('probe-9 (zigbee2mqtt-siren)');
    devices.type('ramp climate-1/temperature=2:4/1s');
    expect(await sees(file, url, 'climate-1/temperature', '4.00')).toBe(true);
    expect((await devices.stop()).code).toBe(0);
    expect((await gateway.stop()).code).toBe(0);
  });

  it.skipIf(!hasSocat)(`is the slaves at the far end of a serial line${ifSocat}`, async () => {
    const [near, far] = [join(root, 'near'), join(root, 'far')];
    const cable = spawn('socat', [`pty,raw,echo=0,link=${near}`, `pty,raw,echo=0,link=${far}`]);
    try {
      await eventually(
        () => 'the line',
        () => existsSync(near) && existsSync(far),
      );
      const file = write(`  - id: line-1
    driver: modbus-rtu
    port: ${near}
    slaves:
      - { id: probe-1, unit: 1, profile: xy-md02, every: 500ms, zone: cold-1 }
`);
      expect(await bailee('simulate', 'modbus-rtu', file)).toMatchObject({
        code: 64,
        stderr: expect.stringContaining('--at line-1='),
      });
      using gateway = new Bailee(['run', file]);
      const url = await eventually(
        () => gateway.stderr,
        () => /http:\/\/\S+/.exec(gateway.stderr)?.[0],
      );
      using probe = new Bailee(['simulate', 'modbus-rtu', file, '--at', `line-1=${far}`]);
      expect(await sees(file, url, 'probe-1/temperature', '5.0')).toBe(true);
      probe.type('set probe-1/temperature=7.7');
      expect(await sees(file, url, 'probe-1/temperature', '7.7')).toBe(true);
      probe.type('quit');
      expect((await probe.ended).code).toBe(0);
      expect((await gateway.stop()).code).toBe(0);
    } finally {
      cable.kill('SIGKILL');
    }
  });
});
