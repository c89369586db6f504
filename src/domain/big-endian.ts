/** Unsigned integers as they are hashed and packed: big-endian. */

/** Writes the four bytes of an integer 0…2^32-1 at `at`. */
export function putU32(out: Uint8Array, at: number, n: number): void {
  out[at] = n >>> 24;
  out[at + 1] = n >>> 16;
  out[at + 2] = n >>> 8;
  out[at + 3] = n;
}

/** Writes the eight bytes of an integer 0…2^53-1 at `at`. */
export function putU64(out: Uint8Array, at: number, n: number): void {
  putU32(out, at, Math.floor(n / 2 ** 32));
  putU32(out, at + 4, n >>> 0);
}
