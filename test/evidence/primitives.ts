import { createHash, createPrivateKey, createPublicKey, sign, verify } from 'node:crypto';
import { constants, deflateRawSync, inflateRawSync } from 'node:zlib';
import type { Primitives } from '../../src/evidence/primitives.ts';

/** What evidence is handed at the command line: node:crypto and node:zlib. */
export const nodePrimitives: Primitives = {
  sha256: (data) => new Uint8Array(createHash('sha256').update(data).digest()),
  verifyEd25519(publicKey, message, signature) {
    if (publicKey.length !== 32 || signature.length !== 64) return false;
    try {
      return verify(null, message, publicKeyOf(publicKey), signature);
    } catch {
      // node:crypto throws for bytes that are no point of the curve.
      return false;
    }
  },
  inflate: (deflated, limit) =>
    new Uint8Array(inflateRawSync(deflated, { maxOutputLength: Math.max(limit, 1) })),
};

export function deflate(bytes: Uint8Array, last: boolean): Uint8Array {
  const finishFlush = last ? constants.Z_FINISH : constants.Z_SYNC_FLUSH;
  return new Uint8Array(deflateRawSync(bytes, { level: 6, finishFlush }));
}

function publicKeyOf(publicKey: Uint8Array) {
  const x = Buffer.from(publicKey).toString('base64url');
  return createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x }, format: 'jwk' });
}

export type Ed25519Pair = {
  readonly publicKey: Uint8Array;
  readonly sign: (message: Uint8Array) => Uint8Array;
};

/** An Ed25519 key from its 32-byte seed (RFC 8032). */
export function ed25519FromSeed(seed: Uint8Array): Ed25519Pair {
  const prefix = Buffer.from('302e020100300506032b657004220420', 'hex');
  const key = createPrivateKey({ key: Buffer.concat([prefix, seed]), format: 'der', type: 'pkcs8' });
  const jwk = createPublicKey(key).export({ format: 'jwk' });
  return {
    publicKey: new Uint8Array(Buffer.from(jwk.x ?? '', 'base64url')),
    sign: (message) => new Uint8Array(sign(null, message, key)),
  };
}
