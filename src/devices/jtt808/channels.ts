import type { Channel } from '../vehicle/vehicle.ts';
import { Status, type Location } from './location.ts';

type Read = Omit<Channel, 'ch'> & {
  /** Undefined when the report says nothing of it, null when it says that there is none. */
  read(location: Location): number | null | undefined;
};

const TEMPERATURES = 0x51;
const ABSENT = 0xffff;
const NEGATIVE = 0x8000;
/** No trailer is colder or warmer, tenths of °C. */
const MOST = 1500;

const item = (quantity: string, unit: string, exp: number, id: number): Read => ({
  quantity,
  unit,
  exp,
  urgent: false,
  read: ({ items }) => items.get(id)?.reduce((sum, byte) => sum * 256 + byte, 0),
});

/** Item 0x51 is the vendors': so many 16-bit values, sign and magnitude, not two's complement. */
const temperature = (n: number): Read => ({
  quantity: 'temperature',
  unit: 'Cel',
  exp: -1,
  urgent: false,
  read({ items }) {
    const value = items.get(TEMPERATURES);
    const [high, low] = [value?.[2 * n - 2], value?.[2 * n - 1]];
    if (high === undefined || low === undefined) return undefined;
    const raw = high * 256 + low;
    const size = raw & ~NEGATIVE;
    if (raw === ABSENT || size > MOST) return null;
    return (raw & NEGATIVE) !== 0 && size !== 0 ? -size : size;
  },
});

/** Channels by the name that a configuration gives them. */
export const CHANNELS = {
  'temperature-1': temperature(1),
  'temperature-2': temperature(2),
  'temperature-3': temperature(3),
  'temperature-4': temperature(4),
  'temperature-5': temperature(5),
  'temperature-6': temperature(6),
  'temperature-7': temperature(7),
  'temperature-8': temperature(8),
  mileage: item('mileage', 'km', -1, 0x01),
  fuel: item('fuel', 'L', -1, 0x02),
  signal: item('signal', '1', 0, 0x30),
  ignition: {
    quantity: 'ignition',
    unit: '1',
    exp: 0,
    urgent: false,
    read: ({ status }) => ((status & Status.ignition) !== 0 ? 1 : 0),
  },
  /** The driver's alarm button: bit 0 of the alarm word. */
  emergency: { quantity: 'emergency', unit: '1', exp: 0, urgent: true, read: ({ alarm }) => alarm & 1 },
} as const satisfies Readonly<Record<string, Read>>;

export type ChannelName = keyof typeof CHANNELS;

export const CHANNEL_NAMES: readonly ChannelName[] = Object.keys(CHANNELS).filter(isChannel);

function isChannel(name: string): name is ChannelName {
  return Object.hasOwn(CHANNELS, name);
}

/** Item 0x51 of these temperatures, tenths of °C, null for a sensor that is not there. */
export function temperatureItem(values: readonly (number | null)[]): Uint8Array {
  return Uint8Array.from(
    values.flatMap((v) => {
      const raw = v === null ? ABSENT : v < 0 ? NEGATIVE | -v : v;
      return [raw >> 8, raw & 0xff];
    }),
  );
}
