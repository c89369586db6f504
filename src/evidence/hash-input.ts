import { utf8 } from './encodings.ts';

/** Numbers and domain strings as they are hashed; integers are big-endian. */

/** Four bytes of an integer 0…2^32-1. */
export function u32(n: number): Uint8Array {
  const out = new Uint8Array(4);
  new DataView(out.buffer).setUint32(0, n);
  return out;
}

/** Eight bytes of an integer 0…2^53-1. */
export function u64(n: number): Uint8Array {
  const out = new Uint8Array(8);
  const view = new DataView(out.buffer);
  view.setUint32(0, Math.floor(n / 2 ** 32));
  view.setUint32(4, n >>> 0);
  return out;
}

/** `D(x)` = ASCII x ‖ 00, so that no signature or hash made for one purpose serves another. */
export function domainTag(name: `bailee/${string}/v1`): Uint8Array {
  return utf8(`${name}\0`);
}
