import { createPrivateKey, createPublicKey, sign, type KeyObject } from 'node:crypto';
import type { NoteSigner } from '../evidence/note.ts';

/** Signs checkpoints and journal tails; the key itself may sit in a file or a token. */
export type LogSigner = {
  /** Raw Ed25519 public key, 32 bytes. */
  readonly publicKey: Uint8Array;
  /** Ed25519 (RFC 8032) over the message, 64 bytes. */
  sign(message: Uint8Array): Uint8Array;
};

/** Which keys sign what: they change at a rotation, and with them who signs (evidence section 10). */
export type LogKeys = {
  /** The one log key that signs the tail of this block. */
  tailSigner(no: number): LogSigner;
  /** One per line of the note of this size: between announcement and switch, two keys of each kind. */
  noteSigners(size: number): readonly NoteSigner[];
};

const PKCS8_ED25519 = Buffer.from('302e020100300506032b657004220420', 'hex');

/** A signer from a 32-byte Ed25519 seed. */
export function seedSigner(seed: Uint8Array): LogSigner {
  if (seed.length !== 32) throw new RangeError(`an Ed25519 seed has 32 bytes, not ${seed.length}`);
  const key = createPrivateKey({ key: Buffer.concat([PKCS8_ED25519, seed]), format: 'der', type: 'pkcs8' });
  const publicKey = rawPublicKey(key);
  return { publicKey, sign: (message) => sign(null, message, key) };
}

function rawPublicKey(key: KeyObject): Uint8Array {
  const spki = createPublicKey(key).export({ format: 'der', type: 'spki' });
  return Uint8Array.from(spki.subarray(-32));
}
