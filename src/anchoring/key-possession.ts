import { hash } from 'node:crypto';
import { concatBytes, utf8 } from '../evidence/encodings.ts';
import { bytesOfHex } from './hex.ts';
import type { Hex, Hex32 } from './port.ts';

/** The key pair that is enrolled or proposed, and where. */
export type KeyClaim = {
  readonly chainId: number;
  readonly contract: Hex;
  readonly logId: Hex32;
  /** 0 when enrolled, else one more than the log's proposals so far. */
  readonly proposalNo: number;
  /** Address of the secp256k1 key. */
  readonly ledgerKey: Hex;
  /** Ed25519, 32 bytes. */
  readonly logKey: Uint8Array;
};

/**
 * What a ledger key signs to prove possession: SHA-256(abi.encode(SHA-256("bailee/key/v1"), chainId,
 * contract, logId, proposalNo, ledgerKey, logKey)). It counts on one chain, contract and proposal only.
 */
export function keyHash(claim: KeyClaim): Uint8Array {
  return sha256(
    concatBytes(
      sha256(utf8('bailee/key/v1')),
      word(bytesOfNumber(claim.chainId)),
      word(bytesOfHex(claim.contract)),
      word(bytesOfHex(claim.logId)),
      word(bytesOfNumber(claim.proposalNo)),
      word(bytesOfHex(claim.ledgerKey)),
      word(claim.logKey),
    ),
  );
}

export function sha256(data: Uint8Array): Uint8Array {
  return Uint8Array.from(hash('sha256', data, 'buffer'));
}

function bytesOfNumber(n: number): Uint8Array {
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(n));
  return bytes;
}

/** Left-padded to the 32 bytes of an ABI word. */
function word(bytes: Uint8Array): Uint8Array {
  const padded = new Uint8Array(32);
  padded.set(bytes, 32 - bytes.length);
  return padded;
}
