import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { loadConfiguration } from './load.ts';
import { checkers } from './site.fixture.ts';

const LEDGER =
  "ledger: { kind: evm, url: http://127.0.0.1:8545, chain-id: 1, contract: '0x5FbDB2315678afecb367f032d93F642f64180aa3', finality: tag, account-key: file:key";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'bailee-keys-'));
  for (const name of ['key', 'pin', 'module.so']) writeFileSync(join(folder, name), 'x', { mode: 0o600 });
});
afterEach(() => rmSync(folder, { recursive: true }));

async function load(more: string) {
  const file = join(folder, 'gateway.yaml');
  writeFileSync(file, `gateway: { id: b0b1b2b3b4b5b6b7, domain: consortium.example }\ndata: data\n${more}\n`);
  const world = { shippedProfiles: join(folder, 'profiles'), credentials: { checked: false } as const };
  const loaded = await loadConfiguration(file, checkers, world);
  if (loaded.ok) return { keys: loaded.value.keys, ledgerKey: loaded.value.ledger?.ledgerKey ?? null };
  return loaded.problems.map(
    (p) => `${p.line}:${p.column} ${p.path.join('.')} ${p.message} [${p.found ?? ''}]`,
  );
}

describe('the keys of a configuration', () => {
  it('are files of the data directory where nothing is said', async () => {
    expect(await load('')).toEqual({ keys: { log: null, sm2: null, token: null }, ledgerKey: null });
  });

  it('come from files and credentials', async () => {
    expect(await load('keys: { log-key: credential:log-key, sm2-key: file:key }')).toEqual({
      keys: { log: { kind: 'secret', reference: 'credential:log-key' }, sm2: 'file:key', token: null },
      ledgerKey: null,
    });
  });

  it('may be in one token', async () => {
    expect(
      await load(`keys:
  log-key: pkcs11:token=Gate%201;object=log-key
  pkcs11: { module: module.so, pin: credential:token-pin }
${LEDGER}, ledger-key: 'pkcs11:token=Gate%201;id=%02' }`),
    ).toEqual({
      keys: {
        log: { kind: 'token', label: 'log-key', id: null },
        sm2: null,
        token: {
          module: join(folder, 'module.so'),
          pin: 'credential:token-pin',
          label: 'Gate 1',
          serial: null,
        },
      },
      ledgerKey: { kind: 'token', label: null, id: Uint8Array.of(2) },
    });
  });

  it('are told with their places when they are wrong, and a secret among them is not', async () => {
    const canary = 'c29tZSBzZWNyZXQga2V5IG9mIDMyIGJ5dGVzISEhISE=';
    const wrong = await load(`keys:
  log-key: ${canary}
  sm2-key: pkcs11:token=a;object=b
  pkcs11: { module: none.so, pin: 1234 }`);
    expect(wrong).toEqual([
      '4:12 keys.log-key must be a reference, "file:/path", "credential:NAME" or "pkcs11:token=NAME;object=NAME"; a key never stands in configuration []',
      '5:12 keys.sm2-key must be a reference, "file:/path" or "credential:NAME"; a secret never stands in configuration []',
      '6:35 keys.pkcs11.pin must be a reference, "file:/path" or "credential:NAME"; a secret never stands in configuration []',
      '6:21 keys.pkcs11.module names a file that does not exist [none.so]',
      '6:3 keys.pkcs11 is not used: no key has a pkcs11: URI [a map]',
    ]);
    expect(JSON.stringify(wrong)).not.toContain(canary);
  });

  it('in a token need its module and PIN, and one token', async () => {
    expect(await load('keys: { log-key: pkcs11:token=a;object=b }')).toEqual([
      '3:18 keys.log-key is in a token: keys.pkcs11 must give its module and pin []',
    ]);
    expect(
      await load(`keys: { log-key: pkcs11:token=a;object=b, pkcs11: { module: module.so, pin: file:pin } }
${LEDGER}, ledger-key: pkcs11:token=other;object=b }`),
    ).toEqual([expect.stringMatching(/^4:\d+ ledger.ledger-key must name the token of keys.log-key \[\]$/)]);
    expect(await load('keys: { log-key: pkcs11:token=a }')).toEqual([
      '3:18 keys.log-key must name a key, object=NAME or id=%XX []',
      expect.stringContaining('keys.log-key is in a token'),
    ]);
  });
});
