import { JsonNumber, type Json } from '../../domain/strict-json.ts';
import { formatScaled } from '../../domain/units.ts';
import type { Decoded } from './decoded.ts';

const MANUFACTURER_DATA = 0xff;
const RUUVI = 0x0499;
const FORMAT = 5;
const SIZE = 24;

/**
 * RuuviTag data format 5 (RAWv2) in a Bluetooth advertisement as a Ruuvi gateway relays it: AD structures, one of
 * them manufacturer data of company 0x0499, then 24 bytes, big-endian. What the tag itself says is not
 * there is null. Temperature in 0.005 °C, humidity in 0.0025 %, pressure in Pa, battery in V.
 */
export function decodeRuuvi(bytes: Uint8Array): Decoded {
  const data = manufacturerData(bytes);
  if (typeof data === 'string') return data;
  const view = new DataView(data.buffer, data.byteOffset, data.length);
  const format = view.getUint8(0);
  if (format !== FORMAT) return `data format ${format}, expected ${FORMAT}`;
  if (data.length !== SIZE) return `${data.length} bytes of format ${FORMAT}, expected ${SIZE}`;
  const power = view.getUint16(13);
  return new Map<string, Json>([
    ['temperature', measured(view.getInt16(1), -0x8000, 5, -3)],
    ['humidity', measured(view.getUint16(3), 0xffff, 25, -4)],
    ['pressure', view.getUint16(5) === 0xffff ? null : whole(view.getUint16(5) + 50_000)],
    ['accelerationX', measured(view.getInt16(7), -0x8000, 1, -3)],
    ['accelerationY', measured(view.getInt16(9), -0x8000, 1, -3)],
    ['accelerationZ', measured(view.getInt16(11), -0x8000, 1, -3)],
    ['voltage', power >> 5 === 0x7ff ? null : new JsonNumber(formatScaled((power >> 5) + 1600, -3))],
    ['txPower', (power & 0x1f) === 0x1f ? null : whole(2 * (power & 0x1f) - 40)],
    ['movementCounter', measured(view.getUint8(15), 0xff, 1, 0)],
    ['measurementSequenceNumber', measured(view.getUint16(16), 0xffff, 1, 0)],
    ['mac', macOf(data.subarray(18))],
  ]);
}

/** The other half, for the simulator: 0.001 °C, 0.0001 %, Pa, mV; null for what the tag does not have. */
export function encodeRuuvi(v: {
  temperature: number | null;
  humidity: number | null;
  pressure: number | null;
  battery: number;
  sequence: number;
  mac: string;
}): Uint8Array {
  const bytes = new Uint8Array(7 + SIZE);
  bytes.set([2, 1, 6, 3 + SIZE, MANUFACTURER_DATA, RUUVI & 0xff, RUUVI >> 8, FORMAT]);
  const view = new DataView(bytes.buffer, 7);
  view.setInt16(1, v.temperature === null ? -0x8000 : Math.round(v.temperature / 5));
  view.setUint16(3, v.humidity === null ? 0xffff : Math.round(v.humidity / 25));
  view.setUint16(5, v.pressure === null ? 0xffff : v.pressure - 50_000);
  view.setInt16(11, 1000);
  view.setUint16(13, (Math.max(0, v.battery - 1600) << 5) | 22);
  view.setUint16(16, v.sequence % 0xffff);
  bytes.set(Buffer.from(v.mac.replaceAll(':', ''), 'hex').subarray(0, 6), 25);
  return bytes;
}

/** The data of the one structure that is Ruuvi's, or why there is none. */
function manufacturerData(bytes: Uint8Array): Uint8Array | string {
  for (let at = 0; at < bytes.length;) {
    const length = bytes[at] ?? 0;
    const end = at + 1 + length;
    if (end > bytes.length) return `an advertisement that is cut short at byte ${at}`;
    const company = (bytes[at + 2] ?? 0) | ((bytes[at + 3] ?? 0) << 8);
    if (length > 3 && bytes[at + 1] === MANUFACTURER_DATA && company === RUUVI)
      return bytes.subarray(at + 4, end);
    // Padding at the end of an advertisement is zeros.
    at = length === 0 ? bytes.length : end;
  }
  return `no Ruuvi data in an advertisement of ${bytes.length} bytes`;
}

function measured(raw: number, absent: number, by: number, exp: number): Json {
  return raw === absent ? null : new JsonNumber(formatScaled(raw * by, exp));
}

function whole(n: number): JsonNumber {
  return new JsonNumber(String(n));
}

/** `CB:B8:33:4C:88:4F`; null where the tag does not tell. */
function macOf(bytes: Uint8Array): string | null {
  if (bytes.every((byte) => byte === 0xff)) return null;
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0').toUpperCase()).join(':');
}
