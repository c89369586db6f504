import { JsonNumber, type Json } from '../../domain/strict-json.ts';
import type { Decoded } from './decoded.ts';

/**
 * Milesight EM300-TH, LoRaWAN fPort 85: channel and type, then the value, little-endian, in any
 * order. Values bear the names and units of the maker's own JavaScript codec.
 */
export function decodeEm300(bytes: Uint8Array): Decoded {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const values = new Map<string, Json>();
  const history: Json[] = [];
  let at = 0;
  while (at < bytes.length) {
    const tag = at + 1 < bytes.length ? view.getUint16(at) : -1;
    const size = SIZES.get(tag);
    // The length of an unknown channel is unknown: what stood before it was read, the rest is not.
    if (size === undefined) break;
    if (at + 2 + size > bytes.length) return `channel ${hex(tag)} is cut short at byte ${at}`;
    const name = NAMES.get(tag);
    if (name !== undefined && values.has(name)) return `channel ${hex(tag)} comes twice`;
    if (tag === 0x0175) values.set('battery', tenths(view.getUint8(at + 2) * 10));
    if (tag === 0x0367) values.set('temperature', tenths(view.getInt16(at + 2, true)));
    if (tag === 0x0468) values.set('humidity', tenths(view.getUint8(at + 2) * 5));
    if (tag === 0x20ce) {
      history.push(
        new Map<string, Json>([
          ['timestamp', new JsonNumber(String(view.getUint32(at + 2, true)))],
          ['temperature', tenths(view.getInt16(at + 6, true))],
          ['humidity', tenths(view.getUint8(at + 8) * 5)],
        ]),
      );
    }
    at += 2 + size;
  }
  if (history.length > 0) values.set('history', history);
  return values.size > 0 ? values : `no known channel in ${bytes.length} bytes`;
}

/** The other half, for the simulator: a periodic uplink, all values in tenths. */
export function encodeEm300(v: { battery: number; temperature: number; humidity: number }): Uint8Array {
  const bytes = new Uint8Array(10);
  const view = new DataView(bytes.buffer);
  view.setUint16(0, 0x0175);
  view.setUint8(2, Math.round(v.battery / 10));
  view.setUint16(3, 0x0367);
  view.setInt16(5, v.temperature, true);
  view.setUint16(7, 0x0468);
  view.setUint8(9, Math.round(v.humidity / 5));
  return bytes;
}

const SIZES: ReadonlyMap<number, number> = new Map([
  [0x0175, 1],
  [0x0367, 2],
  [0x0468, 1],
  [0x20ce, 7],
]);

const NAMES: ReadonlyMap<number, string> = new Map([
  [0x0175, 'battery'],
  [0x0367, 'temperature'],
  [0x0468, 'humidity'],
]);

function tenths(n: number): JsonNumber {
  return new JsonNumber(`${n < 0 ? '-' : ''}${Math.floor(Math.abs(n) / 10)}.${Math.abs(n) % 10}`);
}

function hex(tag: number): string {
  return tag.toString(16).padStart(4, '0');
}
