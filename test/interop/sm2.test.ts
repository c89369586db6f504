import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Sm2Key, sm2Key } from '../../src/anchoring/sm2-key.ts';
import { concatBytes, utf8 } from '../../src/evidence/encodings.ts';
import { sm2Digest, verifySm2 } from '../../src/evidence/sm2.ts';

const folder = mkdtempSync(join(tmpdir(), 'bailee-sm2-'));
const at = (name: string): string => join(folder, name);
const MAKE = ['genpkey', '-algorithm', 'EC', '-pkeyopt', 'ec_paramgen_curve:SM2', '-out', at('key.pem')];
const has = spawnSync('openssl', MAKE).status === 0;
const ifSm2 = has ? '' : ' (skipped: openssl is not installed, or has no SM2)';
const ID = '1234567812345678';

afterAll(() => rmSync(folder, { recursive: true }));

function openssl(...args: readonly string[]): Uint8Array {
  return execFileSync('openssl', args, { stdio: ['ignore', 'pipe', 'pipe'] });
}

/** r and s of a SEQUENCE of two INTEGERs, 32 bytes each. */
function rawOf(der: Uint8Array): Uint8Array {
  let from = 2;
  const [r, s] = [0, 1].map(() => {
    const length = der[from + 1] ?? 0;
    const number = Buffer.from(der.subarray(from + 2, from + 2 + length)).toString('hex');
    from += 2 + length;
    return Buffer.from(number.replace(/^00/, '').padStart(64, '0'), 'hex');
  });
  return concatBytes(r ?? new Uint8Array(), s ?? new Uint8Array());
}

function derOf(raw: Uint8Array): Uint8Array {
  const numbers = [raw.subarray(0, 32), raw.subarray(32)].map((number) => {
    const trimmed = number.subarray(number.findIndex((byte) => byte !== 0));
    const sign = (trimmed[0] ?? 0) >= 0x80 ? [0] : [];
    return Uint8Array.of(0x02, sign.length + trimmed.length, ...sign, ...trimmed);
  });
  const content = concatBytes(...numbers);
  return Uint8Array.of(0x30, content.length, ...content);
}

/** Whether `openssl dgst` takes our signature over this text. */
function takes(text: string, raw: Uint8Array, id = ID): boolean {
  writeFileSync(at('text'), text);
  writeFileSync(at('sig'), derOf(raw));
  const how = ['-verify', at('pub.pem'), '-signature', at('sig'), '-sigopt', `distid:${id}`];
  return spawnSync('openssl', ['dgst', '-sm3', ...how, at('text')]).status === 0;
}

describe.skipIf(!has)(`OpenSSL's SM2${ifSm2}`, () => {
  let key: Sm2Key;

  beforeAll(() => {
    openssl('pkey', '-in', at('key.pem'), '-pubout', '-out', at('pub.pem'));
    // ECPrivateKey (RFC 5915): the secret stands after 7 bytes, the point at the end.
    const der = openssl('ec', '-in', at('key.pem'), '-outform', 'DER');
    key = sm2Key(der.subarray(7, 39));
    expect(Buffer.from(key.publicKey)).toEqual(Buffer.from(der.subarray(-65)));
  });

  it('verifies our signatures over a checkpoint, with our id and no other', () => {
    for (let size = 1; size <= 8; size++) {
      const text = `consortium.example/gw/b0b1b2b3b4b5b6b7/0\n${size}\nsEHZ9dO96asZAU9El7AhJg8sTthgMbs1Wl9BOWXIF+g=\n`;
      const raw = key.sign(utf8(text));
      expect(takes(text, raw)).toBe(true);
      expect(takes(text.replace(`\n${size}\n`, '\n9\n'), raw)).toBe(false);
      expect(takes(text, raw, 'another id')).toBe(false);
    }
  });

  it('makes signatures that we verify, by either of its commands', () => {
    for (let n = 0; n < 8; n++) {
      const text = `text ${n}\n`;
      writeFileSync(at('text'), text);
      const digest = sm2Digest(key.publicKey, utf8(text));
      const dgst = ['dgst', '-sm3', '-sign', at('key.pem'), '-sigopt', `distid:${ID}`];
      openssl(...dgst, '-out', at('sig'), at('text'));
      const signature = rawOf(readFileSync(at('sig')));
      expect(verifySm2(key.publicKey, digest, signature)).toBe(true);
      expect(verifySm2(key.publicKey, sm2Digest(key.publicKey, utf8(text), 'x'), signature)).toBe(false);
      const pkeyutl = ['pkeyutl', '-sign', '-rawin', '-digest', 'sm3', '-inkey', at('key.pem')];
      const made = openssl(...pkeyutl, '-pkeyopt', `distid:${ID}`, '-in', at('text'));
      expect(verifySm2(key.publicKey, digest, rawOf(made))).toBe(true);
    }
  });

  it('without an id signs another digest, which we do not take for our own', () => {
    writeFileSync(at('text'), 'text\n');
    const made = openssl('dgst', '-sm3', '-sign', at('key.pem'), at('text'));
    const digest = sm2Digest(key.publicKey, utf8('text\n'));
    expect(verifySm2(key.publicKey, digest, rawOf(made))).toBe(false);
    expect(verifySm2(key.publicKey, sm2Digest(key.publicKey, utf8('text\n'), ''), rawOf(made))).toBe(true);
  });
});
