import { hash } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { nodePrimitives } from '../../../test/evidence/primitives.ts';
import { hasToken, ifToken, PIN, SoftToken, SOFTHSM } from '../../../test/soft-token.ts';
import { ConfigError, StorageError } from '../../domain/errors.ts';
import { utf8 } from '../../evidence/encodings.ts';
import { verifyLedgerSignature } from '../../evidence/ledger-line.ts';
import { recoverAddress } from '../secp256k1-key.ts';
import { tokenLedgerKey, tokenLogKey } from './token-keys.ts';
import { pinObjection, Token } from './token.ts';

const { verifyEd25519 } = nodePrimitives;
const named = (label: string, id: Uint8Array | null = null) => ({ label, id });
const BAILEE = { label: 'bailee', serial: null };
const open = (pin = PIN, module = SOFTHSM): Token => new Token(module, BAILEE, pin);

/** What a person is told, with the place in the configuration; the code of a storage error. */
function told(act: () => unknown): string {
  try {
    act();
    return 'nothing';
  } catch (error) {
    if (error instanceof ConfigError)
      return error.problems.map((p) => `${p.path.join('.')} ${p.message}`).join();
    if (error instanceof StorageError) return `${error.code} ${error.message}`;
    throw error;
  }
}

describe.skipIf(!hasToken)(`a PKCS #11 token${ifToken}`, () => {
  let soft: SoftToken;
  beforeEach(() => {
    soft = new SoftToken();
  });
  afterEach(() => soft[Symbol.dispose]());

  it('signs with its Ed25519 key what node verifies', () => {
    using token = open();
    const { key, signMs } = tokenLogKey(token, named('log-key'), [], verifyEd25519);
    for (let n = 1; n < 20; n++) {
      const message = new Uint8Array(n * 10).fill(n);
      expect(verifyEd25519(key.publicKey, message, key.sign(message))).toBe(true);
    }
    expect(signMs).toBeGreaterThan(0);
    expect(signMs).toBeLessThan(1000);
  });

  it('signs with its secp256k1 key as a contract expects it: low s, and v', () => {
    using token = open();
    const key = tokenLedgerKey(token, named('ledger-key'), []);
    const seen = new Set<number | undefined>();
    for (let n = 0; n < 40; n++) {
      const digest = Uint8Array.from(hash('sha256', `text ${n}`, 'buffer'));
      const signature = key.sign(digest);
      expect(recoverAddress(digest, signature)).toBe(key.address);
      expect(verifyLedgerSignature(key.publicKey, digest, signature)).toBe(true);
      seen.add(signature[64]);
    }
    expect(seen).toEqual(new Set([27, 28]));
  });

  it('finds a key by its id as well', () => {
    using token = open();
    expect(tokenLedgerKey(token, { label: null, id: Uint8Array.of(2) }, []).publicKey).toHaveLength(65);
    expect(told(() => tokenLedgerKey(token, named('ledger-key', Uint8Array.of(1)), ['k']))).toContain(
      'k names a key that is not to be had: the token bailee has no private key "object=ledger-key;id=01"',
    );
  });

  it('that is pulled out does not sign, and is not there at a start', () => {
    {
      using token = open();
      const { key } = tokenLogKey(token, named('log-key'), [], verifyEd25519);
      soft.pull();
      expect(told(() => key.sign(utf8('x')))).toMatch(/^IO the token bailee does not sign: CKR_/);
    }
    expect(told(() => open())).toMatch(/^IO the token bailee is not there/);
    soft.plugIn();
    using token = open();
    expect(tokenLogKey(token, named('log-key'), [], verifyEd25519).key.publicKey).toHaveLength(32);
  });

  it('is asked once with a wrong PIN, and works with the right one after that', () => {
    for (const wrong of ['0000', '', 'x'.repeat(300)])
      expect(told(() => open(wrong))).toMatch(
        /^keys.pkcs11.pin is refused by the token bailee \(CKR_PIN_[A-Z_]+\); it was tried once/,
      );
    using token = open();
    expect(tokenLogKey(token, named('log-key'), [], verifyEd25519).signMs).toBeGreaterThan(0);
  });

  it('is told from another by its serial number', () => {
    soft.addToken('bailee');
    expect(told(() => open())).toContain('keys.log-key names 2 tokens that are there');
    expect(told(() => new Token(SOFTHSM, { label: 'bailee', serial: '00' }, PIN))).toContain(
      'IO the token bailee 00 is not there',
    );
  });

  it('must hold keys of the right curve', () => {
    using token = open();
    const at = ['ledger', 'ledger-key'];
    expect(told(() => tokenLedgerKey(token, named('log-key'), at))).toBe(
      'ledger.ledger-key is no secp256k1 key',
    );
    expect(told(() => tokenLedgerKey(token, named('p256-key'), at))).toContain('signs what does not verify');
    expect(told(() => tokenLogKey(token, named('p256-key'), at, verifyEd25519))).toContain(
      'is no Ed25519 key',
    );
    expect(told(() => tokenLogKey(token, named('none'), at, verifyEd25519))).toContain('has no private key');
  });

  it('must hold the public key that belongs to the private one', () => {
    soft.inside((session, { module, pkcs11 }) => {
      const kind = { type: pkcs11.CKA_CLASS, value: pkcs11.CKO_PUBLIC_KEY };
      const label = { type: pkcs11.CKA_LABEL, value: 'log-key' };
      module.C_FindObjectsInit(session, [kind, label]);
      const [own] = module.C_FindObjects(session, 2);
      module.C_FindObjectsFinal(session);
      if (own === undefined) throw new Error('no public key');
      module.C_DestroyObject(session, own);
      const params = {
        type: pkcs11.CKA_EC_PARAMS,
        value: Buffer.from('130c656477617264733235353139', 'hex'),
      };
      const point = {
        type: pkcs11.CKA_EC_POINT,
        value: Buffer.concat([Buffer.of(4, 32), Buffer.alloc(32, 9)]),
      };
      const rest = [
        { type: pkcs11.CKA_KEY_TYPE, value: 0x40 },
        { type: pkcs11.CKA_ID, value: Buffer.of(1) },
        { type: pkcs11.CKA_TOKEN, value: true },
      ];
      module.C_CreateObject(session, [kind, label, params, point, ...rest]);
    });
    using token = open();
    const refused = told(() => tokenLogKey(token, named('log-key'), ['keys', 'log-key'], verifyEd25519));
    expect(refused).toContain('keys.log-key signs what does not verify');
  });

  it('needs a module that is one', () => {
    for (const path of ['/usr/lib/none.so', '/etc/hostname'])
      expect(told(() => open(PIN, path))).toContain('keys.pkcs11.module cannot be used as a PKCS #11 module');
  });
});

describe('a PIN', () => {
  // CK_TOKEN_INFO: 0x10000 some PIN was wrong, 0x20000 one try is left, 0x40000 locked.
  it.each([
    [0x42d, null],
    [0x1_042d, null],
    [0x3_042d, 'would lock at one more wrong PIN; log in once by hand with the right one'],
    [0x2_042d, 'would lock at one more wrong PIN; log in once by hand with the right one'],
    [0x5_042d, 'is locked: its PIN was wrong too often'],
    [0x7_042d, 'is locked: its PIN was wrong too often'],
  ])('is not tried where that could lock the token: flags %#', (flags, objection) => {
    expect(pinObjection(flags)).toBe(objection);
  });
});
