import { createPublicKey, hash, verify } from 'node:crypto';
import { inflateRawSync } from 'node:zlib';
import type { Primitives } from '../evidence/primitives.ts';

/** Evidence on node:crypto: SHA-256 in one shot, strict Ed25519 (OpenSSL refuses S ≥ L), raw inflate. */

export function sha256(data: Uint8Array): Uint8Array {
  return hash('sha256', data, 'buffer');
}

const SPKI_ED25519 = Buffer.from('302a300506032b6570032100', 'hex');

export function verifyEd25519(publicKey: Uint8Array, message: Uint8Array, signature: Uint8Array): boolean {
  if (publicKey.length !== 32 || signature.length !== 64) return false;
  const key = createPublicKey({ key: Buffer.concat([SPKI_ED25519, publicKey]), format: 'der', type: 'spki' });
  return verify(null, message, key, signature);
}

export const nodePrimitives: Primitives = {
  sha256,
  verifyEd25519,
  inflate: (deflated, limit) => inflateRawSync(deflated, { maxOutputLength: limit }),
};
