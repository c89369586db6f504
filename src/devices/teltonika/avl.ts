import type { Channel } from '../vehicle/vehicle.ts';
import type { AvlRecord } from './codec.ts';

/** What an IO element measures: its id, its sign, and the values that say "none". */
type Element = Omit<Channel, 'ch'> & {
  readonly id: number;
  readonly bytes: 1 | 2 | 4;
  readonly signed: boolean;
  readonly none: readonly number[];
  /** Least and most that the sensor can measure. */
  readonly range: readonly [number, number];
};

const CELSIUS = { quantity: 'temperature', unit: 'Cel', urgent: false, signed: true } as const;
/** Sensor not found, data not understood, abnormal state: told as 20, 30 and 40 °C exactly. */
const BLE_NONE = [2000, 3000, 4000];

const ble = (id: number): Element => ({
  ...CELSIUS,
  id,
  bytes: 2,
  exp: -2,
  none: BLE_NONE,
  range: [-4000, 12_500],
});
const eye = (id: number): Element => ({ ...ble(id), none: [], range: [-4000, 12_500] });
/** 850 is a sensor that has just got power; its error codes lie beyond the range. */
const dallas = (id: number): Element => ({
  ...CELSIUS,
  id,
  bytes: 4,
  exp: -1,
  none: [850],
  range: [-550, 1250],
});
const volts = (id: number, quantity: string): Element => ({
  id,
  quantity,
  unit: 'V',
  exp: -3,
  bytes: 2,
  urgent: false,
  signed: false,
  none: [],
  range: [0, 65_535],
});
const input = (id: number, quantity: string, urgent: boolean): Element => ({
  id,
  quantity,
  unit: '1',
  exp: 0,
  bytes: 1,
  urgent,
  signed: false,
  none: [],
  range: [0, 1],
});

/** Channels by the name that a configuration gives them, with the vendor's AVL ids. */
export const ELEMENTS = {
  'ble-temperature-1': ble(25),
  'ble-temperature-2': ble(26),
  'ble-temperature-3': ble(27),
  'ble-temperature-4': ble(28),
  'eye-temperature-1': eye(10_800),
  'eye-temperature-2': eye(10_801),
  'eye-temperature-3': eye(10_802),
  'eye-temperature-4': eye(10_803),
  'wired-temperature-1': dallas(72),
  'wired-temperature-2': dallas(73),
  'wired-temperature-3': dallas(74),
  'wired-temperature-4': dallas(75),
  supply: volts(66, 'supply'),
  battery: volts(67, 'battery'),
  ignition: input(239, 'ignition', false),
  movement: input(240, 'movement', false),
  unplugged: input(252, 'tamper', true),
  door: input(662, 'door', true),
} as const satisfies Readonly<Record<string, Element>>;

export type ElementName = keyof typeof ELEMENTS;

export const ELEMENT_NAMES: readonly ElementName[] = Object.keys(ELEMENTS).filter(isElement);

function isElement(name: string): name is ElementName {
  return Object.hasOwn(ELEMENTS, name);
}

/**
 * The value of a channel in this record: undefined when the record says nothing of it, null when
 * the tracker says that its sensor gave none.
 */
export function valueOf(record: AvlRecord, name: ElementName): number | null | undefined {
  const { id, signed, none, range }: Element = ELEMENTS[name];
  const bytes = record.io.get(id);
  if (bytes === undefined) return undefined;
  if (bytes.length === 0 || bytes.length > 4) return null;
  const bits = 8 * bytes.length;
  const raw = bytes.reduce((sum, byte) => sum * 256 + byte, 0);
  const v = signed && raw >= 2 ** (bits - 1) ? raw - 2 ** bits : raw;
  return none.includes(v) || v < range[0] || v > range[1] ? null : v;
}

/** The element as a tracker would send it; null becomes what it sends for a sensor that is lost. */
export function elementOf(name: ElementName, v: number | null): readonly [id: number, value: Uint8Array] {
  const { id, bytes, none, range }: Element = ELEMENTS[name];
  const n = v ?? none.at(-1) ?? range[1] + 1;
  return [id, Uint8Array.from({ length: bytes }, (_, i) => n >> (8 * (bytes - 1 - i)))];
}
