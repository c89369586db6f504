/**
 * The ZIP framing of a bundle (evidence section 14): names ascending, each once, entries back to back
 * from byte 0, then the central directory; fixed time, no extra fields, no comment, no ZIP64. There is
 * one way to frame a list of files, so that nothing can hide between them.
 */

export const ZIP_MAX_FILES = 4096;
export const ZIP_MAX_UNPACKED = 256 * 1024 * 1024;
/** Bytes of one file: a reader holds one at a time. */
export const ZIP_MAX_FILE = 64 * 1024 * 1024;
/** An entry unpacks to at most this many times its packed size. */
export const ZIP_MAX_RATIO = 200;

export const LOCAL = 0x04034b50;
const CENTRAL = 0x02014b50;
const END = 0x06054b50;
const VERSION = 20;
/** 1980-01-01 in DOS form. */
const DATE = 0x0021;
export const LOCAL_BYTES = 30;
export const CENTRAL_BYTES = 46;
export const END_BYTES = 22;

/** The 26 bytes that a local header and its central record share. */
export function header(
  method: number,
  crc: number,
  packed: number,
  length: number,
  nameLength: number,
): Uint8Array {
  const bytes = new Uint8Array(26);
  const view = new DataView(bytes.buffer);
  view.setUint16(0, VERSION, true);
  view.setUint16(4, method, true);
  view.setUint16(8, DATE, true);
  view.setUint32(10, crc, true);
  view.setUint32(14, packed, true);
  view.setUint32(18, length, true);
  view.setUint16(22, nameLength, true);
  return bytes;
}

export function centralRecord(head: Uint8Array, offset: number): Uint8Array {
  const bytes = new Uint8Array(CENTRAL_BYTES);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, CENTRAL, true);
  view.setUint16(4, VERSION, true);
  bytes.set(head, 6);
  view.setUint32(42, offset, true);
  return bytes;
}

export function endRecord(count: number, length: number, offset: number): Uint8Array {
  const bytes = new Uint8Array(END_BYTES);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, END, true);
  view.setUint16(8, count, true);
  view.setUint16(10, count, true);
  view.setUint32(12, length, true);
  view.setUint32(16, offset, true);
  return bytes;
}

/** Four tables of 256: what a byte does to the remainder with 0…3 bytes after it. */
const CRC = new Int32Array(4 * 256);
for (let n = 0; n < 256; n++) {
  let c = n;
  for (let k = 0; k < 8; k++) c = c & 1 ? 0xedb88320 ^ (c >>> 1) : c >>> 1;
  CRC[n] = c;
}
for (let n = 256; n < CRC.length; n++) {
  const c = CRC[n - 256] ?? 0;
  CRC[n] = (c >>> 8) ^ (CRC[c & 0xff] ?? 0);
}

/**
 * CRC-32 of ISO 3309, as ZIP uses it; `before` is that of the bytes that went ahead. Four bytes a
 * round: a bundle is gone over byte by byte before any of it is believed.
 */
export function crc32(bytes: Uint8Array, before = 0): number {
  let c = ~before;
  const rounds = bytes.length - (bytes.length % 4);
  for (let i = 0; i < rounds; i += 4) {
    c ^= (bytes[i] ?? 0) | ((bytes[i + 1] ?? 0) << 8);
    c ^= ((bytes[i + 2] ?? 0) << 16) | ((bytes[i + 3] ?? 0) << 24);
    const low = (CRC[768 + (c & 0xff)] ?? 0) ^ (CRC[512 + ((c >>> 8) & 0xff)] ?? 0);
    c = low ^ (CRC[256 + ((c >>> 16) & 0xff)] ?? 0) ^ (CRC[c >>> 24] ?? 0);
  }
  for (let i = rounds; i < bytes.length; i++) c = (CRC[(c ^ (bytes[i] ?? 0)) & 0xff] ?? 0) ^ (c >>> 8);
  return ~c >>> 0;
}
