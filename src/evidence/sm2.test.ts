import { createHash, generateKeyPairSync, sign } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { assert, property, uint8Array } from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fromHex, toHex, utf8 } from './encodings.ts';
import { isSm2Key, SM2, sm2Digest, verifySm2 } from './sm2.ts';
import { sm3 } from './sm3.ts';

type Vectors = {
  readonly curve: Readonly<Record<'p' | 'a' | 'b' | 'n' | 'gx' | 'gy', string>>;
  readonly key: { readonly x: string; readonly y: string };
  readonly workedExample: Readonly<Record<'signerId' | 'messageUtf8' | 'e' | 'r' | 's', string>>;
  readonly sm3: readonly { readonly id: string; readonly messageHex: string; readonly digest: string }[];
  readonly sm2: readonly {
    readonly id: string;
    readonly signerId: string;
    readonly messageHex: string;
    readonly r: string;
    readonly s: string;
    readonly der: string;
    readonly ok: boolean;
    readonly why: string;
  }[];
};

const vectors: Vectors = JSON.parse(
  readFileSync(join(import.meta.dirname, '../../test/fixtures/vectors/sm/sm2-sm3.json'), 'utf8'),
);
const hex = (text: string): Uint8Array => fromHex(text) ?? new Uint8Array();
const openssl = (bytes: Uint8Array): string => createHash('sm3').update(bytes).digest('hex');
const key = hex(`04${vectors.key.x}${vectors.key.y}`);

describe('SM3', () => {
  it.each(vectors.sm3)('$id', ({ messageHex, digest }) => {
    expect(toHex(sm3(hex(messageHex)))).toBe(digest);
  });

  it('hashes what OpenSSL hashes, around the ends of blocks and anywhere', () => {
    for (let n = 0; n < 200; n++) {
      const bytes = Uint8Array.from({ length: n }, (_, i) => i + n);
      expect([n, toHex(sm3(bytes))]).toEqual([n, openssl(bytes)]);
    }
    assert(property(uint8Array({ maxLength: 1000 }), (bytes) => toHex(sm3(bytes)) === openssl(bytes)));
  });
});

describe('SM2', () => {
  it('is on the recommended curve', () => {
    const { p, a, b, n, Gx, Gy } = SM2.Point.CURVE();
    const own = { p, a, b, n, gx: Gx, gy: Gy };
    expect(Object.fromEntries(Object.entries(own).map(([k, v]) => [k, v.toString(16)]))).toEqual(
      vectors.curve,
    );
  });

  it('has the digest of the worked example', () => {
    const { messageUtf8, signerId, e } = vectors.workedExample;
    expect(toHex(sm2Digest(key, utf8(messageUtf8), signerId))).toBe(e);
    expect(toHex(sm2Digest(key, utf8(messageUtf8)))).toBe(e);
  });

  it('has 16 cases, of which 4 verify', () => {
    expect([vectors.sm2.length, vectors.sm2.filter((c) => c.ok).length]).toEqual([16, 4]);
  });

  it.each(vectors.sm2)('$id: $ok ($why)', ({ signerId, messageHex, r, s, der, ok }) => {
    const digest = sm2Digest(key, hex(messageHex), signerId);
    expect(verifySm2(key, digest, hex(r + s))).toBe(ok);
    // The other encoding in use is refused, good signature or not.
    expect(verifySm2(key, digest, hex(der))).toBe(false);
  });

  it('is not n - s either, nor any flipped bit', () => {
    const { messageUtf8, r, s } = vectors.workedExample;
    const digest = sm2Digest(key, utf8(messageUtf8));
    const other = (SM2.n - BigInt(`0x${s}`)).toString(16).padStart(64, '0');
    expect(verifySm2(key, digest, hex(r + s))).toBe(true);
    expect(verifySm2(key, digest, hex(r + other))).toBe(false);
    for (let bit = 0; bit < 512; bit += 5) {
      const flipped = hex(r + s);
      flipped[bit >> 3] = (flipped[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      expect([bit, verifySm2(key, digest, flipped)]).toEqual([bit, false]);
    }
  });

  it('does not take what node:crypto signs with an SM2 key', () => {
    const pair = generateKeyPairSync('ec', { namedCurve: 'SM2' });
    const spki = pair.publicKey.export({ format: 'der', type: 'spki' });
    const publicKey = Uint8Array.from(spki.subarray(-65));
    expect(isSm2Key(publicKey)).toBe(true);
    const message = utf8('message digest');
    for (const hash of ['sm3', 'sha256', null]) {
      const made = sign(hash, message, { key: pair.privateKey, dsaEncoding: 'ieee-p1363' });
      expect([hash, made.length, verifySm2(publicKey, sm2Digest(publicKey, message), made)]).toEqual([
        hash,
        64,
        false,
      ]);
    }
  });

  it('takes only keys that are points of the curve', () => {
    const off = key.slice();
    off[64] = (off[64] ?? 0) ^ 1;
    const compressed = Uint8Array.of(2, ...key.subarray(1, 33));
    for (const wrong of [off, compressed, key.subarray(1), Uint8Array.of(0), new Uint8Array(65)])
      expect(isSm2Key(wrong)).toBe(false);
    const { r, s, messageUtf8 } = vectors.workedExample;
    expect(verifySm2(off, sm2Digest(off, utf8(messageUtf8)), hex(r + s))).toBe(false);
  });
});
