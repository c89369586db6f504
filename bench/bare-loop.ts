import { createPublicKey, hash, verify, type KeyObject } from 'node:crypto';
import type { Primitives } from '../src/evidence/primitives.ts';
import { nodePrimitives } from '../src/gateway/site/primitives.ts';

/** All that a verification hands to its primitives, in order. */
export type Cryptography = {
  readonly hashed: readonly Uint8Array[];
  readonly signed: readonly {
    readonly key: KeyObject;
    readonly message: Uint8Array;
    readonly signature: Uint8Array;
  }[];
};

/** Runs `act` with primitives that keep what they were given. */
export function recorded(act: (primitives: Primitives) => void): Cryptography {
  const { sha256, verifyEd25519, inflate } = nodePrimitives;
  const hashed: Uint8Array[] = [];
  const signed: { key: KeyObject; message: Uint8Array; signature: Uint8Array }[] = [];
  act({
    inflate,
    sha256: (data) => {
      hashed.push(data.slice());
      return sha256(data);
    },
    verifyEd25519: (publicKey, message, signature) => {
      const x = Buffer.from(publicKey).toString('base64url');
      const key = createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x }, format: 'jwk' });
      signed.push({ key, message: message.slice(), signature: signature.slice() });
      return verifyEd25519(publicKey, message, signature);
    },
  });
  return { hashed, signed };
}

/**
 * The bare loop: node's one-shot hash over the same bytes, giving what everybody needs of a hash that
 * is put into the next one, its bytes.
 */
export function hashAll({ hashed }: Cryptography): void {
  for (const bytes of hashed) hash('sha256', bytes, 'buffer');
}

/** The same with the digest as a text that nobody reads: the least that node's one-shot can take. */
export function hashAllUnread({ hashed }: Cryptography): void {
  for (const bytes of hashed) hash('sha256', bytes, 'hex');
}

/** The same signatures with keys that are ready. */
export function verifyAll({ signed }: Cryptography): void {
  for (const { key, message, signature } of signed) verify(null, message, key, signature);
}
