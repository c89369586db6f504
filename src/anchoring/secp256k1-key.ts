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

/** The address whose key made r‖s‖v over the digest; null for any defect, high s included. */
export function recoverAddress(digest: Uint8Array, signature: Uint8Array): Hex | null {
  const v = signature[64];
  if (signature.length !== 65 || (v !== 27 && v !== 28)) return null;
  try {
    const parsed = secp256k1.Signature.fromBytes(signature.slice(0, 64), 'compact');
    if (parsed.hasHighS()) return null;
    return addressOf(
      parsed
        .addRecoveryBit(v - 27)
        .recoverPublicKey(digest)
        .toBytes(false),
    );
  } catch {
    // The curve library throws for r or s out of range and for an x that is on no point.
    return null;
  }
}
