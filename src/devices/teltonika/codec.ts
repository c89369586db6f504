/** Teltonika data over TCP: login by IMEI, then packets of AVL records in codec 8 or 8 Extended. */

/** Codec ids. 10 (16) and the command codecs are known by name and not read. */
export const CODEC_8 = 0x08;
export const CODEC_8E = 0x8e;

/** One record: what the tracker knew at one instant. */
export type AvlRecord = {
  /** ms since 1970, UTC. */
  readonly at: number;
  /** 0 low, 1 high, 2 panic. */
  readonly priority: number;
  /** Ten-millionths of a degree. */
  readonly longitude: number;
  readonly latitude: number;
  /** Metres, degrees, count, km/h. */
  readonly altitude: number;
  readonly angle: number;
  readonly satellites: number;
  readonly speed: number;
  /** IO element that made it record, 0 for none. */
  readonly event: number;
  /** IO elements as sent: what they mean, sign and scale, depends on the id. */
  readonly io: ReadonlyMap<number, Uint8Array>;
};

export type Packet = { readonly codec: number; readonly records: readonly AvlRecord[] };

export type DecodedPacket =
  | { readonly ok: true; readonly packet: Packet }
  /** `count` is how many records it said it holds: they have to be answered for all the same. */
  | { readonly ok: false; readonly detail: string; readonly count: number };

/** Decodes codec id to second count, whose CRC was found right. */
export function decodePacket(data: Uint8Array): DecodedPacket {
  const codec = data[0] ?? 0;
  const count = data[1] ?? 0;
  const wrong = (detail: string): DecodedPacket => ({ ok: false, detail, count });
  if (codec !== CODEC_8 && codec !== CODEC_8E) return wrong(`codec 0x${hex(codec)}, not 0x08 or 0x8E`);
  const cursor = new Cursor(data, 2);
  const records: AvlRecord[] = [];
  for (let i = 0; i < count; i++) {
    const record = readRecord(cursor, codec === CODEC_8E);
    if (record === null) return wrong(`record ${i + 1} of ${count} is not whole`);
    records.push(record);
  }
  const again = cursor.uint(1);
  if (again !== count) return wrong(`${count} records at the beginning, ${again ?? 'none'} at the end`);
  if (cursor.left > 0) return wrong(`${cursor.left} bytes behind the records`);
  return { ok: true, packet: { codec, records } };
}

/** The whole packet with preamble, length and CRC. */
export function encodePacket({ codec, records }: Packet): Uint8Array {
  const data = [codec, records.length];
  for (const record of records) writeRecord(data, record, codec === CODEC_8E);
  data.push(records.length);
  const frame: number[] = [];
  put(frame, 0, 4);
  put(frame, data.length, 4);
  frame.push(...data);
  put(frame, crc16(Uint8Array.from(data)), 4);
  return Uint8Array.from(frame);
}

/** `000F` and fifteen digits. */
export function encodeLogin(imei: string): Uint8Array {
  return Uint8Array.of(0, imei.length, ...Buffer.from(imei, 'latin1'));
}

/** The answer to a packet: how many records were taken. */
export function encodeAnswer(count: number): Uint8Array {
  const out: number[] = [];
  put(out, count, 4);
  return Uint8Array.from(out);
}

/** CRC-16/IBM (ARC): polynomial 0xA001 reflected, initial value 0. */
export function crc16(bytes: Uint8Array): number {
  let crc = 0;
  for (const byte of bytes) crc = (crc >>> 8) ^ (TABLE[(crc ^ byte) & 0xff] ?? 0);
  return crc;
}

const TABLE = Uint16Array.from({ length: 256 }, (_, byte) => {
  let crc = byte;
  for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0xa001 : crc >>> 1;
  return crc;
});

function readRecord(c: Cursor, extended: boolean): AvlRecord | null {
  const wide = extended ? 2 : 1;
  const at = c.uint(8);
  const priority = c.uint(1);
  const longitude = c.int32();
  const latitude = c.int32();
  const altitude = c.uint(2);
  const angle = c.uint(2);
  const satellites = c.uint(1);
  const speed = c.uint(2);
  const event = c.uint(wide);
  const total = c.uint(wide);
  const io = new Map<number, Uint8Array>();
  if (at === null || total === null || event === null || speed === null || satellites === null) return null;
  if (priority === null || longitude === null || latitude === null || altitude === null || angle === null) {
    return null;
  }
  if (Math.abs(longitude) > 180e7 || Math.abs(latitude) > 90e7) return null;
  let seen = 0;
  for (const size of [1, 2, 4, 8, ...(extended ? [0] : [])]) {
    const n = c.uint(wide);
    if (n === null) return null;
    for (let i = 0; i < n; i++) {
      const id = c.uint(wide);
      const length = size === 0 ? c.uint(2) : size;
      const value = length === null ? null : c.take(length);
      if (id === null || value === null) return null;
      io.set(id, value);
      seen++;
    }
  }
  if (seen !== total) return null;
  return { at, priority, longitude, latitude, altitude, angle, satellites, speed, event, io };
}

function writeRecord(out: number[], r: AvlRecord, extended: boolean): void {
  const wide = extended ? 2 : 1;
  put(out, r.at, 8);
  put(out, r.priority, 1);
  put(out, r.longitude >>> 0, 4);
  put(out, r.latitude >>> 0, 4);
  put(out, r.altitude, 2);
  put(out, r.angle, 2);
  put(out, r.satellites, 1);
  put(out, r.speed, 2);
  put(out, r.event, wide);
  put(out, r.io.size, wide);
  const sizes = [1, 2, 4, 8];
  for (const size of [...sizes, ...(extended ? [0] : [])]) {
    const group = [...r.io].filter(([, v]) => (size === 0 ? !sizes.includes(v.length) : v.length === size));
    put(out, group.length, wide);
    for (const [id, value] of group) {
      put(out, id, wide);
      if (size === 0) put(out, value.length, 2);
      out.push(...value);
    }
  }
}

/** Big-endian, at most 2^53-1. */
function put(out: number[], n: number, bytes: number): void {
  for (let i = bytes - 1; i >= 0; i--) out.push(Math.floor(n / 2 ** (8 * i)) % 256);
}

/** Reads big-endian; null past the end, and for what is beyond 2^53-1. */
class Cursor {
  readonly #bytes: Uint8Array;
  #at: number;

  constructor(bytes: Uint8Array, at: number) {
    this.#bytes = bytes;
    this.#at = at;
  }

  get left(): number {
    return this.#bytes.length - this.#at;
  }

  take(length: number): Uint8Array | null {
    if (length > this.left) return null;
    this.#at += length;
    return this.#bytes.slice(this.#at - length, this.#at);
  }

  uint(length: number): number | null {
    const n = this.take(length)?.reduce((sum, byte) => sum * 256 + byte, 0) ?? null;
    return n === null || !Number.isSafeInteger(n) ? null : n;
  }

  int32(): number | null {
    const n = this.uint(4);
    return n === null ? null : n | 0;
  }
}

function hex(byte: number): string {
  return byte.toString(16).toUpperCase().padStart(2, '0');
}
