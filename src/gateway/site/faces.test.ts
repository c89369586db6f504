import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { certificateFor, openssl, without } from '../../notify/certificate.fixture.ts';
import { openGateway } from '../gateway.ts';
import { loadSite } from './site.ts';

const CREDENTIALS = { checked: true, directory: null } as const;

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'bailee-faces-'));
  mkdirSync(join(folder, 'data'));
});
afterEach(() => rmSync(folder, { recursive: true }));

/** What the listener answers over TLS to a caller who asks for it by `host`. */
function statusFor(host: string, port: string, ca: string, servername: string): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    const call = request(
      { host: '127.0.0.1', port, path: '/healthz', ca, servername, headers: { host }, agent: false },
      (answer) => {
        answer.resume();
        resolve(answer.statusCode);
      },
    );
    call.on('error', reject);
    call.end();
  });
}

describe('a gateway on every address', () => {
  it.skipIf(!openssl)(`is asked for by the names it was given, and tells the first${without}`, async () => {
    const { key, cert } = certificateFor('gateway.local');
    writeFileSync(join(folder, 'tls.key'), key, { mode: 0o600 });
    writeFileSync(join(folder, 'tls.pem'), cert);
    const file = join(folder, 'gateway.yaml');
    writeFileSync(
      file,
      `gateway: { id: b0b1b2b3b4b5b6b7, domain: consortium.example }
data: data
listen:
  host: 0.0.0.0
  port: 0
  names: [Gateway.local, 192.0.2.2, '2001:DB8:0::2']
  tls: { certificate: tls.pem, key: file:tls.key }
`,
    );
    const site = await loadSite(file, CREDENTIALS);
    if (!site.ok) throw new Error(JSON.stringify(site.problems));
    const failures: unknown[] = [];
    await using gateway = await openGateway(site.value, {
      log: pino({ level: 'silent' }),
      credentials: CREDENTIALS,
      webRoot: null,
      notifySocket: undefined,
      timeZone: () => 'UTC',
      version: '0.0.0-test',
      residentBytes: () => 0,
      onFatal: (error) => failures.push(error),
    });
    const { port } = new URL(gateway.url);
    expect(gateway.url).toBe(`https://gateway.local:${port}`);
    const asked = [
      'gateway.local',
      `GATEWAY.local:${port}`,
      '192.0.2.2',
      `[2001:db8::2]:${port}`,
      'localhost',
    ];
    for (const host of asked) {
      expect([host, await statusFor(host, port, cert, 'gateway.local')]).toEqual([host, 200]);
    }
    for (const host of ['evil.example', '192.0.2.3', 'gateway.local.evil.example']) {
      expect([host, await statusFor(host, port, cert, 'gateway.local')]).toEqual([host, 421]);
    }
    expect(failures).toEqual([]);
  });
});
