import { existsSync, readdirSync } from 'node:fs';
import { createServer } from 'node:net';
import { once } from 'node:events';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { bailee, Daemon, eventually } from '../daemon.ts';
import { writeSite, type Site } from '../gateway-site.ts';

const PROBE = '{ id: probe-1, topic: a/b, profile: json-generic, every: 10s, zone: cold-1 }';

let site: Site;
/** Would hear of a daemon that calls its broker before it knows what it is told. */
let called = 0;
const broker = createServer((socket) => {
  called++;
  socket.destroy();
});
let url: string;

beforeEach(async () => {
  called = 0;
  await once(broker.listen(0, '127.0.0.1'), 'listening');
  const address = broker.address();
  url = `mqtt://127.0.0.1:${address !== null && typeof address === 'object' ? address.port : 0}`;
});
afterEach(async () => {
  site[Symbol.dispose]();
  broker.close();
  await once(broker, 'close');
});

const devices = (entry: string): string => `  - { id: mq, driver: mqtt, url: '${url}', devices: [${entry}] }`;

const WRONG: Readonly<Record<string, () => { site: Site; says: RegExp[] }>> = {
  'a misspelt key': () => ({
    site: writeSite({ devices: devices(PROBE.replace('every', 'evry')) }),
    says: [/gateway\.yaml:\d+/, /evry/, /every/],
  }),
  'a unit that is none, a profile and a zone that are not there, all at once': () => ({
    site: writeSite({
      devices: `${devices(`${PROBE.replace('10s', '10 parsecs')}, { id: p-2, topic: c, profile: json-generik, every: 1s }`)}
  - { id: mq-2, driver: mqtt, url: '${url}', devices: [{ id: p-3, topic: d, profile: json-generic, every: 1s, zone: cold-9 }] }`,
    }),
    says: [/10 parsecs/, /json-generik/, /cold-9/],
  }),
  'a rule that could never clear': () => ({
    site: writeSite({
      devices: devices(PROBE),
      rules: `
- id: narrow
  title: { en: Narrow, zh: 窄 }
  basis: this story
  kind: limit
  on: { quantity: temperature }
  outside: [2 °C, 3 °C]
  deadband: 5 °C
  clear-after: 1 sample
  raise-after: 1 sample
  priority: high
`,
    }),
    says: [/site\.yaml:\d+/, /deadband/, /could never clear/],
  }),
  'a secret in the open': () => ({
    site: writeSite({
      devices: devices(PROBE),
      more: `notify: { channels: [{ id: hook, kind: webhook, url: 'https://duty.example/', secret: hunter2-in-the-open }] }\n`,
    }),
    says: [/notify/, /secret/],
  }),
  'a claim that this version cannot keep': () => ({
    site: writeSite({ devices: devices(PROBE), more: 'profile: gsp\n' }),
    says: [/gsp/, /SMS/],
  }),
  'no YAML': () => ({ site: writeSite({ devices: '  - [' }), says: [/gateway\.yaml:\d+/] }),
};

it.for(Object.keys(WRONG))('%s: exit 78, every problem named, nothing opened or made', async (name) => {
  const wrong = WRONG[name]?.();
  if (wrong === undefined) throw new Error(name);
  site = wrong.site;
  const before = readdirSync(site.folder).sort();
  for (const verb of ['run', 'check']) {
    const ended = await bailee(verb, site.file);
    expect(ended.code, `${verb}: ${ended.err}`).toBe(78);
    for (const words of wrong.says) expect(ended.err + ended.out, verb).toMatch(words);
    expect(ended.err + ended.out, verb).not.toContain('hunter2');
  }
  expect(existsSync(site.data)).toBe(false);
  expect(readdirSync(site.folder).sort()).toEqual(before);
  expect(called).toBe(0);
});

it('the same site with nothing wrong opens, and calls its broker', async () => {
  site = writeSite({ devices: devices(PROBE) });
  expect(await bailee('check', site.file)).toMatchObject({ code: 0 });
  expect(existsSync(site.data)).toBe(false);
  await using daemon = await Daemon.start(site.file);
  expect(existsSync(site.data)).toBe(true);
  await eventually(
    'a call',
    () => called,
    (n) => n > 0,
  );
  await daemon.cut();
});
