import { createPublicKey, hash, verify, type KeyObject } from 'node:crypto';
import { constants, deflateRawSync, inflateRawSync } from 'node:zlib';
import type { Deflate } from '../../evidence/zip-writer.ts';
import type { Primitives } from '../../evidence/primitives.ts';

/** Evidence on node:crypto: SHA-256 in one shot, strict Ed25519 (OpenSSL refuses S ≥ L), raw inflate. */

const SHA256_LENGTH = 32;

/**
 * Taken as text and copied, because a Buffer has its memory outside the heap: making and collecting
 * those took four times as long as hashing, three times a reading (m).
 */
export function sha256(data: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(SHA256_LENGTH);
  sha256Into(data, bytes, 0);
  return bytes;
}

export function sha256Into(data: Uint8Array, out: Uint8Array, at: number): void {
  const digest = hash('sha256', data, 'binary');
  for (let i = 0; i < SHA256_LENGTH; i++) out[at + i] = digest.charCodeAt(i);
}

const SPKI_ED25519 = Buffer.from('302a300506032b6570032100', 'hex');

export function verifyEd25519(publicKey: Uint8Array, message: Uint8Array, signature: Uint8Array): boolean {
  if (publicKey.length !== 32 || signature.length !== 64) return false;
  return verify(null, message, keyOf(publicKey), signature);
}

/** Reading a key takes a third as long as a signature (m), and few keys sign all there is. */
const KEYS = 1024;
const keys = new Map<string, KeyObject>();

function keyOf(publicKey: Uint8Array): KeyObject {
  const bytes = Buffer.from(publicKey);
  const name = bytes.toString('latin1');
  const known = keys.get(name);
  if (known !== undefined) return known;
  const key = createPublicKey({ key: Buffer.concat([SPKI_ED25519, bytes]), format: 'der', type: 'spki' });
  if (keys.size === KEYS) keys.clear();
  keys.set(name, key);
  return key;
}

/**
 * In one piece of the length that was told, so that a file of a bundle is not held twice. Node has no
 * limit of 0; a reader refuses what is longer than said.
 */
function inflate(deflated: Uint8Array, limit: number): Uint8Array {
  const most = Math.max(limit, 1);
  return inflateRawSync(deflated, { maxOutputLength: most, chunkSize: Math.max(64, most + 1) });
}

export const nodePrimitives: Primitives = {
  sha256,
  sha256Into,
  verifyEd25519,
  inflate,
};

export const deflate: Deflate = (bytes, last) =>
  deflateRawSync(bytes, { finishFlush: last ? constants.Z_FINISH : constants.Z_SYNC_FLUSH });
