/** Bytes as small hexadecimal digits, as they are written in rules and kept in memories. */
export function hexOf(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
