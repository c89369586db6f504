import { u16 } from './codec.ts';

/** A location report, body of 0x0200 and of each record of 0x0704. */
export type Location = {
  readonly alarm: number;
  readonly status: number;
  /** Millionths of a degree, north and east positive. */
  readonly latitude: number;
  readonly longitude: number;
  /** Metres, tenths of a km/h, degrees. */
  readonly altitude: number;
  readonly speed: number;
  readonly direction: number;
  /** ms since 1970; null when the terminal has no time yet (all zeros). */
  readonly at: number | null;
  readonly items: ReadonlyMap<number, Uint8Array>;
};

export const Status = { ignition: 1, fixed: 2, south: 4, west: 8 } as const;

/** Terminals write the time of GMT+8 wherever they are. */
const ZONE_MS = 8 * 3_600_000;
const FIXED_BYTES = 28;

/** A text says what is wrong with the body. */
export function decodeLocation(body: Uint8Array): Location | string {
  if (body.length < FIXED_BYTES) return `a location of ${body.length} bytes`;
  const view = new DataView(body.buffer, body.byteOffset);
  const status = view.getUint32(4);
  const [lat, lon] = [view.getUint32(8), view.getUint32(12)];
  if (lat > 90e6 || lon > 180e6) return `latitude ${lat / 1e6}, longitude ${lon / 1e6}`;
  const at = decodeTime(body.subarray(22, FIXED_BYTES));
  if (at === undefined) return `time ${Buffer.from(body.subarray(22, FIXED_BYTES)).toString('hex')}`;
  const items = new Map<number, Uint8Array>();
  for (let i = FIXED_BYTES; i < body.length;) {
    const [id, length] = [body[i], body[i + 1]];
    if (id === undefined || length === undefined || i + 2 + length > body.length) {
      return `an additional item is cut off at byte ${i}`;
    }
    items.set(id, body.slice(i + 2, i + 2 + length));
    i += 2 + length;
  }
  return {
    alarm: view.getUint32(0),
    status,
    latitude: (status & Status.south) !== 0 && lat !== 0 ? -lat : lat,
    longitude: (status & Status.west) !== 0 && lon !== 0 ? -lon : lon,
    altitude: view.getUint16(16),
    speed: view.getUint16(18),
    direction: view.getUint16(20),
    at,
    items,
  };
}

/** The hemispheres are written into the status. */
export function encodeLocation(l: Location): Uint8Array {
  const sides = (l.latitude < 0 ? Status.south : 0) | (l.longitude < 0 ? Status.west : 0);
  const status = ((l.status & ~(Status.south | Status.west)) | sides) >>> 0;
  return Uint8Array.from([
    ...u32(l.alarm),
    ...u32(status),
    ...u32(Math.abs(l.latitude)),
    ...u32(Math.abs(l.longitude)),
    ...u16(l.altitude),
    ...u16(l.speed),
    ...u16(l.direction),
    ...encodeTime(l.at),
    ...[...l.items].flatMap(([id, value]) => [id, value.length, ...value]),
  ]);
}

/** Body of 0x0704: the bodies of its records, late ones or not; a text says what is wrong. */
export function decodeBatch(body: Uint8Array): { late: boolean; records: Uint8Array[] } | string {
  if (body.length < 3) return `a batch of ${body.length} bytes`;
  const view = new DataView(body.buffer, body.byteOffset);
  const count = view.getUint16(0);
  const records: Uint8Array[] = [];
  let at = 3;
  while (at + 2 <= body.length) {
    const length = view.getUint16(at);
    if (at + 2 + length > body.length) return `record ${records.length + 1} of ${count} is cut off`;
    records.push(body.slice(at + 2, at + 2 + length));
    at += 2 + length;
  }
  if (at !== body.length || records.length !== count) return `${records.length} records, said to be ${count}`;
  return { late: body[2] === 1, records };
}

export function encodeBatch(late: boolean, records: readonly Uint8Array[]): Uint8Array {
  const parts = records.flatMap((record) => [...u16(record.length), ...record]);
  return Uint8Array.from([...u16(records.length), late ? 1 : 0, ...parts]);
}

/** BCD YYMMDDhhmmss; null for all zeros, undefined for what is no time. */
function decodeTime(bcd: Uint8Array): number | null | undefined {
  const text = Buffer.from(bcd).toString('hex');
  if (/^0+$/.test(text)) return null;
  const m = /^(\d\d)(0[1-9]|1[0-2])([0-2]\d|3[01])([01]\d|2[0-3])([0-5]\d)([0-5]\d)$/.exec(text);
  if (m === null) return undefined;
  const [year, month, day, hour, minute, second] = m.slice(1).map(Number);
  const at = Date.UTC(2000 + (year ?? 0), (month ?? 1) - 1, day, hour, minute, second);
  return new Date(at).getUTCDate() === day ? at - ZONE_MS : undefined;
}

function encodeTime(at: number | null): Uint8Array {
  if (at === null) return new Uint8Array(6);
  const digits = new Date(at + ZONE_MS).toISOString().replaceAll(/\D/g, '').slice(2, 14);
  return Buffer.from(digits, 'hex');
}

function u32(n: number): [number, number, number, number] {
  return [...u16(n >>> 16), ...u16(n & 0xffff)];
}
