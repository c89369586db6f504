const DIGITS = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'));

/** Bytes as small hexadecimal digits, as EPCs, ids and digests are written. */
export function hexOf(bytes: Uint8Array): string {
  let digits = '';
  for (let i = 0; i < bytes.length; i++) digits += DIGITS[bytes[i] ?? 0];
  return digits;
}
