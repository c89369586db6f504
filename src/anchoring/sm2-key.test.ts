import { describe, expect, it } from 'vitest';
import { fromHex, toHex, utf8 } from '../evidence/encodings.ts';
import { SM2, sm2Digest, verifySm2 } from '../evidence/sm2.ts';
import { signSm2, sm2Key } from './sm2-key.ts';

/** Key and worked example of GB/T 32918.5-2017 Annex A. */
const D = '3945208f7b2144b13f36e38ac6d39f95889393692860b51a42fb81ef4df7c5b8';
const PUBLIC =
  '0409f9df311e5421a150dd7d161e4bc5c672179fad1833fc076bb08ff356f35020ccea490ce26775a52dc6ea718cc1aa600aed05fbf35e084a6632f6072da9ad13';
const K = 0x59276e27d506861a16680f3ad9c02dccef3cc1fa3cdbe4ce6d54b80deac1bc21n;
const SIGNATURE =
  'f5a03b0648d2c4630eeac513e1bb81a15944da3827d5b74143ac7eaceee720b3b1b6aa29df212fd8763182bc0d421ca1bb9038fd1f7f42d4840b69c485bbc1aa';
const secret = fromHex(D) ?? new Uint8Array();
/** Of n modulo the order of the curve. */
const e = (n: bigint): Uint8Array => bytesOf(SM2.Point.Fn.create(n));
const bytesOf = (n: bigint): Uint8Array => SM2.Point.Fp.toBytes(n);

describe('an SM2 key', () => {
  it('is that of the standard, and signs its worked example with its nonce', () => {
    const key = sm2Key(secret);
    expect(toHex(key.publicKey)).toBe(PUBLIC);
    const digest = sm2Digest(key.publicKey, utf8('message digest'));
    expect(toHex(signSm2(BigInt(`0x${D}`), digest, K) ?? new Uint8Array())).toBe(SIGNATURE);
  });

  it('never signs twice alike, and always so that it verifies', () => {
    const key = sm2Key(secret);
    const made = Array.from({ length: 20 }, (_, i) => {
      const message = utf8(`text ${i >> 1}\n`);
      const signature = key.sign(message);
      expect(verifySm2(key.publicKey, sm2Digest(key.publicKey, message), signature)).toBe(true);
      return toHex(signature.subarray(0, 32));
    });
    expect(new Set(made).size).toBe(20);
  });

  it('asks for another nonce where the standard does', () => {
    const d = BigInt(`0x${D}`);
    const x = SM2.Point.BASE.multiply(K).x;
    // e = -x gives r = 0; e = -k - x gives r + k = n; r = k / d gives s = 0.
    const { Fn } = SM2.Point;
    expect(signSm2(d, e(-x), K)).toBeNull();
    expect(signSm2(d, e(-K - x), K)).toBeNull();
    expect(signSm2(d, e(Fn.mul(K, Fn.inv(d)) - x), K)).toBeNull();
    expect(signSm2(d, e(1n - x), K)).not.toBeNull();
  });

  it('is not 0, n - 1 or above, nor of another length', () => {
    for (const wrong of [bytesOf(0n), bytesOf(SM2.n - 1n), bytesOf(SM2.n), new Uint8Array(32).fill(255)])
      expect(() => sm2Key(wrong)).toThrow('is no secret key of the SM2 curve');
    expect(() => sm2Key(secret.subarray(1))).toThrow('has 32 bytes, not 31');
    expect(sm2Key(bytesOf(SM2.n - 2n)).publicKey).toHaveLength(65);
  });
});
