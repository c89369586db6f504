import { JsonNumber, type Json } from '../../domain/strict-json.ts';
import { formatScaled } from '../../domain/units.ts';
import type { Decoded } from './decoded.ts';

const SIZE = 11;
const NOT_CONNECTED = 0x7fff;

/** What hangs on the external port, from the low four bits of the probe byte. */
const NOTHING = 0;
const DS18B20 = 1;
const TMP117 = 2;
const DS18B20_WITH_TIME = 9;
const SHT31 = 11;
const DS18B20_SERIAL = 15;

/**
 * Dragino LHT65 and LHT65N, LoRaWAN fPort 2, big-endian (user manual, uplink payload). Values bear
 * the names and units of the maker's own JavaScript codec. Stored records that were polled have
 * another layout and set a flag in the probe byte: they are refused, not misread. With a probe that also
 * sends its time the first two bytes are the probe's temperature, not the battery.
 */
export function decodeLht65(bytes: Uint8Array): Decoded {
  if (bytes.length !== SIZE) return `${bytes.length} bytes, expected ${SIZE}`;
  const view = new DataView(bytes.buffer, bytes.byteOffset, SIZE);
  const probe = view.getUint8(6);
  if ((probe & 0xc0) !== 0) return `a stored record (probe byte ${probe}), expected a live one`;
  const kind = probe & 0x0f;
  const values = new Map<string, Json>();
  if (kind !== DS18B20_WITH_TIME) {
    values.set('BatV', new JsonNumber(formatScaled(view.getUint16(0) & 0x3fff, -3)));
    values.set('Bat_status', new JsonNumber(String(view.getUint8(0) >> 6)));
  }
  // A message with the probe's serial number has nothing else in these places.
  if (kind === DS18B20_SERIAL) return values;
  values.set('TempC_SHT', celsius(view.getInt16(2)));
  values.set('Hum_SHT', new JsonNumber(formatScaled(view.getUint16(4) & 0x0fff, -1)));
  if (kind === DS18B20) values.set('TempC_DS', celsius(view.getInt16(7)));
  else if (kind === TMP117) values.set('TempC_TMP117', celsius(view.getInt16(7)));
  else if (kind === DS18B20_WITH_TIME) {
    values.set('TempC_DS', celsius(view.getInt16(0)));
    values.set('Bat_status', new JsonNumber(String(view.getUint8(4) >> 6)));
    values.set('Systimestamp', new JsonNumber(String(view.getUint32(7))));
  } else if (kind === SHT31) {
    values.set('Ext_TempC_SHT', celsius(view.getInt16(7)));
    values.set('Ext_Hum_SHT', new JsonNumber(formatScaled(view.getUint16(9) & 0x0fff, -1)));
  }
  return values;
}

/** The other half, for the simulator: hundredths of a degree, tenths of a percent, mV; `probe` null for none. */
export function encodeLht65(v: {
  temperature: number;
  humidity: number;
  probe: number | null;
  battery: number;
}): Uint8Array {
  const bytes = new Uint8Array(SIZE);
  const view = new DataView(bytes.buffer);
  const isGood = v.battery >= 2650 ? 3 : v.battery > 2500 ? 2 : 0;
  view.setUint16(0, (isGood << 14) | (v.battery & 0x3fff));
  view.setInt16(2, v.temperature);
  view.setUint16(4, v.humidity);
  view.setUint8(6, v.probe === null ? NOTHING : DS18B20);
  view.setInt16(7, v.probe ?? NOT_CONNECTED);
  view.setUint16(9, NOT_CONNECTED);
  return bytes;
}

function celsius(hundredths: number): Json {
  return hundredths === NOT_CONNECTED ? null : new JsonNumber(formatScaled(hundredths, -2));
}
