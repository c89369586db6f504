import { weierstrass, type WeierstrassOpts } from '@noble/curves/abstract/weierstrass.js';
import { concatBytes, toHex, utf8 } from './encodings.ts';
import { sm3 } from './sm3.ts';

/** The recommended curve of GB/T 32918.5-2017. */
const CURVE: WeierstrassOpts<bigint> = {
  p: 0xfffffffeffffffffffffffffffffffffffffffff00000000ffffffffffffffffn,
  n: 0xfffffffeffffffffffffffffffffffff7203df6b21c6052b53bbf40939d54123n,
  h: 1n,
  a: 0xfffffffeffffffffffffffffffffffffffffffff00000000fffffffffffffffcn,
  b: 0x28e9fa9e9d9f5e344d5a9e4bcf6509a7f39789f515ab8f92ddbcbd414d940e93n,
  Gx: 0x32c4ae2c1f1981195f9904466a39c9948fe30bbff2660be1715a4589334c74c7n,
  Gy: 0xbc3736a2f4f6779c59bdcee36b692153d0a9877cc62a474002df32e52139f0a0n,
};

/** Points of the curve, and its order. */
export const SM2 = { Point: weierstrass(CURVE), n: CURVE.n } as const;

/** The signer id that is agreed on where nothing else is (GM/T 0009-2012 section 10). */
const DEFAULT_ID = '1234567812345678';

export function bytesOfInteger(n: bigint): Uint8Array {
  return SM2.Point.Fp.toBytes(n);
}

export function integerOf(bytes: Uint8Array): bigint {
  return BigInt(`0x${toHex(bytes)}`);
}

type Sm2Point = InstanceType<typeof SM2.Point>;

/** Whether these are the 65 bytes 04 ‖ x ‖ y of a point of the curve. */
export function isSm2Key(publicKey: Uint8Array): boolean {
  return pointOf(publicKey) !== null;
}

function pointOf(publicKey: Uint8Array): Sm2Point | null {
  if (publicKey.length !== 65 || publicKey[0] !== 4) return null;
  try {
    return SM2.Point.fromBytes(publicKey);
  } catch {
    // The curve library throws for x and y that are on no point.
    return null;
  }
}

/** Points with their tables: a bundle has up to a thousand heads under one key, each then 3 times as fast (m). */
const known = new WeakMap<Uint8Array, Sm2Point>();
const WINDOW_BITS = 4;

function knownPoint(publicKey: Uint8Array): Sm2Point | null {
  const point = known.get(publicKey) ?? pointOf(publicKey)?.precompute(WINDOW_BITS, false) ?? null;
  if (point !== null) known.set(publicKey, point);
  return point;
}

/**
 * What an SM2 signature speaks of: e = SM3(Z_A ‖ message), where Z_A binds signer id, curve and key
 * (GB/T 32918.2-2016 section 5.5). Plain ECDSA on this curve, over SM3 of the message alone, is no
 * SM2 signature, though libraries make it when asked for one.
 *
 * @param publicKey 65 bytes, uncompressed
 * @param signerId ASCII, at most 8,191 bytes
 */
export function sm2Digest(publicKey: Uint8Array, message: Uint8Array, signerId = DEFAULT_ID): Uint8Array {
  const id = utf8(signerId);
  const bits = id.length * 8;
  const curve = [CURVE.a, CURVE.b, CURVE.Gx, CURVE.Gy].map(bytesOfInteger);
  const z = sm3(concatBytes(Uint8Array.of(bits >> 8, bits & 0xff), id, ...curve, publicKey.subarray(1)));
  return sm3(concatBytes(z, message));
}

/**
 * SM2 signature (GB/T 32918.2-2016 section 7) in 64 bytes r ‖ s over a digest; false for any defect.
 *
 * @param publicKey 65 bytes, uncompressed, in an array that never changes
 * @param digest of `sm2Digest`
 */
export function verifySm2(publicKey: Uint8Array, digest: Uint8Array, signature: Uint8Array): boolean {
  const key = knownPoint(publicKey);
  if (key === null || signature.length !== 64) return false;
  const { Point, n } = SM2;
  const r = integerOf(signature.subarray(0, 32));
  const s = integerOf(signature.subarray(32));
  if (r === 0n || r >= n || s === 0n || s >= n) return false;
  const t = (r + s) % n;
  if (t === 0n) return false;
  const sum = Point.BASE.multiplyUnsafe(s).add(key.multiplyUnsafe(t));
  return !sum.is0() && (integerOf(digest) + sum.x) % n === r;
}
