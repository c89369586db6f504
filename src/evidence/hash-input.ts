import { putU64 } from '../domain/big-endian.ts';
import { utf8 } from './encodings.ts';

/** Numbers and domain strings as they are hashed; integers are big-endian. */

/** Eight bytes of an integer 0…2^53-1. */
export function u64(n: number): Uint8Array {
  const out = new Uint8Array(8);
  putU64(out, 0, n);
  return out;
}

/** `D(x)` = ASCII x ‖ 00, so that no signature or hash made for one purpose serves another. */
export function domainTag(name: `bailee/${string}/v1`): Uint8Array {
  return utf8(`${name}\0`);
}
