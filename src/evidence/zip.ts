import type { Inflate } from './primitives.ts';
import { bytesEqual, concatBytes, utf8 } from './encodings.ts';
import {
  CENTRAL_BYTES,
  END_BYTES,
  LOCAL,
  LOCAL_BYTES,
  ZIP_MAX_FILES,
  ZIP_MAX_RATIO,
  ZIP_MAX_UNPACKED,
  centralRecord,
  crc32,
  endRecord,
  header,
} from './zip-format.ts';

export type ReadZip =
  | { readonly ok: true; readonly files: ReadonlyMap<string, Uint8Array> }
  /** `limit`: honest or not, it is too large to be opened; else it is not of this form. */
  | { readonly ok: false; readonly limit: boolean; readonly why: string };

/** Opens a bundle's framing, refusing all that `writeZip` would not have framed so; `inflate` may throw. */
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

function same(zip: Uint8Array, at: number, expected: Uint8Array): boolean {
  return bytesEqual(zip.subarray(at, at + expected.length), expected);
}
