import { fromHex, toHex } from '../evidence/encodings.ts';
import type { Hex } from './port.ts';

/** Bytes as chains write them: 0x and lower-case hex. */
export function hexOf(bytes: Uint8Array): Hex {
  return `0x${toHex(bytes)}`;
}

/** @throws RangeError for anything but 0x and whole bytes of hex */
export function bytesOfHex(hex: string): Uint8Array {
  const bytes = hex.startsWith('0x') ? fromHex(hex.slice(2).toLowerCase()) : null;
  if (bytes === null) throw new RangeError(`not hex: ${hex.slice(0, 80)}`);
  return bytes;
}
