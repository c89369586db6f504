import { startsWith } from '../talker/frame-scanner.ts';
import type { Candidate, FrameFormat } from '../talker/frame-scanner.ts';

/** One output packet of TI's 3-D people tracking. */
export type Packet = {
  readonly version: number;
  readonly platform: number;
  readonly frame: number;
  readonly cycles: number;
  readonly objects: number;
  readonly subframe: number;
  /** null where the packet has no such part: nothing was seen. */
  readonly points: PointCloud | null;
  readonly targets: readonly Target[] | null;
  /** Of each point of the frame before, the target it belongs to; 253 to 255 for none. */
  readonly pointTargets: readonly number[] | null;
};

/** A person: metres, m/s, m/s²; x to the right of the radar, y away from it, z up. */
export type Target = {
  readonly id: number;
  readonly position: readonly number[];
  readonly velocity: readonly number[];
  readonly acceleration: readonly number[];
  readonly covariance: readonly number[];
  readonly gain: number;
  readonly confidence: number;
};

/** Points as sent: whole numbers, to be multiplied by the units of their columns. */
export type PointCloud = {
  /** Of elevation and azimuth in rad, Doppler in m/s, range in m, signal to noise. */
  readonly units: readonly number[];
  readonly points: readonly (readonly number[])[];
};

const MAGIC = [2, 1, 4, 3, 6, 5, 8, 7];
const HEADER = 40;
const TLV_HEADER = 8;
const TARGETS = 1010;
const POINT_TARGETS = 1011;
const POINTS = 1020;
const TARGET_BYTES = 112;
const POINT_BYTES = 8;
const UNITS_BYTES = 20;
/** Packets are filled up to a multiple of this. */
const BLOCK = 32;
const LONGEST = 8192;
const MOST_TLVS = 16;

/** Farther or faster is nonsense for this radar. There is no checksum, so this stands in for one. */
const FARTHEST_M = 50;
const FASTEST_MS = 30;

/** 40-byte header, then parts of declared type and length (TI mmWave SDK 3, little-endian). */
export const IWR6843: FrameFormat<Packet> = { longest: LONGEST + MAGIC.length, usual: 256, judge };

function judge(bytes: Uint8Array, from: number): Candidate<Packet> {
  const head = startsWith(bytes, from, MAGIC);
  if (head === 'no') return { kind: 'none' };
  const view = new DataView(bytes.buffer, bytes.byteOffset + from, bytes.length - from);
  if (head === 'short' || view.byteLength < HEADER) return { kind: 'more' };
  const length = view.getUint32(12, true);
  if (length % BLOCK !== 0 || length < HEADER || length > LONGEST) return bad(`a length of ${length} bytes`);
  const tlvs = view.getUint32(32, true);
  if (tlvs > MOST_TLVS) return bad(`${tlvs} parts`);
  const next = nextPacket(bytes, from, length);
  if (next === 'yes') return bad('another packet begins before its end');
  if (next === 'short' || view.byteLength < length) return { kind: 'more' };
  const parts = { points: null, targets: null, pointTargets: null } as Parts;
  let at = HEADER;
  for (let n = 0; n < tlvs; n++) {
    if (at + TLV_HEADER > length) return bad(`part ${n} beyond the packet`);
    const size = view.getUint32(at + 4, true);
    if (size > length - at - TLV_HEADER) return bad(`part ${n} of ${size} bytes beyond the packet`);
    const body = new DataView(bytes.buffer, bytes.byteOffset + from + at + TLV_HEADER, size);
    const wrong = readPart(view.getUint32(at, true), body, parts);
    if (wrong !== null) return bad(wrong);
    at += TLV_HEADER + size;
  }
  if (length - at >= BLOCK) return bad(`${length - at} bytes of filling`);
  const u32 = (offset: number): number => view.getUint32(offset, true);
  const value = {
    version: u32(8),
    platform: u32(16),
    frame: u32(20),
    cycles: u32(24),
    objects: u32(28),
    subframe: u32(36),
    ...parts,
  };
  return { kind: 'frame', length, value };
}

/** A packet cut short ends inside the next one, which must not be lost with it. */
function nextPacket(bytes: Uint8Array, from: number, length: number): 'yes' | 'no' | 'short' {
  const end = Math.min(bytes.length, from + length);
  for (let i = from + MAGIC.length; i < end; i++) {
    const next = startsWith(bytes, i, MAGIC);
    if (next !== 'no') return next;
  }
  return 'no';
}

type Parts = {
  -readonly [K in 'points' | 'targets' | 'pointTargets']: Packet[K];
};

function bad(detail: string): Candidate<Packet> {
  return { kind: 'bad', code: 'MALFORMED', detail };
}

/** Reads a part into `parts`; what is wrong with it, null when nothing is. Unknown types are passed over. */
function readPart(type: number, body: DataView, parts: Parts): string | null {
  const size = body.byteLength;
  if (type === POINT_TARGETS) {
    parts.pointTargets = Array.from({ length: size }, (_, i) => body.getUint8(i));
  } else if (type === POINTS) {
    if (size < UNITS_BYTES || (size - UNITS_BYTES) % POINT_BYTES !== 0) return `points in ${size} bytes`;
    parts.points = pointsOf(body);
  } else if (type === TARGETS) {
    if (size % TARGET_BYTES !== 0) return `targets in ${size} bytes`;
    const targets = Array.from({ length: size / TARGET_BYTES }, (_, i) => targetAt(body, i * TARGET_BYTES));
    parts.targets = targets;
    const wrong = targets.find((t) => !isPlausible(t));
    if (wrong !== undefined) return `target ${wrong.id} at ${wrong.position.join(', ')} m`;
  }
  return null;
}

function isPlausible({ position, velocity, acceleration, covariance, gain, confidence }: Target): boolean {
  const rest = [...acceleration, ...covariance, gain, confidence];
  return (
    position.every((m) => Math.abs(m) <= FARTHEST_M) &&
    velocity.every((ms) => Math.abs(ms) <= FASTEST_MS) &&
    rest.every(Number.isFinite)
  );
}

function pointsOf(body: DataView): PointCloud {
  const count = (body.byteLength - UNITS_BYTES) / POINT_BYTES;
  return {
    units: floats(body, 0, 5),
    points: Array.from({ length: count }, (_, i) => {
      const at = UNITS_BYTES + i * POINT_BYTES;
      return [
        body.getInt8(at),
        body.getInt8(at + 1),
        body.getInt16(at + 2, true),
        body.getUint16(at + 4, true),
        body.getUint16(at + 6, true),
      ];
    }),
  };
}

function targetAt(body: DataView, at: number): Target {
  return {
    id: body.getUint32(at, true),
    position: floats(body, at + 4, 3),
    velocity: floats(body, at + 16, 3),
    acceleration: floats(body, at + 28, 3),
    covariance: floats(body, at + 40, 16),
    gain: body.getFloat32(at + 104, true),
    confidence: body.getFloat32(at + 108, true),
  };
}

function floats(body: DataView, at: number, count: number): number[] {
  return Array.from({ length: count }, (_, i) => body.getFloat32(at + 4 * i, true));
}
