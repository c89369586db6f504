import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import type { Arrival } from '../../domain/device.ts';
import { Inbox } from './inbox.ts';
import { planMqtt } from './plan.ts';

export const PROFILES = join(import.meta.dirname, '../../../config/profiles');
export const NOW = Date.UTC(2026, 1, 3, 4, 5, 10);

/** A profile of config/profiles as the configuration hands it to the driver. */
export const profile = (name: string): unknown => {
  const path = join(PROFILES, `${name}.yaml`);
  return existsSync(path) ? parse(readFileSync(path, 'utf8')) : undefined;
};

export type Device = Record<string, unknown>;

/** An inbox with these devices, and the function that gives what a message brings. */
export function receive(devices: readonly Device[], now: () => number = () => NOW, maxBytes = 8192) {
  const checked = planMqtt(
    {
      id: 'mq',
      driver: 'mqtt',
      url: 'mqtt://127.0.0.1:1',
      devices: devices.map((d) => ({ every: '60s', 'max-gap': '200s', zone: 'cold', ...d })),
    },
    profile,
  );
  if (!checked.ok) throw new Error(JSON.stringify(checked.problems));
  const inbox = new Inbox('mq', checked.value.maps, maxBytes, now);
  const send = (topic: string, payload: unknown, retained = false): Arrival => {
    const got: Arrival[] = [];
    inbox.sink = (arrival) => got.push(arrival);
    const text = typeof payload === 'string' ? payload : JSON.stringify(payload);
    inbox.accept(topic, Buffer.from(text), retained);
    const [arrival] = got;
    if (arrival === undefined || got.length > 1) throw new Error(`${got.length} arrivals`);
    return arrival;
  };
  return { inbox, send };
}
