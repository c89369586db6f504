import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Problem } from '../domain/errors.ts';
import { describeProblems } from './describe.ts';
import { loadConfiguration } from './load.ts';
import { checkers } from './site.fixture.ts';

const NONE = { checked: true, directory: null } as const;

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'bailee-config-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function put(name: string, content: string, mode = 0o640): string {
  const path = join(folder, name);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, content);
  chmodSync(path, mode);
  return path;
}

const load = (file: string) =>
  loadConfiguration(file, checkers, { shippedProfiles: join(folder, 'shipped'), credentials: NONE });

async function problemsOf(content: string): Promise<readonly Problem[]> {
  const loaded = await load(put('gateway.yaml', content));
  return loaded.ok ? [] : loaded.problems;
}

const MINIMAL = 'gateway: { id: b0b1b2b3b4b5b6b7, domain: consortium.example }\ndata: data\n';

/** A problem as `line:column path message`, for comparing. */
const said = (p: Problem): string => `${p.line}:${p.column} ${p.path.join('.')} ${p.message}`;

describe('a configuration that is right', () => {
  it('needs only a gateway and a data folder; everything else has a default', async () => {
    const loaded = await load(put('gateway.yaml', MINIMAL));
    expect(loaded).toMatchObject({
      ok: true,
      value: {
        gateway: { id: 'b0b1b2b3b4b5b6b7', name: { en: 'b0b1b2b3b4b5b6b7' } },
        data: join(folder, 'data'),
        listen: { host: '127.0.0.1', port: 8686, tls: null, tlog: 'token' },
        evidence: { blockMs: 600_000, maxLeaves: 60_000, commitMs: 100 },
        zones: [],
        connections: [],
        channels: [],
        ledger: null,
      },
    });
  });

  it('gives the whole site, with the files it was made of in a fixed order', async () => {
    put('key', 'k'.repeat(64));
    put('rules/b.yaml', '- id: warm\n');
    put('rules/a.yaml', '- id: silent\n');
    put('profiles/th-2.yaml', 'unit: Cel\n');
    put('shipped/th-1.yaml', 'unit: Cel\n');
    const file = put(
      'gateway.yaml',
      `${MINIMAL}zones: [{ id: cold-1, title: { en: Cold room, zh: 冷库 }, labels: { mode: chill }, at: [121.47, 31.23] }]
devices:
  - { driver: bus, id: bus-2, profile: th-2, zone: cold-1, device: probe-2 }
  - { driver: bus, id: bus-1, profile: th-1, zone: cold-1, device: probe-1, verbs: [on, off] }
rules: [rules/b.yaml, rules/a.yaml]
notify:
  channels:
    - { id: siren, kind: device, device: probe-1, on: on, off: off }
    - { id: hook, kind: webhook, url: https://duty.example/in, secret: file:key }
    - { id: mail, kind: smtp, server: smtps://mail.example, from: a@b.example, to: [c@d.example] }
  routes: [{ id: duty, role: duty, channels: [siren, hook, mail] }]
ledger: { kind: evm, url: http://127.0.0.1:8545, chain-id: 31337, contract: 0x5FbDB2315678afecb367f032d93F642f64180aa3, finality: { depth: 2 }, account-key: file:key, ledger-key: file:key }
`,
    );
    const loaded = await load(file);
    expect(loaded.ok ? '' : describeProblems(loaded.problems, 'en')).toBe('');
    if (!loaded.ok) return;
    const { files, ...value } = loaded.value;
    expect(value.zones[0]?.at).toEqual({ longitude: 121.47, latitude: 31.23 });
    expect(files.configuration.map((f) => f.name)).toEqual([
      'gateway.yaml',
      'profiles/th-1.yaml',
      'profiles/th-2.yaml',
    ]);
    expect(files.rules.map((f) => f.name)).toEqual(['rules/b.yaml', 'rules/a.yaml']);
    expect(value.rules.map((r) => r.id)).toEqual(['warm', 'silent']);
    expect(value.channels[0]).toEqual({
      id: 'siren',
      kind: 'device',
      device: 'probe-1',
      on: 'on',
      off: 'off',
    });
    expect(value.ledger).toMatchObject({
      contract: '0x5FbDB2315678afecb367f032d93F642f64180aa3',
      finality: { depth: 2 },
    });
  });
});

describe('a configuration that is wrong', () => {
  it('tells every problem at once, each with its place', async () => {
    put('rules/bad.yaml', '- id: warm\n- id: 7\n');
    put('profiles/th-1.yaml', 'unit: furlong\n');
    const problems = await problemsOf(`gateway: { id: XYZ, domain: consortium.example }
lissten: {}
evidence: { block: 5 weeks }
zones: [{ id: cold-1 }, { id: cold-1 }]
devices:
  - { driver: buss, id: bus-1 }
  - { driver: bus, id: bus-2, profile: th-1, zone: cold-1, device: probe-1 }
  - { driver: bus, id: bus-3, profile: th-9, zone: cold-2, device: probe-1 }
rules: [rules/bad.yaml, rules/none.yaml]
notify:
  channels: [{ id: hook, kind: webbhook }]
  routes: [{ id: duty, role: duty, channels: [hoook] }]
`);
    expect(problems.map((p) => `${p.file?.slice(folder.length + 1)}:${said(p)}`)).toEqual([
      'gateway.yaml:2:1 lissten is not a key here; did you mean "listen"?',
      'gateway.yaml:1:16 gateway.id must be 16 small hexadecimal digits, in quotes when all are decimal; make one with: openssl rand -hex 8',
      'gateway.yaml:1:1 data is missing; it must be the path of a file or folder',
      'gateway.yaml:3:20 evidence.block must be a time with its unit from 1s to 1h, e.g. 100ms, 10s or 5m',
      'gateway.yaml:4:31 zones.1.id is a second zone of this id; the first stands on line 4',
      'gateway.yaml:6:15 devices.0.driver is not a driver; did you mean "bus"?',
      'profiles/th-1.yaml:1:7 unit must be Cel',
      'gateway.yaml:8:52 devices.2.zone is not a zone of this configuration; did you mean "cold-1"?',
      'gateway.yaml:8:40 devices.2.profile is not a profile that exists; did you mean "th-1"?',
      'gateway.yaml:11:32 notify.channels.0.kind must be device or smtp or webhook or sms-http or sms-modem or wecom or dingtalk or feishu or ntfy or mqtt or web-push; did you mean "webhook"?',
      'gateway.yaml:12:47 notify.routes.0.channels.0 is not a channel of this configuration; did you mean "hook"?',
      'rules/bad.yaml:2:7 1.id must be text',
      'gateway.yaml:9:25 rules.1 names a file that does not exist',
    ]);
    expect(problems[1]?.found).toBe('XYZ');
  });

  it('finds what only the whole shows: a device twice, a zone that is not, a verb unknown', async () => {
    put('profiles/th.yaml', 'unit: Cel\n');
    const problems = await problemsOf(`${MINIMAL}zones: [{ id: cold-1 }]
devices:
  - { driver: bus, id: b1, profile: th, zone: cold-1, device: probe-1, verbs: [siren-on] }
  - { driver: bus, id: b2, profile: th, zone: cold-l, device: probe-1 }
  - { driver: bus, id: b1, profile: th, zone: cold-1, device: probe-3 }
notify:
  channels:
    - { id: s1, kind: device, device: probe-1, on: siren-om }
    - { id: s2, kind: device, device: probe-3, on: siren-on }
`);
    expect(problems.map(said)).toEqual([
      '6:47 devices.1.zone is not a zone of this configuration; did you mean "cold-1"?',
      '6:63 devices.1.device is a second device probe-1; the first stands in the entry of line 5',
      '7:24 devices.2.id is a second connection b1; the first stands in the entry of line 5',
      '10:52 notify.channels.0.on is not a command of probe-1 of this configuration; did you mean "siren-on"?',
      '11:39 notify.channels.1.device is not a device that takes commands of this configuration; did you mean "probe-1"?',
    ]);
  });

  it('looks for a second id also among entries and files that are wrong elsewhere', async () => {
    put('rules/a.yaml', '- id: warm\n- id: 7\n');
    put('rules/b.yaml', '- id: warm\n- id: 8\n');
    const problems = await problemsOf(`${MINIMAL}zones: [{ id: cold-1, lable: {} }, { id: cold-1, lable: {} }]
devices:
  - { driver: buss, id: b1, slaves: [{ id: probe-1 }] }
  - { driver: buss, id: b1, slaves: [{ id: probe-1 }] }
rules: [rules/a.yaml, rules/b.yaml]
notify: { channels: [{ id: h, kind: webbhook }, { id: h, kind: webbhook }] }
`);
    expect(problems.filter((p) => p.message.includes('second')).map(said)).toEqual([
      '3:42 zones.1.id is a second zone of this id; the first stands on line 3',
      '6:25 devices.1.id is a second connection b1; the first stands in the entry of line 5',
      '6:44 devices.1.slaves.0.id is a second device probe-1; the first stands in the entry of line 5',
      '8:55 notify.channels.1.id is a second channel of this id; the first stands on line 8',
      '1:7 0.id is a second rule of this id; the first is in rules/a.yaml',
    ]);
  });

  it('says what the name of a label must look like, and looks at its text too', async () => {
    const problems = await problemsOf(`${MINIMAL}zones: [{ id: cold-1, labels: { Mode: 7, mode: run } }]\n`);
    expect(problems.map((p) => [said(p), p.found])).toEqual([
      [
        '3:33 zones.0.labels.Mode is not a name for a label: it must be at most 32 small letters, digits and underscores, a letter first',
        'Mode',
      ],
      ['3:39 zones.0.labels.Mode must be a text of 1 to 64 signs', '7'],
    ]);
  });

  it('names the sections there are when a key is near none', async () => {
    const problems = await problemsOf(`${MINIMAL}temperatures: {}\n`);
    expect(problems.map(said)).toEqual([
      '3:1 temperatures is not a key here; there are gateway, data, listen, evidence, zones, devices, rules, rule-changes, goods, notify, ledger, keys, witnesses, quorum, profile, interlocks, users and epcis',
    ]);
  });

  it('refuses more than 1,000 streams', async () => {
    put('profiles/th.yaml', 'unit: Cel\n');
    const problems = await problemsOf(
      `${MINIMAL}devices: [{ driver: bus, id: b1, profile: th, device: probe-1, streams: 1001 }]\n`,
    );
    expect(problems.map((p) => p.message)).toEqual([
      'has 1001 streams in all; one gateway takes at most 1000',
    ]);
  });

  it('says what rule ids stand twice over two files', async () => {
    put('rules/a.yaml', '- id: warm\n');
    put('rules/b.yaml', '- id: cold\n- id: warm\n');
    const problems = await problemsOf(`${MINIMAL}rules: [rules/a.yaml, rules/b.yaml]\n`);
    expect(problems.map(said)).toEqual([
      '2:7 1.id is a second rule of this id; the first is in rules/a.yaml',
    ]);
  });

  it.each([
    ['0.0.0.0', false],
    ['192.168.1.4', false],
    ['::', false],
    ['127.0.0.1', true],
    ['127.8.8.8', true],
    ['::1', true],
    ['localhost', true],
  ])('listens on %s without TLS: %s', async (host, allowed) => {
    const problems = await problemsOf(`${MINIMAL}listen: { host: '${host}' }\n`);
    const names = ['0.0.0.0', '::'].includes(host) ? ['listen.names'] : [];
    expect(problems.map((p) => p.path.join('.'))).toEqual(allowed ? [] : ['listen.host', ...names]);
  });

  it('refuses the gsp profile, which needs SMS to three people, in a clear sentence', async () => {
    const [problem, ...others] = await problemsOf(`${MINIMAL}profile: gsp\n`);
    expect(others).toEqual([]);
    expect(problem?.message).toContain('at least 3 people are told by SMS');
  });

  it('wants https, unless the hook is on the local network', async () => {
    put('key', 'k');
    const hook = `{ id: h, kind: webhook, url: 'http://10.0.0.9/', secret: 'file:key'`;
    const far = await problemsOf(`${MINIMAL}notify: { channels: [${hook} }] }\n`);
    const near = await problemsOf(`${MINIMAL}notify: { channels: [${hook}, lan: true }] }\n`);
    expect(far.map((p) => p.path.join('.'))).toEqual(['notify.channels.0.url']);
    expect(near).toEqual([]);
  });
});

describe('describeProblems', () => {
  it('prints one line for each problem, in both languages', () => {
    const problems: Problem[] = [
      {
        path: ['devices', 2, 'baud'],
        message: 'must be 9600',
        found: '96',
        file: 'g.yaml',
        line: 7,
        column: 3,
      },
      { path: [], message: 'does not exist', file: 'a.yaml' },
    ];
    expect(describeProblems(problems, 'en')).toBe(
      '2 problems in the configuration:\n  a.yaml does not exist\n  g.yaml:7:3 devices[2].baud must be 9600 (found 96)',
    );
    expect(describeProblems(problems, 'zh').split('\n')[0]).toBe('配置中有 2 处问题：');
  });
});
