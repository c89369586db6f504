import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { hasToken, ifToken, PIN, SoftToken, SOFTHSM } from '../../../test/soft-token.ts';
import { seedSigner } from '../../anchoring/signer.ts';
import { sm2Key } from '../../anchoring/sm2-key.ts';
import { SecretStore } from '../../config/secret.ts';
import { ConfigError } from '../../domain/errors.ts';
import { hasLogKey, markedLogKey } from './keys.ts';
import { SiteKeys } from './site-keys.ts';

const SEED = new Uint8Array(32).fill(9);
const NONE = { log: null, sm2: null, token: null };
type Keys = ConstructorParameters<typeof SiteKeys>[0]['keys'];

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'bailee-site-keys-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

function put(name: string, text: string): string {
  writeFileSync(join(folder, name), text, { mode: 0o600 });
  return `file:${name}`;
}

/** Told of slow tokens, which none of these is. */
function open(keys: Partial<Keys>): SiteKeys {
  const secrets = new SecretStore(folder, { checked: true, directory: null });
  return new SiteKeys({ keys: { ...NONE, ...keys }, ledger: null }, secrets, (ms) => expect.fail(`${ms} ms`));
}

function problem(keys: Partial<Keys>): string {
  try {
    open(keys)[Symbol.dispose]();
    return 'none';
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return error.problems.map((p) => `${p.path.join('.')} ${p.message}`).join();
  }
}

describe('the keys that a configuration names', () => {
  it('are none where it names none', () => {
    using keys = open({});
    expect([keys.log, keys.ledger, keys.sm2]).toEqual([null, null, null]);
  });

  it('are read from their files', () => {
    const log = put('log', `${Buffer.from(SEED).toString('base64')}\n`);
    const sm2 = put('sm2', `${'3'.repeat(64)}\n`);
    using keys = open({ log: { kind: 'secret', reference: log }, sm2 });
    expect(keys.log?.publicKey).toEqual(seedSigner(SEED).publicKey);
    expect(keys.sm2?.publicKey).toEqual(sm2Key(new Uint8Array(32).fill(0x33)).publicKey);
  });

  it.each(['', 'AAAA', '9'.repeat(64), Buffer.from(SEED).toString('base64url')])(
    'refuses "%s" as a log key, and does not repeat it',
    (text) => {
      const said = problem({ log: { kind: 'secret', reference: put('log', `${text} `) } });
      expect(said).toContain('keys.log-key must be 32 bytes of an Ed25519 seed in base64');
      if (text !== '') expect(said).not.toContain(text);
    },
  );

  it.each(['0'.repeat(64), 'f'.repeat(64), '3'.repeat(63), 'x'])('refuses "%s" as an SM2 key', (text) => {
    expect(problem({ sm2: put('sm2', text) })).toContain('keys.sm2-key must be 64 hexadecimal digits');
  });

  it.skipIf(!hasToken)(`close their token when another of them is wrong${ifToken}`, () => {
    using _token = new SoftToken();
    const token = { module: SOFTHSM, pin: put('pin', PIN), label: 'bailee', serial: null };
    const log = { kind: 'token', label: 'log-key', id: null } as const;
    expect(problem({ log, token, sm2: put('sm2', 'x') })).toContain('keys.sm2-key');
    // A module that were still open could not be opened again.
    using keys = open({ log, token });
    expect(keys.log?.publicKey).toHaveLength(32);
  });
});

describe('a log key that is kept elsewhere', () => {
  it('leaves its public half in the data directory, once', () => {
    expect(hasLogKey(folder)).toBe(false);
    const signer = seedSigner(SEED);
    expect(markedLogKey(folder, signer)).toBe(signer);
    expect(hasLogKey(folder)).toBe(true);
    const left = (): string => readFileSync(join(folder, 'log.pub'), 'utf8');
    expect(left()).toBe(`${Buffer.from(signer.publicKey).toString('base64')}\n`);
    markedLogKey(folder, seedSigner(new Uint8Array(32).fill(1)));
    expect(left()).toBe(`${Buffer.from(signer.publicKey).toString('base64')}\n`);
  });
});
