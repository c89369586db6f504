import { JsonNumber, type Json } from '../../domain/strict-json.ts';
import { formatScaled } from '../../domain/units.ts';
import type { Decoded } from './decoded.ts';

const SIZE = 11;
const NOT_CONNECTED = 0x7fff;
const TEMPERATURE_PROBE = 1;

/**
 * Dragino LHT65 and LHT65N, LoRaWAN fPort 2, big-endian (user manual, uplink payload). Values bear
 * the names and units of the maker's own JavaScript codec. Stored records that were polled have
 * another layout and set a flag in the probe byte: they are refused, not misread.
 */
export function decodeLht65(bytes: Uint8Array): Decoded {
  if (bytes.length !== SIZE) return `${bytes.length} bytes, expected ${SIZE}`;
  const view = new DataView(bytes.buffer, bytes.byteOffset, SIZE);
  const probe = view.getUint8(6);
  if ((probe & 0xc0) !== 0) return `a stored record (probe byte ${probe}), expected a live one`;
  const values = new Map<string, Json>([
    ['BatV', new JsonNumber(formatScaled(view.getUint16(0) & 0x3fff, -3))],
    ['Bat_status', new JsonNumber(String(view.getUint8(0) >> 6))],
    ['TempC_SHT', celsius(view.getInt16(2))],
    ['Hum_SHT', new JsonNumber(formatScaled(view.getUint16(4) & 0x0fff, -1))],
  ]);
  if ((probe & 0x0f) === TEMPERATURE_PROBE) values.set('TempC_DS', celsius(view.getInt16(7)));
  return values;
}

function celsius(hundredths: number): Json {
  return hundredths === NOT_CONNECTED ? null : new JsonNumber(formatScaled(hundredths, -2));
}
