import { decimalOf, isJsonObject, JsonNumber, type Json, type JsonObject } from '../../domain/strict-json.ts';
import { formatScaled, scale } from '../../domain/units.ts';
import type { Decoded } from './decoded.ts';
import { textOf } from './json-path.ts';

/**
 * Milesight sensors, LoRaWAN fPort 85: channel and type, then the value, little-endian, in any order.
 * Layouts from the maker's payload tables; values bear the names and units of its own JavaScript codecs.
 */
type Part = {
  readonly name: string;
  readonly bytes: 1 | 2 | 4;
  /** value = raw · by · 10^exp; two's complement where signed. */
  readonly by: number;
  readonly exp: number;
  readonly signed: boolean;
  /** What raw 0, 1 … mean, for states. */
  readonly words: readonly string[] | null;
};

/** What stands behind each channel and type. */
export type Layout = ReadonlyMap<number, readonly Part[]>;

function number(name: string, bytes: Part['bytes'], by: number, exp: number, signed = false): Part {
  return { name, bytes, by, exp, signed, words: null };
}

function state(name: string, ...words: readonly string[]): Part {
  return { name, bytes: 1, by: 1, exp: 0, signed: false, words };
}

const HISTORY = 0x20ce;

/**
 * Channels with which every Milesight device tells of itself when it joins (versions, class, serial number), and
 * how many bytes they have. They are passed over.
 */
const OF_THE_DEVICE: ReadonlyMap<number, number> = new Map([
  [0xff01, 1],
  [0xff09, 2],
  [0xff0a, 2],
  [0xff0b, 1],
  [0xff0f, 1],
  [0xff16, 8],
  [0xfffe, 1],
  [0xffff, 2],
]);

const TIMESTAMP = number('timestamp', 4, 1, 0);
const TEMPERATURE = number('temperature', 2, 1, -1, true);
const HUMIDITY = number('humidity', 1, 5, -1);
const MAGNET = state('magnet_status', 'close', 'open');
const LEAKAGE = state('leakage_status', 'normal', 'leak');

const BATTERY: readonly [number, readonly Part[]] = [0x0175, [number('battery', 1, 1, 0)]];
const CLIMATE: readonly (readonly [number, readonly Part[]])[] = [
  BATTERY,
  [0x0367, [TEMPERATURE]],
  [0x0468, [HUMIDITY]],
];

/** EM300-TH and EM320-TH. */
export const EM300_TH: Layout = new Map([...CLIMATE, [HISTORY, [TIMESTAMP, TEMPERATURE, HUMIDITY]]]);

/** Temperature, humidity and a door contact. */
export const EM300_MCS: Layout = new Map([
  ...CLIMATE,
  [0x0600, [MAGNET]],
  [HISTORY, [TIMESTAMP, TEMPERATURE, HUMIDITY, MAGNET]],
]);

/** Temperature, humidity and a leak: EM300-SLD (spot) and EM300-ZLD (zone). */
export const EM300_SLD: Layout = new Map([
  ...CLIMATE,
  [0x0500, [LEAKAGE]],
  [HISTORY, [TIMESTAMP, TEMPERATURE, HUMIDITY, LEAKAGE]],
]);

/** Platinum probe; an alarm of the sensor itself brings the temperature it was raised for. */
export const EM500_PT100: Layout = new Map([
  BATTERY,
  [0x0367, [TEMPERATURE]],
  [0x83d7, [TEMPERATURE, number('temperature_change', 2, 1, -1, true), number('temperature_alarm', 1, 1, 0)]],
  [HISTORY, [TIMESTAMP, TEMPERATURE]],
]);

/** Door and window contact; "uninstalled" is what its back plate says when it was taken off. */
export const WS301: Layout = new Map([
  BATTERY,
  [0x0300, [MAGNET]],
  [0x0400, [state('tamper_status', 'installed', 'uninstalled')]],
]);

/** Controller: four inputs (as states or counters), two outputs, two platinum probes, currents and voltages. */
export const UC300: Layout = new Map<number, readonly Part[]>([
  ...[1, 2, 3, 4].flatMap((n): [number, readonly Part[]][] => [
    [0x0200 + 0x0100 * n, [state(`gpio_in_${n}`, 'off', 'on')]],
    [0x02c8 + 0x0100 * n, [number(`counter_${n}`, 4, 1, 0)]],
  ]),
  ...[1, 2].flatMap((n): [number, readonly Part[]][] => [
    [0x0601 + 0x0100 * n, [state(`gpio_out_${n}`, 'off', 'on')]],
    [0x0867 + 0x0100 * n, [number(`pt100_${n}`, 2, 1, -1, true)]],
    [0x0a02 + 0x0100 * n, [number(`adc_${n}`, 4, 1, -2, true)]],
    [0x0c02 + 0x0100 * n, [number(`adv_${n}`, 4, 1, -2, true)]],
  ]),
]);

/** The values of an uplink; none where the device told of itself alone. */
export function decodeMilesight(layout: Layout, bytes: Uint8Array): Decoded {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const values = new Map<string, Json>();
  const history: Json[] = [];
  const seen = new Set<number>();
  let at = 0;
  while (at + 2 <= bytes.length) {
    const tag = view.getUint16(at);
    const parts = layout.get(tag) ?? [];
    const size = OF_THE_DEVICE.get(tag) ?? sizeOf(parts);
    // The length of an unknown channel is unknown: what stood before it was read, the rest is not.
    if (size === 0) break;
    const end = at + 2 + size;
    if (end > bytes.length) return `channel ${hex(tag)} is cut short at byte ${at}`;
    if (tag !== HISTORY && seen.has(tag)) return `channel ${hex(tag)} comes twice`;
    seen.add(tag);
    const into = tag === HISTORY ? new Map<string, Json>() : values;
    const wrong = readParts(parts, view, at + 2, into);
    if (wrong !== null) return wrong;
    if (tag === HISTORY) history.push(into);
    at = end;
  }
  if (history.length > 0) values.set('history', history);
  return seen.size > 0 ? values : `no known channel in ${bytes.length} bytes`;
}

/** The other half, for the simulator: an uplink with every channel whose values are all there. */
export function encodeMilesight(layout: Layout, values: JsonObject): Uint8Array {
  const bytes: number[] = [];
  for (const [tag, parts] of layout) {
    for (const record of tag === HISTORY ? recordsIn(values) : [values]) {
      const raw = parts.map((part) => rawOf(part, record.get(part.name)));
      if (raw.some((n) => n === null)) continue;
      bytes.push(tag >> 8, tag & 0xff);
      for (const [i, { bytes: size }] of parts.entries()) {
        for (let byte = 0; byte < size; byte++) bytes.push(((raw[i] ?? 0) >>> (8 * byte)) & 0xff);
      }
    }
  }
  return Uint8Array.from(bytes);
}

/** Reads what stands behind a channel into `into`; what is wrong with it, null for nothing. */
function readParts(
  parts: readonly Part[],
  view: DataView,
  from: number,
  into: Map<string, Json>,
): string | null {
  let at = from;
  for (const part of parts) {
    const raw = rawAt(view, at, part);
    at += part.bytes;
    if (part.words === null) {
      into.set(part.name, new JsonNumber(formatScaled(raw * part.by, part.exp)));
      continue;
    }
    const word = part.words[raw];
    if (word === undefined)
      return `${part.name} is ${raw}, expected 0 to ${part.words.length - 1} (${part.words.join(', ')})`;
    into.set(part.name, word);
  }
  return null;
}

function rawAt(view: DataView, at: number, { bytes, signed }: Part): number {
  if (bytes === 1) return view.getUint8(at);
  if (bytes === 4) return signed ? view.getInt32(at, true) : view.getUint32(at, true);
  return signed ? view.getInt16(at, true) : view.getUint16(at, true);
}

/** The device's own number for a value; null where there is none. */
function rawOf({ words, by, exp }: Part, value: Json | undefined): number | null {
  if (words !== null) {
    const word = words.indexOf(textOf(value) ?? '');
    return word === -1 ? null : word;
  }
  const decimal = value instanceof JsonNumber ? decimalOf(value) : null;
  const scaled = decimal === null ? null : scale(decimal, exp);
  return scaled === null ? null : Math.round(scaled / by);
}

function recordsIn(values: JsonObject): JsonObject[] {
  const history = values.get('history');
  const records: readonly Json[] = Array.isArray(history) ? history : [];
  return records.filter(isJsonObject);
}

function sizeOf(parts: readonly Part[]): number {
  return parts.reduce((sum, { bytes }) => sum + bytes, 0);
}

function hex(tag: number): string {
  return tag.toString(16).padStart(4, '0');
}
