/**
 * The ZIP framing of a bundle (evidence section 14): names ascending, each once, entries back to back
 * from byte 0, then the central directory; fixed time, no extra fields, no comment, no ZIP64. There is
 * one way to frame a list of files, so that nothing can hide between them.
 */
import type { Inflate } from './primitives.ts';
import { bytesEqual, concatBytes, utf8 } from './encodings.ts';

export type ZipFile = { readonly name: string; readonly bytes: Uint8Array };
/** Raw deflate (RFC 1951). */
export type Deflate = (bytes: Uint8Array) => Uint8Array;

export type ReadZip =
  | { readonly ok: true; readonly files: ReadonlyMap<string, Uint8Array> }
  /** `limit`: honest or not, it is too large to be opened; else it is not of this form. */
  | { readonly ok: false; readonly limit: boolean; readonly why: string };

const ZIP_MAX_FILES = 4096;
const ZIP_MAX_UNPACKED = 256 * 1024 * 1024;
/** An entry unpacks to at most this many times its packed size. */
const ZIP_MAX_RATIO = 200;

const LOCAL = 0x04034b50;
const CENTRAL = 0x02014b50;
const END = 0x06054b50;
const VERSION = 20;
/** 1980-01-01 in DOS form. */
const DATE = 0x0021;
const LOCAL_BYTES = 30;
const CENTRAL_BYTES = 46;
const END_BYTES = 22;

/** @throws RangeError for more or larger files than a reader opens */
export function writeZip(files: readonly ZipFile[], deflate: Deflate): Uint8Array {
  if (files.length > ZIP_MAX_FILES) throw new RangeError(`${files.length} files, at most ${ZIP_MAX_FILES}`);
  const unpacked = files.reduce((sum, f) => sum + f.bytes.length, 0);
  if (unpacked > ZIP_MAX_UNPACKED) throw new RangeError(`${unpacked} bytes, at most ${ZIP_MAX_UNPACKED}`);
  const sorted = files.toSorted((a, b) => (a.name < b.name ? -1 : 1));
  const entries: Uint8Array[] = [];
  const directory: Uint8Array[] = [];
  let offset = 0;
  for (const { name, bytes } of sorted) {
    const deflated = deflate(bytes);
    // What deflates beyond the ratio a reader allows is stored as it is.
    const useful = deflated.length < bytes.length && bytes.length <= ZIP_MAX_RATIO * deflated.length;
    const packed = useful ? deflated : bytes;
    const head = header(useful ? 8 : 0, crc32(bytes), packed.length, bytes.length, name.length);
    entries.push(u32le(LOCAL), head, utf8(name), packed);
    directory.push(centralRecord(head, offset), utf8(name));
    offset += LOCAL_BYTES + name.length + packed.length;
  }
  const central = concatBytes(...directory);
  return concatBytes(...entries, central, endRecord(sorted.length, central.length, offset));
}

/** Opens it, refusing all that `writeZip` would not have framed so; `inflate` may throw. */
export function readZip(zip: Uint8Array, inflate: Inflate): ReadZip {
  const view = new DataView(zip.buffer, zip.byteOffset, zip.length);
  if (zip.length < END_BYTES) return refused(`${zip.length} bytes are no ZIP file`);
  const end = zip.length - END_BYTES;
  const count = view.getUint16(end + 10, true);
  const start = view.getUint32(end + 16, true);
  if (start > end || !same(zip, end, endRecord(count, end - start, start)))
    return refused('the end of the central directory is not in its one form');
  if (count > ZIP_MAX_FILES) return tooLarge(`${count} files, at most ${ZIP_MAX_FILES}`);
  const files = new Map<string, Uint8Array>();
  let at = 0;
  let central = start;
  let total = 0;
  let last = '';
  for (let i = 0; i < count; i++) {
    if (at + LOCAL_BYTES > start || view.getUint32(at, true) !== LOCAL)
      return refused(`no entry at byte ${at}`);
    const head = zip.subarray(at + 4, at + LOCAL_BYTES);
    const method = view.getUint16(at + 8, true);
    const crc = view.getUint32(at + 14, true);
    const packedLength = view.getUint32(at + 18, true);
    const length = view.getUint32(at + 22, true);
    const nameLength = view.getUint16(at + 26, true);
    const data = at + LOCAL_BYTES + nameLength;
    const name = asciiName(zip.subarray(at + LOCAL_BYTES, data));
    if (name === null || data + packedLength > start) return refused(`entry at byte ${at} does not fit`);
    if (
      !bytesEqual(head, header(method, crc, packedLength, length, nameLength)) ||
      (method !== 0 && method !== 8)
    )
      return refused(`header of ${name} is not in its one form`);
    if (name <= last) return refused(`${name} stands after ${last}`);
    if (!same(zip, central, concatBytes(centralRecord(head, at), utf8(name))))
      return refused(`central directory differs from ${name}`);
    total += length;
    if (total > ZIP_MAX_UNPACKED) return tooLarge(`more than ${ZIP_MAX_UNPACKED} bytes unpacked`);
    if (length > ZIP_MAX_RATIO * packedLength)
      return tooLarge(`${name} unpacks beyond ratio ${ZIP_MAX_RATIO}`);
    const bytes = unpack(zip.subarray(data, data + packedLength), method, length, inflate);
    if (bytes === null || crc32(bytes) !== crc) return refused(`${name} does not unpack to what it says`);
    files.set(name, bytes);
    last = name;
    at = data + packedLength;
    central += CENTRAL_BYTES + nameLength;
  }
  if (at !== start || central !== end) return refused('bytes between the entries and the directory');
  return { ok: true, files };
}

function refused(why: string): ReadZip {
  return { ok: false, limit: false, why };
}

function tooLarge(why: string): ReadZip {
  return { ok: false, limit: true, why };
}

function unpack(packed: Uint8Array, method: number, length: number, inflate: Inflate): Uint8Array | null {
  if (method === 0) return packed.length === length ? packed.slice() : null;
  try {
    const bytes = inflate(packed, length);
    return bytes.length === length ? bytes : null;
  } catch {
    // Every inflater throws its own kind of error for bytes that are no deflate stream.
    return null;
  }
}

function asciiName(bytes: Uint8Array): string | null {
  const name = String.fromCharCode(...bytes.subarray(0, 256));
  return bytes.length <= 255 && /^[\x21-\x7e]+$/.test(name) ? name : null;
}

/** The 26 bytes that a local header and its central record share. */
function header(method: number, crc: number, packed: number, length: number, nameLength: number): Uint8Array {
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

function centralRecord(head: Uint8Array, offset: number): Uint8Array {
  const bytes = new Uint8Array(CENTRAL_BYTES);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, CENTRAL, true);
  view.setUint16(4, VERSION, true);
  bytes.set(head, 6);
  view.setUint32(42, offset, true);
  return bytes;
}

function endRecord(count: number, length: number, offset: number): Uint8Array {
  const bytes = new Uint8Array(END_BYTES);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, END, true);
  view.setUint16(8, count, true);
  view.setUint16(10, count, true);
  view.setUint32(12, length, true);
  view.setUint32(16, offset, true);
  return bytes;
}

function u32le(n: number): Uint8Array {
  return Uint8Array.of(n & 0xff, (n >>> 8) & 0xff, (n >>> 16) & 0xff, n >>> 24);
}

function same(zip: Uint8Array, at: number, expected: Uint8Array): boolean {
  return bytesEqual(zip.subarray(at, at + expected.length), expected);
}

const CRC_TABLE = Uint32Array.from({ length: 256 }, (_, n) => {
  let c = n;
  for (let k = 0; k < 8; k++) c = c & 1 ? 0xedb88320 ^ (c >>> 1) : c >>> 1;
  return c >>> 0;
});

/** CRC-32 of ISO 3309, as ZIP uses it. */
function crc32(bytes: Uint8Array): number {
  let c = 0xffffffff;
  for (let i = 0; i < bytes.length; i++) c = (CRC_TABLE[(c ^ (bytes[i] ?? 0)) & 0xff] ?? 0) ^ (c >>> 8);
  return (c ^ 0xffffffff) >>> 0;
}
