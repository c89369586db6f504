import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

export const DEVICES = 200;

export function deviceName(i: number): string {
  return `probe-${i}`;
}

export function topicOf(i: number): string {
  return `zigbee2mqtt/cold-1/${deviceName(i)}`;
}

/** Channels of the shipped profile zigbee2mqtt-climate: readings that each message brings. */
export const CHANNELS = ['temperature', 'humidity', 'battery'] as const;

export const RULE = 'out-of-range';
export const CHANNEL = 'sink';

const RULES = `
- id: ${RULE}
  title: { en: Cold room outside 2 to 8 °C, zh: 冷库温度超限 }
  basis: bench
  kind: limit
  on: { quantity: temperature, zone: cold-* }
  outside: [2 °C, 8 °C]
  deadband: 0.5 °C
  raise-after: 1 sample
  clear-after: 1 sample
  priority: high
  do:
    - notify: ${CHANNEL}

- id: humidity
  title: { en: Cold room humidity outside 35 to 75 %, zh: 冷库湿度超限 }
  basis: bench
  kind: limit
  on: { quantity: humidity, zone: cold-* }
  outside: [35 %, 75 %]
  deadband: 3 %
  raise-after: 10m
  clear-after: 10m
  priority: medium
  do:
    - notify: ${CHANNEL}

- id: sensor-silent
  title: { en: Sensor silent, zh: 传感器无数据 }
  basis: bench
  kind: silent
  on: { stream: '*' }
  for: 3 cadences
  clear-after: 3 samples
  priority: high
  do:
    - notify: ${CHANNEL}
`;

/**
 * Writes the configuration of a cold store with 200 climate sensors behind somebody's broker, the
 * shipped payload map and three rules. The silence rule waits longer than a run takes.
 */
export function writeSite(folder: string, ports: { readonly broker: number; readonly sink: number }): string {
  mkdirSync(join(folder, 'rules'), { recursive: true });
  writeFileSync(join(folder, 'rules', 'bench.yaml'), RULES);
  writeFileSync(join(folder, 'hook.secret'), 'a secret of the bench alone\n', { mode: 0o600 });
  const devices = Array.from({ length: DEVICES }, (_, i) => {
    const what = 'profile: zigbee2mqtt-climate, every: 10m, max-gap: 30m, zone: cold-1';
    return `      - { id: ${deviceName(i)}, topic: ${topicOf(i)}, ${what} }`;
  });
  const file = join(folder, 'gateway.yaml');
  writeFileSync(
    file,
    `gateway: { id: 'b0b1b2b3b4b5b6b7', domain: bench.example }
data: data
listen: { host: 127.0.0.1, port: 0 }
evidence: { clock: { source: ntp, error: 500ms } }
zones:
  - { id: cold-1, title: { en: Cold room 1, zh: 一号库房 } }
devices:
  - id: mq
    driver: mqtt
    url: mqtt://127.0.0.1:${ports.broker}
    devices:
${devices.join('\n')}
rules: [rules/bench.yaml]
notify:
  channels:
    - { id: ${CHANNEL}, kind: webhook, url: 'http://127.0.0.1:${ports.sink}/', secret: file:hook.secret, lan: true }
`,
  );
  return file;
}
