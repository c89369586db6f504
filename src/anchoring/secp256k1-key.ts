import { secp256k1 } from '@noble/curves/secp256k1.js';
import { keccak_256 } from '@noble/hashes/sha3.js';
import { hexOf } from './hex.ts';
import type { Hex } from './port.ts';

/** A secp256k1 key: the ledger key that signs checkpoints for a contract, or an account of a chain. */
export type Secp256k1Key = {
  /** 65 bytes, uncompressed. */
  readonly publicKey: Uint8Array;
  /** How chains of the EVM name the key: 20 bytes, lower case. */
  readonly address: Hex;
  /** Signature over a 32-byte digest: r‖s‖v, 65 bytes, low s, v = 27 or 28 (RFC 6979, deterministic). */
  sign(digest: Uint8Array): Uint8Array;
};

/** @throws RangeError or Error when the 32 bytes are no secret key (0 or above the curve's order) */
export function secp256k1Key(secret: Uint8Array): Secp256k1Key {
  if (secret.length !== 32) throw new RangeError(`a secp256k1 secret has 32 bytes, not ${secret.length}`);
  const publicKey = secp256k1.getPublicKey(secret, false);
  return {
    publicKey,
    address: addressOf(publicKey),
    sign(digest) {
      const made = secp256k1.sign(digest, secret, { prehash: false, lowS: true, format: 'recovered' });
      const signature = new Uint8Array(65);
      signature.set(made.subarray(1));
      signature[64] = 27 + (made[0] ?? 0);
      return signature;
    },
  };
}

/** Address of an uncompressed public key, 65 bytes. */
export function addressOf(publicKey: Uint8Array): Hex {
  return hexOf(keccak_256(publicKey.subarray(1)).subarray(-20));
}
