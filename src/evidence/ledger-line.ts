import { secp256k1 } from '@noble/curves/secp256k1.js';
import { bytesEqual } from './encodings.ts';

/**
 * The ledger line of a checkpoint (evidence section 4.5): 65 bytes r ‖ s ‖ v over H(text), low s,
 * v = 27 or 28, so that a contract recovers the same key from the same text. False for any defect.
 *
 * @param publicKey 65 bytes, uncompressed
 * @param digest SHA-256 of the checkpoint text
 */
export function verifyLedgerSignature(
  publicKey: Uint8Array,
  digest: Uint8Array,
  signature: Uint8Array,
): boolean {
  const v = signature[64];
  if (signature.length !== 65 || (v !== 27 && v !== 28)) return false;
  try {
    const parsed = secp256k1.Signature.fromBytes(signature.slice(0, 64), 'compact');
    if (parsed.hasHighS()) return false;
    const recovered = parsed.addRecoveryBit(v - 27).recoverPublicKey(digest);
    return bytesEqual(recovered.toBytes(false), publicKey);
  } catch {
    // The curve library throws for r or s out of range and for an x that is on no point.
    return false;
  }
}
