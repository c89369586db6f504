/**
 * What evidence needs from a cryptographic library and gets as arguments, so that one verifier
 * runs on node:crypto at the command line and on noble in a browser.
 */

/** SHA-256, 32 bytes. */
export type Sha256 = (data: Uint8Array) => Uint8Array;

/**
 * SHA-256 of `data`, written into `out` at `at`; `out` may be where `data` lies. The form for a
 * gateway's hot path, in which an array for every hash costs more than hashing.
 */
export type Sha256Into = (data: Uint8Array, out: Uint8Array, at: number) => void;

/** The form for the hot path: its own where it is given, else one made of the plain form. */
export function intoOf(sha256: Sha256, own?: Sha256Into): Sha256Into {
  return own ?? ((data, out, at) => out.set(sha256(data), at));
}

/** Strict Ed25519 (RFC 8032, S < L): false for any defect, also of length; never throws. */
export type VerifyEd25519 = (publicKey: Uint8Array, message: Uint8Array, signature: Uint8Array) => boolean;

/** Raw deflate, refusing to give more than `limit` bytes; what it gives has memory of its own. */
export type Inflate = (deflated: Uint8Array, limit: number) => Uint8Array;

export type Primitives = {
  readonly sha256: Sha256;
  /** The same hash for the verifier's hot path, where the library has a faster form for it. */
  readonly sha256Into?: Sha256Into;
  readonly verifyEd25519: VerifyEd25519;
  readonly inflate: Inflate;
};
