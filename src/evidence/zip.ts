import type { Inflate } from './primitives.ts';
import { bytesEqual, concatBytes, utf8 } from './encodings.ts';
import {
  CENTRAL_BYTES,
  END_BYTES,
  LOCAL,
  LOCAL_BYTES,
  ZIP_MAX_FILE,
  ZIP_MAX_FILES,
  ZIP_MAX_RATIO,
  ZIP_MAX_UNPACKED,
  centralRecord,
  crc32,
  endRecord,
  header,
} from './zip-format.ts';

/** A file in its frame, not yet unpacked. */
export type ZipEntry = {
  readonly name: string;
  readonly packed: Uint8Array;
  readonly isDeflated: boolean;
  readonly crc: number;
  /** Bytes unpacked, as its header says. */
  readonly length: number;
};

/** `limit`: honest or not, it is too large to be opened; else it is not of this form. */
type RefusedZip = { readonly ok: false; readonly limit: boolean; readonly why: string };

/** Reads a bundle's framing, refusing all that `writeZip` would not have framed so; nothing is unpacked. */
export function indexZip(
  zip: Uint8Array,
): { readonly ok: true; readonly entries: ReadonlyMap<string, ZipEntry> } | RefusedZip {
  const view = new DataView(zip.buffer, zip.byteOffset, zip.length);
  if (zip.length < END_BYTES) return refused(`${zip.length} bytes are no ZIP file`);
  const end = zip.length - END_BYTES;
  const count = view.getUint16(end + 10, true);
  const start = view.getUint32(end + 16, true);
  if (start > end || !same(zip, end, endRecord(count, end - start, start)))
    return refused('the end of the central directory is not in its one form');
  if (count > ZIP_MAX_FILES) return tooLarge(`${count} files, at most ${ZIP_MAX_FILES}`);
  const entries = new Map<string, ZipEntry>();
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
    if (length > ZIP_MAX_FILE) return tooLarge(`${name} unpacks to more than ${ZIP_MAX_FILE} bytes`);
    const packed = zip.subarray(data, data + packedLength);
    entries.set(name, { name, packed, isDeflated: method === 8, crc, length });
    last = name;
    at = data + packedLength;
    central += CENTRAL_BYTES + nameLength;
  }
  if (at !== start || central !== end) return refused('bytes between the entries and the directory');
  return { ok: true, entries };
}

/** What is in the frame, null if it is not what the header says; `inflate` may throw. */
export function unpack({ packed, isDeflated, crc, length }: ZipEntry, inflate: Inflate): Uint8Array | null {
  const bytes = isDeflated ? inflated(packed, length, inflate) : packed;
  return bytes?.length === length && crc32(bytes) === crc ? bytes : null;
}

/** All files at once, for who needs them so. */
export function readZip(
  zip: Uint8Array,
  inflate: Inflate,
): { readonly ok: true; readonly files: ReadonlyMap<string, Uint8Array> } | RefusedZip {
  const index = indexZip(zip);
  if (!index.ok) return index;
  const files = new Map<string, Uint8Array>();
  for (const [name, entry] of index.entries) {
    const bytes = unpack(entry, inflate);
    if (bytes === null) return refused(`${name} does not unpack to what it says`);
    files.set(name, bytes);
  }
  return { ok: true, files };
}

function refused(why: string): RefusedZip {
  return { ok: false, limit: false, why };
}

function tooLarge(why: string): RefusedZip {
  return { ok: false, limit: true, why };
}

function inflated(packed: Uint8Array, length: number, inflate: Inflate): Uint8Array | null {
  try {
    return inflate(packed, length);
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
