import { concatBytes, utf8 } from '../../src/evidence/encodings.ts';
import {
  LOCAL,
  LOCAL_BYTES,
  centralRecord,
  crc32,
  endRecord,
  header,
} from '../../src/evidence/zip-format.ts';
import type { Files } from './bundle-mutations.ts';

/** Files stored in the one framing of a bundle, so that what is wrong within reaches what reads it. */
export function frame(files: Files): Uint8Array {
  const entries: Uint8Array[] = [];
  const directory: Uint8Array[] = [];
  let at = 0;
  for (const [name, bytes] of [...files].sort(([a], [b]) => (a < b ? -1 : 1))) {
    const head = header(0, crc32(bytes), bytes.length, bytes.length, name.length);
    entries.push(u32le(LOCAL), head, utf8(name), bytes);
    directory.push(centralRecord(head, at), utf8(name));
    at += LOCAL_BYTES + name.length + bytes.length;
  }
  const central = concatBytes(...directory);
  return concatBytes(...entries, central, endRecord(files.size, central.length, at));
}

function u32le(n: number): Uint8Array {
  return Uint8Array.of(n & 0xff, (n >>> 8) & 0xff, (n >>> 16) & 0xff, n >>> 24);
}
