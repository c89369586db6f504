/** Texts of bytes, each in one spelling only: what does not encode back to itself is refused. */

const ENCODER = new TextEncoder();
const DECODER = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

export function utf8(text: string): Uint8Array {
  return ENCODER.encode(text);
}

/** The text of well-formed UTF-8, null for anything else. */
export function fromUtf8(bytes: Uint8Array): string | null {
  try {
    return DECODER.decode(bytes);
  } catch (error) {
    if (error instanceof TypeError) return null;
    throw error;
  }
}

const HEX = Array.from({ length: 256 }, (_, i) => i.toString(16).padStart(2, '0'));

export function toHex(bytes: Uint8Array): string {
  let text = '';
  for (const byte of bytes) text += HEX[byte] ?? '';
  return text;
}

/** Bytes of lower-case hex, null for anything else. */
export function fromHex(text: string): Uint8Array | null {
  if (text.length % 2 !== 0 || !/^[0-9a-f]*$/.test(text)) return null;
  return Uint8Array.from({ length: text.length / 2 }, (_, i) =>
    Number.parseInt(text.slice(2 * i, 2 * i + 2), 16),
  );
}

export function toBase64(bytes: Uint8Array): string {
  let text = '';
  for (const byte of bytes) text += String.fromCharCode(byte);
  return btoa(text);
}

/** Bytes of standard padded base64 (RFC 4648 section 4) with zero pad bits, null for anything else. */
export function fromBase64(text: string): Uint8Array | null {
  if (text.length % 4 !== 0) return null;
  const pad = text.endsWith('==') ? 2 : text.endsWith('=') ? 1 : 0;
  const bytes = new Uint8Array((text.length / 4) * 3 - pad);
  let held = 0;
  let at = 0;
  for (let i = 0; i < text.length - pad; i++) {
    const sextet = SEXTETS[text.charCodeAt(i)] ?? NO_SEXTET;
    if (sextet === NO_SEXTET) return null;
    held = ((held << 6) | sextet) & 0xffffff;
    // Of four signs the first begins a byte, each later one ends one.
    if (i % 4 > 0) bytes[at++] = held >> (6 - 2 * (i % 4));
  }
  return (held & ((1 << (2 * pad)) - 1)) === 0 ? bytes : null;
}

const NO_SEXTET = 64;
/** By code, what a sign of base64 stands for. */
const SEXTETS = new Uint8Array(128).fill(NO_SEXTET);
const SIGNS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
for (let value = 0; value < SIGNS.length; value++) SEXTETS[SIGNS.charCodeAt(value)] = value;

/** Whether both hold the same bytes. Not constant in time: nothing compared here is secret. */
export function bytesEqual(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}

/** `‖` of the design page. */
export function concatBytes(...parts: readonly Uint8Array[]): Uint8Array {
  let length = 0;
  for (const part of parts) length += part.length;
  const all = new Uint8Array(length);
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}
