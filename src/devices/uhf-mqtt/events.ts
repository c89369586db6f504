import type { Json, JsonObject } from '../../domain/strict-json.ts';
import { isJsonObject, JsonNumber } from '../../domain/strict-json.ts';

/** What a reader says in one event. */
export type ReaderEvent =
  | {
      readonly is: 'read';
      /** Lower-case hex, whole bytes. */
      readonly epc: string;
      readonly tid: string | null;
      /** Null where the reader is set up not to tell. */
      readonly antenna: number | null;
      /** 0.01 dBm. */
      readonly rssi: number | null;
      /** ms since 1970 by the reader's clock. */
      readonly at: number | null;
      readonly count: number;
    }
  /** Whether it is reading tags, in its own word. */
  | { readonly is: 'status'; readonly isReading: boolean; readonly word: string }
  | { readonly is: 'antenna'; readonly antenna: number; readonly isConnected: boolean }
  | { readonly is: 'complaint'; readonly text: string }
  /** A life sign that says nothing else. */
  | { readonly is: 'alive' };

/** What one JSON event holds, or why it is none. */
export type Decoded =
  | { readonly ok: true; readonly events: readonly ReaderEvent[] }
  | { readonly ok: false; readonly why: string };

/** A make's events, both ways. */
export type EventFormat = {
  readonly decode: (event: Json) => Decoded;
  /** @param hostname what the reader calls itself  @param at ms since 1970 */
  readonly encode: (event: ReaderEvent, hostname: string, at: number) => object;
};

/** Why an event is none. */
export class NoEvent extends Error {}

/** Runs a reader of events; what is wrong with one comes out as a sentence. */
export function decodeWith(read: (event: JsonObject) => readonly ReaderEvent[], event: Json): Decoded {
  if (!isJsonObject(event)) return { ok: false, why: 'an event that is no object' };
  try {
    return { ok: true, events: read(event) };
  } catch (error) {
    if (error instanceof NoEvent) return { ok: false, why: error.message };
    throw error;
  }
}

/** EPC memory holds at most 496 bits (EPC Gen2, 6.3.2.1.2.2). */
const MOST_BYTES = 62;

/** Hex of whole bytes under `key`; null when it is not there. @throws NoEvent */
export function hexAt(event: JsonObject, key: string): string | null {
  const value = event.get(key);
  if (value === undefined || value === null || value === '') return null;
  const isHex = typeof value === 'string' && /^(?:[0-9A-Fa-f]{2})+$/.test(value);
  if (!isHex || value.length > 2 * MOST_BYTES)
    throw new NoEvent(`${key} is ${shown(value)}, no hex of whole bytes`);
  return value.toLowerCase();
}

/** Base64 in the URL alphabet under `key`, as hex. @throws NoEvent */
export function base64At(event: JsonObject, key: string): string | null {
  const value = event.get(key);
  if (value === undefined || value === null || value === '') return null;
  const text = typeof value === 'string' && /^[\w+/-]+={0,2}$/.test(value) ? value.replace(/=+$/, '') : null;
  const bytes = text === null ? null : Buffer.from(text, 'base64url');
  // Bits that lie over would be lost without a word.
  const isWhole =
    bytes !== null && bytes.toString('base64url') === text?.replaceAll('+', '-').replaceAll('/', '_');
  if (bytes === null || !isWhole || bytes.length > MOST_BYTES) {
    throw new NoEvent(`${key} is ${shown(value)}, no base64`);
  }
  return bytes.toString('hex');
}

/** A whole number under `key` within [least, most]; null when it is not there. @throws NoEvent */
export function wholeAt(event: JsonObject, key: string, least: number, most: number): number | null {
  const value = event.get(key);
  if (value === undefined || value === null) return null;
  const n = value instanceof JsonNumber && /^-?\d{1,9}$/.test(value.text) ? Number(value.text) : Number.NaN;
  if (!(n >= least && n <= most))
    throw new NoEvent(`${key} is ${shown(value)}, no number from ${least} to ${most}`);
  return n === 0 ? 0 : n;
}

export function textAt(event: JsonObject, key: string): string | null {
  const value = event.get(key);
  return typeof value === 'string' ? value : null;
}

export function objectAt(event: JsonObject, key: string): JsonObject | null {
  const value = event.get(key);
  return isJsonObject(value) ? value : null;
}

function shown(value: Json): string {
  if (value instanceof JsonNumber) return value.text.slice(0, 40);
  return typeof value === 'string' ? JSON.stringify(value.slice(0, 40)) : 'something else';
}
