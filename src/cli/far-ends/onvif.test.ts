import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { bailee, Bailee, eventually } from '../bailee.fixture.ts';

let root: string;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'bailee-cameras-'));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

function write(name: string, url: string): string {
  const file = join(root, name);
  writeFileSync(join(root, 'cam.password'), 'correct horse', { mode: 0o600 });
  writeFileSync(
    file,
    `gateway: { id: b0b1b2b3b4b5b6b7, domain: consortium.example }
data: data
zones: [{ id: dock }]
devices:
  - id: cam-dock
    driver: onvif
    url: ${url}
    user: bailee
    password: file:cam.password
    zone: dock
    every: 1s
    inputs: [{ id: motion, is: motion }]
`,
  );
  return file;
}

it('simulate is a camera that is found, tested and told what it sees', async () => {
  const file = write('gateway.yaml', 'http://127.0.0.1/onvif/device_service');
  using camera = new Bailee(['simulate', 'onvif', file, '--at', 'cam-dock=127.0.0.1:0']);
  const port = await eventually(
    () => `${camera.stdout}${camera.stderr}`,
    () => /cam-dock 127\.0\.0\.1:(\d+)/.exec(camera.stdout)?.[1],
  );
  const url = `http://127.0.0.1:${port}/onvif/device_service`;
  const found = await bailee('devices', '--discover', '127.0.0.1', '--for', '1s');
  expect(found).toMatchObject({ code: 0, stdout: expect.stringContaining(url) });
  expect(found.stdout).toMatch(/ {2}cam-dock {2}bailee simulator {2}urn:uuid:/);
  camera.type('set cam-dock/motion=1');
  const reached = write('reached.yaml', url);
  const tested = await bailee('devices', reached, '--test', 'cam-dock', '--for', '10s');
  expect(tested).toMatchObject({ code: 0, stdout: expect.stringContaining('cam-dock works') });
  expect(tested.stdout).toContain('cam-dock/motion: 1');
  camera.type('fault cam-dock=wrong-password');
  const refused = await bailee('devices', reached, '--test', 'cam-dock', '--for', '2s');
  expect(refused).toMatchObject({ code: 1, stdout: expect.stringContaining('check user and password') });
  expect((await camera.stop()).code).toBe(0);
});

it('says what cannot be asked for', async () => {
  const nowhere = await bailee('devices', '--discover', 'not a host');
  expect(nowhere).toMatchObject({ code: 64, stderr: 'bailee: "not a host" is not HOST or HOST:PORT\n' });
  const file = write('gateway.yaml', 'https://127.0.0.1/onvif/device_service');
  const tls = await bailee('simulate', 'onvif', file);
  expect(tls).toMatchObject({ code: 64, stderr: 'bailee: the simulated camera speaks http only\n' });
});
