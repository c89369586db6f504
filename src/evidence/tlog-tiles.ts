import { concatBytes } from './encodings.ts';

/**
 * Paths and contents of a C2SP tlog-tiles v1.0.0 log: tiles of 256 hashes in which level L holds the roots
 * of subtrees of 256^L entries, and bundles of 256 entries.
 */

/** Hashes or entries of a full tile, and the height of the tree in it. */
export const TILE_WIDTH = 256;
const TILE_HEIGHT = 8;
/** Most bytes of one entry: its length stands before it in 16 bits. */
export const MOST_ENTRY_BYTES = 65_535;

/** `width` is 256 for a full tile, 1 to 255 for a partial one. */
export type TilePath =
  | { readonly kind: 'hashes'; readonly level: number; readonly index: number; readonly width: number }
  | { readonly kind: 'entries'; readonly index: number; readonly width: number };

/** What stands behind `tile/`: `<L>/<N>[.p/<W>]` or `entries/<N>[.p/<W>]`; null for another path. */
export function parseTilePath(path: string): TilePath | null {
  const parts = /^(\d{1,2}|entries)\/((?:x\d{3}\/){0,5}\d{3})(?:\.p\/([1-9]\d{0,2}))?$/.exec(path);
  if (parts === null) return null;
  const [, kind = '', encoded = '', partial] = parts;
  const index = indexOf(encoded);
  const width = partial === undefined ? TILE_WIDTH : Number(partial);
  if (index === null || (partial !== undefined && width >= TILE_WIDTH)) return null;
  if (kind === 'entries') return { kind, index, width };
  const level = Number(kind);
  return String(level) === kind && level <= 63 ? { kind: 'hashes', level, index, width } : null;
}

/** The path of a tile, without `tile/`. */
export function tilePath(tile: TilePath): string {
  const kind = tile.kind === 'entries' ? 'entries' : String(tile.level);
  const partial = tile.width === TILE_WIDTH ? '' : `.p/${tile.width}`;
  return `${kind}/${encodedIndex(tile.index)}${partial}`;
}

/** Level of the log's binary tree whose nodes a tile of this level holds. */
export function nodeLevel(level: number): number {
  return level * TILE_HEIGHT;
}

/** Of a log of this size, how many hashes or entries the tile at `index` has; 0 for none. */
export function tileWidth(size: number, level: number, index: number): number {
  const nodes = Math.floor(size / TILE_WIDTH ** level);
  return Math.max(0, Math.min(TILE_WIDTH, nodes - index * TILE_WIDTH));
}

/** Entries with their lengths before them. @throws RangeError for one that 16 bits cannot tell the length of */
export function entryBundle(entries: readonly Uint8Array[]): Uint8Array {
  const parts = entries.flatMap((entry) => {
    if (entry.length > MOST_ENTRY_BYTES)
      throw new RangeError(`an entry of ${entry.length} bytes, at most ${MOST_ENTRY_BYTES}`);
    return [Uint8Array.of(entry.length >>> 8, entry.length & 0xff), entry];
  });
  return concatBytes(...parts);
}

/** Groups of three digits, all but the last with an x; no group of zeros at the front. */
function encodedIndex(index: number): string {
  const digits = String(index);
  const whole = digits.padStart(3 * Math.ceil(digits.length / 3), '0');
  const groups = whole.match(/\d{3}/g) ?? [];
  return groups.map((group, i) => (i < groups.length - 1 ? `x${group}` : group)).join('/');
}

function indexOf(encoded: string): number | null {
  const index = Number(encoded.replaceAll(/[x/]/g, ''));
  return Number.isSafeInteger(index) && encodedIndex(index) === encoded ? index : null;
}
