/** Bytes as small hexadecimal digits, as EPCs and ids are kept here. */
export function hexOf(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
