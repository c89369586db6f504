import { createHmac, randomBytes } from 'node:crypto';
import { concatBytes } from '../evidence/encodings.ts';
import { bytesOfInteger, integerOf, SM2, sm2Digest } from '../evidence/sm2.ts';

/**
 * A key of the SM2 line (evidence section 12). node:crypto is not used for it: asked for SM2 it
 * makes plain ECDSA on that curve, or SM2 with an empty id.
 */
export type Sm2Key = {
  /** 65 bytes, uncompressed. */
  readonly publicKey: Uint8Array;
  /** SM2 signature over SM3(Z_A ‖ message) with the default id: r‖s, 64 bytes. */
  sign(message: Uint8Array): Uint8Array;
};

/** @throws RangeError when the 32 bytes are no secret key: 0, or above n - 2 */
export function sm2Key(secret: Uint8Array): Sm2Key {
  if (secret.length !== 32) throw new RangeError(`an SM2 secret has 32 bytes, not ${secret.length}`);
  const d = integerOf(secret);
  // With d = n - 1, 1 + d has no inverse.
  if (d === 0n || d >= SM2.n - 1n) throw new RangeError('is no secret key of the SM2 curve');
  const publicKey = SM2.Point.BASE.multiply(d).toBytes(false);
  return {
    publicKey,
    sign(message) {
      const digest = sm2Digest(publicKey, message);
      for (;;) {
        const signature = signSm2(d, digest, nonce(secret, digest));
        if (signature !== null) return signature;
      }
    },
  };
}

/** One attempt (GB/T 32918.2-2016 section 6.1) with the nonce k; null when the standard asks for another k. */
export function signSm2(d: bigint, digest: Uint8Array, k: bigint): Uint8Array | null {
  const { Point, n } = SM2;
  const r = (integerOf(digest) + Point.BASE.multiply(k).x) % n;
  if (r === 0n || r + k === n) return null;
  const { Fn } = Point;
  const s = Fn.mul(Fn.inv(1n + d), Fn.create(k - r * d));
  return s === 0n ? null : concatBytes(bytesOfInteger(r), bytesOfInteger(s));
}

/**
 * 1…n-1, of the secret, the digest and fresh random bytes: with a broken random source two digests
 * still never share a nonce, which would give the secret away. 512 bits leave no bias that counts.
 */
function nonce(secret: Uint8Array, digest: Uint8Array): bigint {
  const bits = createHmac('sha512', secret).update(digest).update(randomBytes(32)).digest();
  return 1n + (integerOf(bits) % (SM2.n - 1n));
}
