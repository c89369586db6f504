import { ed25519 } from '@noble/curves/ed25519.js';
import { sha256, sha512 } from '@noble/hashes/sha2.js';
import { bytesEqual, concatBytes, toHex } from '../../evidence/encodings.ts';
import type { Primitives } from '../../evidence/primitives.ts';
import { inflateRaw } from './inflate.ts';

const { Point } = ed25519;
const L = Point.Fn.ORDER;

/**
 * Strict Ed25519 (RFC 8032 section 5.1.7) without the cofactor, as OpenSSL has it: S < L, a key with
 * y < p, and R equal, byte by byte, to [S]B - [k]A. The library's own `verify` multiplies both sides
 * by eight, so that a key or R with a part of small order could be signed for here and not at the
 * command line.
 */
function verifyEd25519(publicKey: Uint8Array, message: Uint8Array, signature: Uint8Array): boolean {
  if (publicKey.length !== 32 || signature.length !== 64) return false;
  const r = signature.subarray(0, 32);
  const s = littleEndian(signature.subarray(32));
  if (s >= L) return false;
  try {
    const key = keyOf(publicKey);
    const k = littleEndian(sha512(concatBytes(r, publicKey, message))) % L;
    return bytesEqual(Point.BASE.multiplyUnsafe(s).subtract(key.multiplyUnsafe(k)).toBytes(), r);
  } catch {
    // The library throws for 32 bytes that are no point of the curve.
    return false;
  }
}

type Key = ReturnType<typeof Point.fromBytes>;
const KEYS = 64;
const keys = new Map<string, { readonly key: Key; uses: number }>();
/** From here on the multiples of a key pay that are made once: a signature then takes half as long (m). */
const OFTEN = 20;

/** Few keys sign all there is. @throws Error for 32 bytes that are no point of the curve */
function keyOf(publicKey: Uint8Array): Key {
  const name = toHex(publicKey);
  const known = keys.get(name) ?? { key: Point.fromBytes(publicKey, false), uses: 0 };
  if (keys.size === KEYS) keys.clear();
  keys.set(name, known);
  known.uses += 1;
  if (known.uses === OFTEN) known.key.precompute(8);
  return known.key;
}

function littleEndian(bytes: Uint8Array): bigint {
  let n = 0n;
  for (const byte of bytes.toReversed()) n = (n << 8n) | BigInt(byte);
  return n;
}

const fresh = sha256.create();
const used = sha256.create();

/** With the same two states for every hash: new ones take as long again as hashing (m). */
function sha256Into(data: Uint8Array, out: Uint8Array, at: number): void {
  fresh._cloneInto(used);
  used.update(data).digestInto(out.subarray(at, at + 32));
}

/** What evidence is handed in a browser. */
export const browserPrimitives = {
  sha256,
  sha256Into,
  verifyEd25519,
  inflate: inflateRaw,
} satisfies Primitives;
