import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { parse } from 'yaml';
import { modbusTcp } from '../../devices/modbus/driver.ts';
import { simulateTcp } from '../../devices/modbus/simulator.ts';
import { DeviceRunner } from './device-runner.ts';

const profile = (name: string): unknown =>
  parse(readFileSync(join(import.meta.dirname, `../../../config/profiles/${name}.yaml`), 'utf8'));

it('a relay whose pulse was running is off after a stop, and no poll comes after it', async () => {
  const slaves = [{ id: 'siren-1', unit: 4, profile: 'relay-siren', every: '20ms' }];
  const entry = { id: 'tcp-1', driver: 'modbus-tcp', host: '127.0.0.1', timeout: '300ms', slaves };
  await using simulator = await simulateTcp(entry, profile, { host: '127.0.0.1', port: 0 });
  const checked = modbusTcp.configure({ ...entry, port: simulator.port }, profile);
  if (!checked.ok) throw new Error(JSON.stringify(checked.problems));
  const started = () => {
    const seen: string[] = [];
    const logged: string[] = [];
    const errors: unknown[] = [];
    const runner = new DeviceRunner([checked.value], {
      now: () => Date.now(),
      log: (level, message) => logged.push(`${level} ${message}`),
      secret: (reference) => Promise.reject(new Error(`no secret ${reference}`)),
    });
    runner.start(
      ({ readings, health }) => {
        seen.push(...readings.map((r) => `${r.stream} ${r.v}`), ...(health ?? []).map((h) => h.reason));
      },
      (error) => errors.push(error),
    );
    return { runner, seen, logged, errors };
  };

  const first = started();
  const giver = new AbortController();
  const flash = { id: 'c-1', verb: 'light-flash', arg: null, expiresAt: Infinity };
  const done = first.runner.command('siren-1', flash, giver.signal);
  await delay(200);
  expect(first.seen).toContain('siren-1/light 1');
  giver.abort();
  const stopped = first.runner[Symbol.asyncDispose]();
  const seenAtStop = first.seen.length;
  await stopped;
  await done;
  expect(first.seen.slice(seenAtStop)).toEqual([]);
  expect(first.logged).toEqual(['info tcp-1: line ok']);
  expect(first.errors).toEqual([]);

  const second = started();
  await delay(100);
  await second.runner[Symbol.asyncDispose]();
  expect(second.seen).toContain('siren-1/light 0');
});
