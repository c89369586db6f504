import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';

/** AES-CBC with a zero IV, as DC-09 has it: what hides the message is the random padding in front. */

const BLOCK = 16;
const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdef';

/** A key of 16, 24 or 32 bytes from its hex digits; null when it is none. */
export function keyOf(text: string): Uint8Array | null {
  const digits = text.replaceAll(/\s/g, '');
  return /^(?:[0-9A-Fa-f]{32}|[0-9A-Fa-f]{48}|[0-9A-Fa-f]{64})$/.test(digits)
    ? Buffer.from(digits, 'hex')
    : null;
}

/** The hex digits of `pad|content`, with 1 to 16 letters of padding to whole blocks. */
export function encrypt(content: string, key: Uint8Array): string {
  const bytes = Buffer.from(content, 'latin1');
  const length = BLOCK - ((bytes.length + 1) % BLOCK);
  const pad = [...randomBytes(length)].map((byte) => LETTERS[byte & 31]).join('');
  const plain = Buffer.concat([Buffer.from(`${pad}|`), bytes]);
  const cipher = createCipheriv(`aes-${key.length * 8}-cbc`, key, new Uint8Array(BLOCK));
  cipher.setAutoPadding(false);
  return Buffer.concat([cipher.update(plain), cipher.final()])
    .toString('hex')
    .toUpperCase();
}

/** The content behind the padding; null when the digits are none or hold no padding: another key. */
export function decrypt(digits: string, key: Uint8Array): string | null {
  if (!/^(?:[0-9A-Fa-f]{32})+$/.test(digits)) return null;
  const cipher = createDecipheriv(`aes-${key.length * 8}-cbc`, key, new Uint8Array(BLOCK));
  cipher.setAutoPadding(false);
  const plain = Buffer.concat([cipher.update(Buffer.from(digits, 'hex')), cipher.final()]).toString('latin1');
  const bar = plain.indexOf('|');
  return bar === -1 ? null : plain.slice(bar + 1);
}
