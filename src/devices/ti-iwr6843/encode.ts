import type { Packet, PointCloud, Target } from './codec.ts';

const MAGIC = [2, 1, 4, 3, 6, 5, 8, 7];
const HEADER = 40;
const BLOCK = 32;
const FILLING = 0x0f;

/** The packet as the radar sends it, filled up to a multiple of 32 bytes. */
export function encodePacket(packet: Packet): Uint8Array {
  const { points, targets, pointTargets } = packet;
  const parts = [
    ...(points === null ? [] : [part(1020, pointBytes(points))]),
    ...(targets === null ? [] : [part(1010, Buffer.concat(targets.map(targetBytes)))]),
    ...(pointTargets === null ? [] : [part(1011, Uint8Array.from(pointTargets))]),
  ];
  const used = HEADER + parts.reduce((sum, bytes) => sum + bytes.length, 0);
  const length = Math.ceil(used / BLOCK) * BLOCK;
  const header = Uint8Array.from([
    ...MAGIC,
    ...u32(packet.version),
    ...u32(length),
    ...u32(packet.platform),
    ...u32(packet.frame),
    ...u32(packet.cycles),
    ...u32(packet.objects),
    ...u32(parts.length),
    ...u32(packet.subframe),
  ]);
  return Uint8Array.from(Buffer.concat([header, ...parts, new Uint8Array(length - used).fill(FILLING)]));
}

function part(type: number, body: Uint8Array): Uint8Array {
  return Uint8Array.from([...u32(type), ...u32(body.length), ...body]);
}

function pointBytes({ units, points }: PointCloud): Uint8Array {
  const rows = points.map(([elevation = 0, azimuth = 0, doppler = 0, range = 0, snr = 0]) => {
    const row = new DataView(new ArrayBuffer(8));
    row.setInt8(0, elevation);
    row.setInt8(1, azimuth);
    row.setInt16(2, doppler, true);
    row.setUint16(4, range, true);
    row.setUint16(6, snr, true);
    return new Uint8Array(row.buffer);
  });
  return Buffer.concat([floats(units), ...rows]);
}

function targetBytes(target: Target): Uint8Array {
  const { id, position, velocity, acceleration, covariance, gain, confidence } = target;
  const numbers = floats([...position, ...velocity, ...acceleration, ...covariance, gain, confidence]);
  return Uint8Array.from([...u32(id), ...numbers]);
}

function floats(values: readonly number[]): Uint8Array {
  const view = new DataView(new ArrayBuffer(4 * values.length));
  values.forEach((v, i) => view.setFloat32(4 * i, v, true));
  return new Uint8Array(view.buffer);
}

function u32(v: number): number[] {
  return [v & 0xff, (v >>> 8) & 0xff, (v >>> 16) & 0xff, v >>> 24];
}
