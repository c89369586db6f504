import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { DRIVER_NAMES } from '../devices/registry.ts';
import { loadSite } from '../gateway/site/site.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'bailee-faults-'));
  for (const name of ['rules', 'profiles']) mkdirSync(join(folder, name));
});
afterEach(() => rmSync(folder, { recursive: true }));

const MAIN = `gateway: { id: XYZ, domain: Consortium.example, name: { en: Cold store } }
data: 7
temperatures: {}
listen:
  host: 0.0.0.0
  port: 99999
evidence: { block: 2h, max-leaves: 5, commit: fast, clock: { source: npt, error: 0s } }
zones:
  - { id: cold-1, labels: { Mode: chill, mode: chill } }
  - { id: Cold-2 }
devices:
  - id: line-1
    driver: modbus-rtu
    port: /dev/ttyS0
    baud: fast
    slaves:
      - { id: probe-1, unit: 300, profile: xy-md02, every: 10s, zone: cold-9 }
      - { id: probe-2, unit: 2, profile: faulty, every: 10, zone: cold-8 }
  - id: line-2
    driver: modbus-tcp
    host: 192.0.2.7
    slaves:
      - { id: probe-3, unit: 1, profile: xy-md02, every: 10s, zone: cold-7 }
  - id: mq
    driver: mqtt
    url: ftp://broker.example
    user: gateway
    password: hunter2
    devices:
      - { id: probe-2, topic: a/#, profile: no-such, every: 60s, zone: cold-6 }
  - { id: can-1, driver: canbus, zone: cold-5 }
rules: [rules/site.yaml, rules/none.yaml]
notify:
  channels:
    - { id: horn, kind: device, device: no-such-horn, on: 7 }
    - { id: lamp, kind: device, device: probe-1, on: on }
    - { id: mail, kind: smtp, server: ftp://mail.example, user: gw, from: nobody, to: [a] }
    - { id: hook, kind: webbhook, url: ftp://duty.example, secret: s3cret }
    - { id: hook, kind: webhook, url: http://duty.example, secret: s3cret, lan: maybe }
  routes:
    - { id: duty, role: Duty!, channels: [hoook, mail] }
ledger: { kind: evm, url: ws://node.example, chain-id: 0, contract: 0x12, finality: soon, account-key: abc, ledger-key: file:none }
profile: gsp
`;

const RULES = `- id: Warm!
  title: { en: Warm }
  basis: test
  kind: limit
  on: { device: probe-1 }
  when: zone.mood == 'chill'
  above: x
  deadband: -1
  priority: hi
  raise-after: 5
  clear-after: soon
  escalate: { after: x, to: y }
  do: [ { siren: { device: nowhere, until: noon } }, { notify: nobody }, { notify: duty } ]
`;

const FAULTY = `title: { en: Probe, zh: 探头 }
read: { r: { function: 4, address: 0, count: 2 } }
channels: { t: { from: r, address: 0, type: s17, quantity: temperature, unit: furlong } }
`;

/** File, line, path, value (none where it is missing or may be a secret) and sentence of every fault. */
const EXPECTED = [
  'gateway:1 gateway.domain Consortium.example | must be a domain name of small letters, digits, dashes and dots, at most 70 signs, e.g. consortium.example',
  'gateway:1 gateway.id XYZ | must be 16 small hexadecimal digits, in quotes when all are decimal; make one with: openssl rand -hex 8',
  'gateway:1 gateway.name.zh - | is missing; it must be 1 to 80 signs of plain text, with no line break',
  'gateway:2 data 7 | must be the path of a file or folder',
  'gateway:3 temperatures a map | is not a key here; there are gateway, data, listen, evidence, zones, devices, rules, rule-changes, goods, notify, ledger, keys, witnesses, quorum, profile, interlocks, users and epcis',
  'gateway:4 listen.names - | is missing; with host 0.0.0.0 it must list the names and addresses the gateway is asked for by, such as [gateway.local, 192.0.2.2]',
  'gateway:5 listen.host 0.0.0.0 | is reached from other machines and needs listen.tls with certificate and key; or use 127.0.0.1',
  'gateway:6 listen.port 99999 | must be a whole number from 0 to 65535',
  'gateway:7 evidence.block 2h | must be a time with its unit from 1s to 1h, e.g. 100ms, 10s or 5m',
  'gateway:7 evidence.clock.error 0s | must be a time with its unit from 1ms to 1d, e.g. 100ms, 10s or 5m',
  'gateway:7 evidence.clock.source npt | must be none or rtc or ntp or nts or gnss; did you mean "ntp"?',
  'gateway:7 evidence.commit fast | must be a time with its unit from 10ms to 250ms, e.g. 100ms, 10s or 5m',
  'gateway:7 evidence.max-leaves 5 | must be a whole number from 100 to 60000',
  'gateway:9 zones.0.labels.Mode Mode | is not a name for a label: it must be at most 32 small letters, digits and underscores, a letter first',
  'gateway:10 zones.1.id Cold-2 | must be an id of at most 32 small letters, digits and dashes',
  'gateway:15 devices.0.baud fast | is not a baud rate; write it like 9600 baud',
  'gateway:17 devices.0.slaves.0.unit 300 | must be at most 247',
  'gateway:17 devices.0.slaves.0.zone cold-9 | is not a zone of this configuration; did you mean "cold-1"?',
  'gateway:18 devices.0.slaves.1.every 10 | must be a time with its unit from 20ms to 1d, e.g. 100ms, 10s or 5m',
  'gateway:18 devices.0.slaves.1.zone cold-8 | is not a zone of this configuration; did you mean "cold-1"?',
  'gateway:23 devices.1.slaves.0.zone cold-7 | is not a zone of this configuration; did you mean "cold-1"?',
  'gateway:26 devices.2.url ftp://broker.example | must be like mqtt://broker.local:1883 or mqtts://…',
  'gateway:28 devices.2.password - | must be a reference, "file:/path" or "credential:NAME"; a secret never stands in configuration',
  'gateway:30 devices.2.devices.0.id probe-2 | is a second device probe-2; the first stands in the entry of line 12',
  'gateway:30 devices.2.devices.0.profile no-such | is not a profile that exists; known: …',
  'gateway:30 devices.2.devices.0.topic a/# | must name one device; # cannot stand in it',
  'gateway:30 devices.2.devices.0.zone cold-6 | is not a zone of this configuration; did you mean "cold-1"?',
  `gateway:31 devices.3.driver canbus | is not a driver; known: ${DRIVER_NAMES.slice(0, 12).join(', ')}, …`,
  'gateway:31 devices.3.zone cold-5 | is not a zone of this configuration; did you mean "cold-1"?',
  'gateway:32 rules.1 rules/none.yaml | names a file that does not exist',
  'gateway:35 notify.channels.0.device no-such-horn | is not a device that takes commands of this configuration; there are none',
  'gateway:35 notify.channels.0.on 7 | must be a command of that device, given when the alarm rises',
  'gateway:37 notify.channels.2 a map | has a user or a password alone; give both or neither',
  'gateway:37 notify.channels.2.from nobody | must be an e-mail address',
  'gateway:37 notify.channels.2.server ftp://mail.example | must be a URL that starts with smtps:// or smtp://',
  'gateway:37 notify.channels.2.to.0 a | must be an e-mail address',
  'gateway:38 notify.channels.3.kind webbhook | must be device or smtp or webhook or sms-http or sms-modem or wecom or dingtalk or feishu or ntfy or mqtt or web-push; did you mean "webhook"?',
  'gateway:38 notify.channels.3.secret - | must be a reference, "file:/path" or "credential:NAME"; a secret never stands in configuration',
  'gateway:38 notify.channels.3.url ftp://duty.example | must be a URL that starts with https:// or http://',
  'gateway:39 notify.channels.4.id hook | is a second channel of this id; the first stands on line 38',
  'gateway:39 notify.channels.4.lan maybe | must be true or false',
  'gateway:39 notify.channels.4.secret - | must be a reference, "file:/path" or "credential:NAME"; a secret never stands in configuration',
  'gateway:39 notify.channels.4.url http://duty.example | must be https or mqtts; plain http or mqtt is for a local network, with lan: true',
  'gateway:41 notify.routes.0.channels.0 hoook | is not a channel of this configuration; did you mean "hook"?',
  'gateway:41 notify.routes.0.role Duty! | must be an id of at most 32 small letters, digits and dashes',
  'gateway:42 ledger.account-key - | must be a reference, "file:/path" or "credential:NAME"; a secret never stands in configuration',
  'gateway:42 ledger.chain-id 0 | must be a whole number from 1 to 9007199254740991',
  'gateway:42 ledger.contract 0x12 | must be a contract address, 0x and 40 hexadecimal digits',
  'gateway:42 ledger.finality soon | must be instant, tag or { depth: 1 to 1000 }',
  'gateway:42 ledger.ledger-key - | the secret file FOLDER/none cannot be opened: ENOENT',
  'gateway:42 ledger.url ws://node.example | must be a URL that starts with http:// or https://',
  'gateway:43 profile gsp | is gsp, which asks that at least 3 people are told by SMS at once; the best route here reaches 0: give a role 3 people at every hour, and a route whose first step has "after: 0s" and an SMS channel',
  'profiles/faulty:3 channels.t.type s17 | must be one of bit, s16, u16, s32, u32, f32',
  'profiles/faulty:3 channels.t.unit furlong | is not a known unit',
  'rules/site:1 0.id Warm! | must be small letters, digits and "-", at most 48, a letter first',
  'rules/site:2 0.title.zh - | is missing; expected the Chinese title',
  "rules/site:6 0.when zone.mood == 'chill' | No such key: mood (at line 1, column 6 of the expression)",
  'rules/site:7 0.above x | must be a number with or without a unit, such as 8 or 8 °C',
  'rules/site:8 0.deadband -1 | must not be negative',
  'rules/site:9 0.priority hi | must be a priority; known: urgent, high, medium, low',
  'rules/site:10 0.raise-after 5 | must be a time such as 30s, 5m or 1h',
  'rules/site:11 0.clear-after soon | must be a time such as 30s, 5m or 1h',
  'rules/site:12 0.escalate.after x | must be a time such as 30s, 5m or 1h',
  'rules/site:12 0.escalate.to y | must be a priority; known: urgent, high, medium, low',
  'rules/site:13 0.do.0.siren.device nowhere | "nowhere" is not an actuator; there are none',
  'rules/site:13 0.do.0.siren.until noon | must be one of acknowledged, cleared, either; known: acknowledged, cleared, either',
  'rules/site:13 0.do.1.notify.route nobody | "nobody" is not a route or notification channel; known: lamp, horn, mail, hook, duty',
];

describe('a configuration with a fault in every corner', () => {
  it('is told all of it in one answer, with place, path, value and what would be right', async () => {
    writeFileSync(join(folder, 'gateway.yaml'), MAIN);
    writeFileSync(join(folder, 'rules/site.yaml'), RULES);
    writeFileSync(join(folder, 'profiles/faulty.yaml'), FAULTY);
    const loaded = await loadSite(join(folder, 'gateway.yaml'), { checked: true, directory: null });
    const problems = loaded.ok ? [] : loaded.problems;
    const told = problems.map(({ file, line, path, message, found }) => {
      const name = file?.slice(folder.length + 1).replace(/\.yaml$/, '');
      const right = message.replace(folder, 'FOLDER').replace(/known: barrier, .*/, 'known: …');
      return `${name}:${line} ${path.join('.')} ${found ?? '-'} | ${right}`;
    });
    expect(told.sort()).toEqual([...EXPECTED].sort());
  });
});
