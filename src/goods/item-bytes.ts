import type { Value } from '../domain/record.ts';
import { hexOf } from '../domain/hex.ts';
import type { Item } from './item.ts';

/** Rows whose EPCs and TIDs stand in one piece, which is made anew only when one of them changes. */
export const PIECE = 1024;

/** Bytes of an instant, 48 bits plus 1, so that never (-1) is 0. */
const INSTANT = 6;

/** EPCs and TIDs of some rows: each with its length in bytes before it. */
export function pieceOf(epcs: readonly string[], tids: readonly string[]): Uint8Array {
  const digits = [...epcs, ...tids].reduce((n, hex) => n + hex.length, 0);
  const bytes = new Uint8Array(2 * epcs.length + (digits >> 1));
  let at = 0;
  for (const [row, epc] of epcs.entries()) {
    for (const hex of [epc, tids[row] ?? '']) {
      bytes[at++] = hex.length >> 1;
      for (let i = 0; i < hex.length; i += 2) bytes[at++] = Number.parseInt(hex.slice(i, i + 2), 16);
    }
  }
  return bytes;
}

/**
 * [words*, bytes] of a column of numbers of words. Words are told in the order in which rows first have
 * them, so that the form follows from the rows alone.
 */
export function encodeWords(column: Uint32Array, size: number, word: (number: number) => string): Value {
  const told: string[] = [];
  /** By number of the word, where it is told, and 1. */
  const places: number[] = [];
  const numbers = new Uint32Array(size);
  for (let row = 0; row < size; row++) {
    const number = column[row] ?? 0;
    const place = (places[number] ??= told.push(word(number)));
    numbers[row] = place - 1;
  }
  const width = told.length > 0x10000 ? 4 : told.length > 0x100 ? 2 : 1;
  const bytes = new Uint8Array(size * width);
  for (let row = 0, at = 0; row < size; row++) {
    const number = numbers[row] ?? 0;
    for (let shift = 8 * (width - 1); shift >= 0; shift -= 8) bytes[at++] = number >>> shift;
  }
  return [told, bytes];
}

export function encodeInstants(column: Float64Array, size: number): Uint8Array {
  const bytes = new Uint8Array(size * INSTANT);
  for (let row = 0, at = 0; row < size; row++, at += INSTANT) {
    const value = (column[row] ?? -1) + 1;
    const high = Math.floor(value / 0x100000000);
    const low = value >>> 0;
    bytes[at] = high >>> 8;
    bytes[at + 1] = high;
    bytes[at + 2] = low >>> 24;
    bytes[at + 3] = low >>> 16;
    bytes[at + 4] = low >>> 8;
    bytes[at + 5] = low;
  }
  return bytes;
}

function integerAt(bytes: Uint8Array, at: number, width: number): number {
  let value = 0;
  for (let i = at; i < at + width; i++) value = value * 256 + (bytes[i] ?? 0);
  return value;
}

/** Pieces, columns of words, columns of instants. @throws TypeError for what those above did not give */
export function decodeItems(value: Value): Item[] {
  const [pieces, lots, zones, seenZones, receipts, placedAt, seenAt, seenSince] = listOf(value);
  const names = listOf(pieces).flatMap((piece) => namesOf(bytesIn(piece)));
  const columns = [lots, zones, seenZones, receipts].map((column) => wordsOf(column, names.length));
  const times = [placedAt, seenAt, seenSince].map((column) => instantsOf(bytesIn(column), names.length));
  return names.map(({ epc, tid }, row) => ({
    epc,
    tid,
    lot: columns[0]?.[row] ?? '',
    zone: columns[1]?.[row] ?? '',
    seenZone: columns[2]?.[row] ?? '',
    receipts: columns[3]?.[row] ?? '',
    placedAt: times[0]?.[row] ?? -1,
    seenAt: times[1]?.[row] ?? -1,
    seenSince: times[2]?.[row] ?? -1,
  }));
}

function namesOf(bytes: Uint8Array): { epc: string; tid: string }[] {
  const names = [];
  let at = 0;
  const next = (): string => {
    const length = bytes[at] ?? 0;
    const hex = hexOf(bytes.subarray(at + 1, at + 1 + length));
    at += 1 + length;
    return hex;
  };
  while (at < bytes.length) names.push({ epc: next(), tid: next() });
  return names;
}

function wordsOf(value: Value | undefined, size: number): string[] {
  const [words, numbers] = listOf(value);
  const dictionary = listOf(words);
  const bytes = bytesIn(numbers);
  const width = size === 0 ? 1 : bytes.length / size;
  return Array.from({ length: size }, (_, row) => {
    const word = dictionary[integerAt(bytes, row * width, width)];
    if (typeof word !== 'string') throw new TypeError('items: a word that is not in its list');
    return word;
  });
}

function instantsOf(bytes: Uint8Array, size: number): number[] {
  if (bytes.length !== size * INSTANT) throw new TypeError('items: a column of another length');
  return Array.from({ length: size }, (_, row) => integerAt(bytes, row * INSTANT, INSTANT) - 1);
}

function listOf(value: Value | undefined): readonly Value[] {
  if (!Array.isArray(value)) throw new TypeError('items: not a list');
  return value as readonly Value[];
}

function bytesIn(value: Value | undefined): Uint8Array {
  if (!(value instanceof Uint8Array)) throw new TypeError('items: no bytes');
  return value;
}
