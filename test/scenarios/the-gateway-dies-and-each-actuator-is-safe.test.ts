import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { parse } from 'yaml';
import { Rig } from '../../src/devices/modbus/rig.fixture.ts';
import { modbusTcp } from '../../src/devices/modbus/driver.ts';
import { simulateTcp } from '../../src/devices/modbus/simulator.ts';
import type { ProfileSource } from '../../src/devices/port.ts';
import { Daemon, eventually } from '../daemon.ts';
import { writeSite } from '../gateway-site.ts';

const SHIPPED = join(import.meta.dirname, '../../config/profiles');
const BARRIER = readFileSync(join(SHIPPED, 'barrier.yaml'), 'utf8');
const SIREN = readFileSync(join(SHIPPED, 'relay-siren.yaml'), 'utf8');
/** Boards whose own watchdog is set: the way is open, and the siren calls people. */
const PROFILES: Readonly<Record<string, string>> = {
  'safe-barrier': `${BARRIER}watchdog: { after: 1s, do: barrier-open }\n`,
  'safe-siren': `${SIREN}watchdog: { after: 1s, do: siren-on }\n`,
};
const profiles: ProfileSource = (name) => parse(PROFILES[name] ?? '');
const entry = (port: number) => ({
  id: 'gate',
  driver: 'modbus-tcp',
  host: '127.0.0.1',
  port,
  timeout: '2s',
  slaves: [
    { id: 'barrier-1', unit: 1, profile: 'safe-barrier', every: '200ms' },
    { id: 'siren-1', unit: 2, profile: 'safe-siren', every: '200ms' },
  ],
});

it('kill -9: within two seconds the barrier is open and the siren sounds, and not before', async () => {
  await using simulator = await simulateTcp(entry(1), profiles, { host: '127.0.0.1', port: 0 });
  simulator.set('barrier-1', 'barrier', 0);
  const files = Object.fromEntries(
    Object.entries(PROFILES).map(([name, text]) => [`profiles/${name}.yaml`, text]),
  );
  using site = writeSite({ devices: `  - ${JSON.stringify(entry(simulator.port))}`, files });
  const daemon = await Daemon.start(site.file);
  const values = async (): Promise<unknown[]> => {
    const streams = await Promise.all(['barrier-1/barrier', 'siren-1/siren'].map((id) => daemon.stream(id)));
    return streams.map((s) => s.latest?.v ?? null);
  };
  await eventually('both are polled', values, (v) => !v.includes(null));
  // Longer than the watchdogs: while the gateway lives they are set back.
  await delay(1500);
  expect(await values()).toEqual([0, 0]);
  await daemon.cut();
  await delay(1900);
  const plan = modbusTcp.configure(entry(simulator.port), profiles);
  if (!plan.ok) throw new Error(JSON.stringify(plan.problems));
  await using rig = new Rig(plan.value);
  const barrier = await rig.poll('barrier-1');
  expect(barrier.readings).toContain('barrier: 1');
  expect((await rig.poll('siren-1')).readings).toContain('siren: 1');
});
