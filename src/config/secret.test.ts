import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { format, inspect } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ConfigError } from '../domain/errors.ts';
import { loadConfiguration } from './load.ts';
import { isReference, isSecretPath, Secret, SecretStore } from './secret.ts';
import { checkers } from './site.fixture.ts';

const NONE = { checked: true, directory: null } as const;
const CANARY = 'correct-horse-battery';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'bailee-secret-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function put(name: string, content: string, mode = 0o600): void {
  writeFileSync(join(folder, name), content);
  chmodSync(join(folder, name), mode);
}

const pem = (label: string): string => `-----BEGIN ${label}-----\nMAo=\n-----END ${label}-----\n`;

describe('a secret in memory', () => {
  it('prints [redacted] however it is printed', () => {
    const secret = new Secret(CANARY);
    const printed = [
      String(secret),
      JSON.stringify({ secret }),
      inspect({ secret }),
      format('%s %o', secret, secret),
    ];
    expect(printed.join('\n')).not.toContain(CANARY);
    expect(printed.every((text) => text.includes('[redacted]'))).toBe(true);
    expect(secret.reveal()).toBe(CANARY);
  });
});

describe('a secret by reference', () => {
  it('is read from a file beside the configuration, without its last line break', () => {
    put('mail', `${CANARY}\n`);
    expect(new SecretStore(folder, NONE).read('file:mail').reveal()).toBe(CANARY);
    expect(new SecretStore('/', NONE).read(`file:${join(folder, 'mail')}`).reveal()).toBe(CANARY);
  });

  it('is read from the credentials of the unit', () => {
    put('mail', CANARY, 0o400);
    expect(new SecretStore('/', { checked: true, directory: folder }).read('credential:mail').reveal()).toBe(
      CANARY,
    );
    expect(new SecretStore('/', NONE).objection('credential:mail')).toContain('loads no credentials');
    expect(new SecretStore('/', { checked: false }).objection('credential:mail')).toBeNull();
  });

  it.each([0o604, 0o644, 0o602, 0o666])('is refused with mode %o, open to every user', (mode) => {
    put('mail', CANARY, mode);
    expect(new SecretStore(folder, NONE).objection('file:mail')).toContain('open to every user');
  });

  it('may be readable by all only when it is a certificate, which is public', () => {
    put('ca', pem('CERTIFICATE'), 0o644);
    put('both', pem('CERTIFICATE') + pem('PRIVATE KEY'), 0o644);
    put('loose', pem('CERTIFICATE'), 0o646);
    const store = new SecretStore(folder, NONE);
    const refused = ['ca', 'both', 'loose'].map((name) => store.objection(`file:${name}`) !== null);
    expect(refused).toEqual([false, true, true]);
  });

  it('is refused when it is a folder, a pipe, empty, too large or not there', () => {
    mkdirSync(join(folder, 'dir'), { mode: 0o700 });
    execFileSync('mkfifo', ['-m', '600', join(folder, 'pipe')]);
    put('empty', '\n');
    put('large', 'x'.repeat(1024 * 1024 + 1));
    const store = new SecretStore(folder, NONE);
    const said = ['dir', 'pipe', 'empty', 'large', 'none'].map((name) => store.objection(`file:${name}`));
    expect(said.map((s) => s?.replaceAll(folder, ''))).toEqual([
      'the secret file /dir is not a regular file',
      'the secret file /pipe is not a regular file',
      'the secret file /empty is empty',
      'the secret file /large is larger than 1 MiB',
      'the secret file /none cannot be opened: ENOENT',
    ]);
    expect(() => store.read('file:none')).toThrow(ConfigError);
  });

  it.each([
    ['file:/a', true],
    ['file:a', true],
    ['credential:mail-1', true],
    ['file:', false],
    ['credential:', false],
    ['credential:../mail', false],
    ['credential:a/b', false],
    [CANARY, false],
  ])('%s is a reference: %s', (text, is) => expect(isReference(text)).toBe(is));

  it.each(['password', 'mqtt-password', 'secret', 'accessToken'.toLowerCase(), 'api-key', 'account_key'])(
    'may not stand in the open under %s',
    (key) => expect(isSecretPath(['a', key])).toBe(key !== 'accesstoken'),
  );
});

describe('a secret written into the configuration', () => {
  it.each([
    [
      'a webhook',
      `notify: { channels: [{ id: h, kind: webhook, url: https://d.example, secret: ${CANARY} }] }`,
    ],
    [
      'a mail server',
      `notify: { channels: [{ id: m, kind: smtp, server: smtps://m.example, user: u, password: ${CANARY}, from: a@b.example, to: [a@b.example] }] }`,
    ],
    [
      'a URL',
      `notify: { channels: [{ id: h, kind: webhook, url: 'https://u:${CANARY}@d.example', secret: file:k }] }`,
    ],
    ['a device', `devices: [{ driver: bus, id: b, profile: p, password: ${CANARY} }]`],
    ['a part of a device', `devices: [{ driver: bus, id: b, profile: p, tls: { key: ${CANARY} } }]`],
    ['a broker', `devices: [{ driver: bus, id: b, profile: p, key: ${CANARY} }]`],
    ['a driver that is not', `devices: [{ driver: none, token: ${CANARY} }]`],
    ['the ledger', `ledger: { kind: evm, account-key: ${CANARY} }`],
    ['the server', `listen: { tls: { certificate: c, key: ${CANARY} } }`],
  ])('of %s is refused at its place and never printed', async (_, section) => {
    put('gateway.yaml', `gateway: { id: b0b1b2b3b4b5b6b7, domain: c.example }\ndata: d\n${section}\n`);
    const world = { shippedProfiles: folder, credentials: NONE };
    const loaded = await loadConfiguration(join(folder, 'gateway.yaml'), checkers, world);
    expect(loaded.ok).toBe(false);
    if (loaded.ok) return;
    expect(loaded.problems.filter((p) => /reference|user name or password/.test(p.message))).not.toEqual([]);
    expect(JSON.stringify(loaded.problems)).not.toContain(CANARY);
  });
});
