import { hash, randomBytes } from 'node:crypto';
import { ConfigError } from '../../domain/errors.ts';
import { bytesEqual, concatBytes, utf8 } from '../../evidence/encodings.ts';
import type { VerifyEd25519 } from '../../evidence/primitives.ts';
import { addressOf, recoverAddress, type Secp256k1Key } from '../secp256k1-key.ts';
import type { LogSigner } from '../signer.ts';
import type { ObjectName, Token } from './token.ts';

/** A log key that never leaves its token, and how long the token takes to sign with it, ms. */
export type TokenLogKey = { readonly key: LogSigner; readonly signMs: number };

/** PKCS #11 v3.0 section 2.3: pure Ed25519 over the message, plain ECDSA over a digest. */
const CKM_EDDSA = 0x1057;
const CKM_ECDSA = 0x1041;

const HALF_ORDER = 0x7fffffffffffffffffffffffffffffff5d576e7357a4501ddfe92f46681b20a0n;
const ORDER = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141n;

/**
 * The log key in a token: Ed25519. It signs a probe before it is taken, so that a key of another
 * curve, or a public key that is not its own, is found at the start.
 * @throws ConfigError at `path` when it is no such key; StorageError IO when the token fails
 */
export function tokenLogKey(
  token: Token,
  name: ObjectName,
  path: readonly string[],
  verify: VerifyEd25519,
): TokenLogKey {
  const { handle, point } = keyOf(token, name, path);
  const publicKey = unwrapped(point, 32);
  if (publicKey === null) throw refusal(path, 'is no Ed25519 key');
  const sign = (message: Uint8Array): Uint8Array => token.sign(handle, CKM_EDDSA, message);
  const isOwn = (message: Uint8Array): boolean => verify(publicKey, message, sign(message));
  return { key: { publicKey, sign }, signMs: probe(path, isOwn) };
}

/**
 * The ledger key in a token: secp256k1. A token signs r ‖ s of either sign of s and says no v: both
 * are put right here, as a contract expects them.
 * @throws as `tokenLogKey`
 */
export function tokenLedgerKey(token: Token, name: ObjectName, path: readonly string[]): Secp256k1Key {
  const { handle, point } = keyOf(token, name, path);
  const publicKey = unwrapped(point, 65);
  if (publicKey === null) throw refusal(path, 'is no secp256k1 key');
  const address = addressOf(publicKey);
  const recoverable = (digest: Uint8Array): Uint8Array | null => {
    const raw = lowS(token.sign(handle, CKM_ECDSA, digest));
    const both = [27, 28].map((v) => concatBytes(raw, Uint8Array.of(v)));
    return both.find((signature) => recoverAddress(digest, signature) === address) ?? null;
  };
  const isOwn = (message: Uint8Array): boolean => recoverable(hash('sha256', message, 'buffer')) !== null;
  probe(path, isOwn);
  const sign = (digest: Uint8Array): Uint8Array => {
    const signature = recoverable(digest);
    if (signature === null) throw refusal(path, NOT_ITS_OWN);
    return signature;
  };
  return { publicKey, address, sign };
}

const NOT_ITS_OWN =
  'signs what does not verify: the public key beside it is another, or it is of another curve';
const PROBES = 5;

/** Signs texts that stand for nothing else, and gives the median time of signing in ms. */
function probe(path: readonly string[], isOwn: (message: Uint8Array) => boolean): number {
  const times = Array.from({ length: PROBES }, () => {
    const message = concatBytes(utf8('bailee/key-probe/v1\0'), randomBytes(32));
    const began = performance.now();
    if (!isOwn(message)) throw refusal(path, NOT_ITS_OWN);
    return performance.now() - began;
  });
  return times.sort((x, y) => x - y)[PROBES >> 1] ?? 0;
}

function keyOf(
  token: Token,
  name: ObjectName,
  path: readonly string[],
): Exclude<ReturnType<Token['key']>, string> {
  const found = token.key(name);
  if (typeof found === 'string') throw refusal(path, `names a key that is not to be had: ${found}`);
  return found;
}

/** CKA_EC_POINT is the point in an OCTET STRING; some tokens give it bare. Null for another length. */
function unwrapped(point: Uint8Array, length: number): Uint8Array | null {
  if (point.length === length) return point;
  const wrapped = bytesEqual(point.subarray(0, 2), Uint8Array.of(0x04, length));
  return wrapped && point.length === length + 2 ? point.slice(2) : null;
}

function lowS(signature: Uint8Array): Uint8Array {
  const s = BigInt(`0x${Buffer.from(signature.subarray(32)).toString('hex')}`);
  if (s <= HALF_ORDER) return signature;
  const low = (ORDER - s).toString(16).padStart(64, '0');
  return concatBytes(signature.subarray(0, 32), Buffer.from(low, 'hex'));
}

function refusal(path: readonly string[], message: string): ConfigError {
  return new ConfigError([{ path, message }]);
}
