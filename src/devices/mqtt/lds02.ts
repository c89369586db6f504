import { JsonNumber, type Json } from '../../domain/strict-json.ts';
import { formatScaled } from '../../domain/units.ts';
import type { Decoded } from './decoded.ts';

const SIZE = 10;
const DOOR = 1;
const LEAK = 2;
const BOTH = 3;

/**
 * Dragino LDS02 door and LWL02 leak sensors (and LDS01), LoRaWAN fPort 10, big-endian: battery with the two
 * states in its top bits, working mode, openings (24 bits), minutes of the last one (24 bits), alarm. Names are
 * those of the maker's own JavaScript codec.
 */
export function decodeLds02(bytes: Uint8Array): Decoded {
  if (bytes.length !== SIZE) return `${bytes.length} bytes, expected ${SIZE}`;
  const view = new DataView(bytes.buffer, bytes.byteOffset, SIZE);
  const mode = view.getUint8(2);
  if (mode !== DOOR && mode !== LEAK && mode !== BOTH)
    return `working mode is ${mode}, expected 1 (door), 2 (leak) or 3 (both)`;
  const values = new Map<string, Json>([
    ['BAT_V', new JsonNumber(formatScaled(view.getUint16(0) & 0x3fff, -3))],
    ['MOD', whole(mode)],
  ]);
  if (mode !== LEAK) values.set('DOOR_OPEN_STATUS', whole(view.getUint8(0) >> 7));
  if (mode !== DOOR) values.set('WATER_LEAK_STATUS', whole((view.getUint8(0) >> 6) & 1));
  if (mode === DOOR) {
    values.set('DOOR_OPEN_TIMES', whole(view.getUint32(2) & 0xff_ffff));
    values.set('LAST_DOOR_OPEN_DURATION', whole(view.getUint32(5) & 0xff_ffff));
  } else if (mode === LEAK) {
    values.set('WATER_LEAK_TIMES', whole(view.getUint32(2) & 0xff_ffff));
    values.set('LAST_WATER_LEAK_DURATION', whole(view.getUint32(5) & 0xff_ffff));
  }
  if (mode !== LEAK) values.set('ALARM', whole(view.getUint8(9) & 1));
  return values;
}

/** The other half, for the simulator: a door with its battery, mV, and how often it was opened. */
export function encodeLds02(v: { open: boolean; battery: number; openings: number }): Uint8Array {
  const bytes = new Uint8Array(SIZE);
  const view = new DataView(bytes.buffer);
  view.setUint16(0, (v.open ? 0x8000 : 0) | (v.battery & 0x3fff));
  view.setUint32(2, (DOOR << 24) | (v.openings & 0xff_ffff));
  return bytes;
}

function whole(n: number): JsonNumber {
  return new JsonNumber(String(n));
}
