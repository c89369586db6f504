import { startsWith } from '../talker/frame-scanner.ts';
import type { Candidate, FrameFormat } from '../talker/frame-scanner.ts';

/** One target of the radar: x to the right of it, y away from it. */
export type Target = {
  readonly xMm: number;
  readonly yMm: number;
  /** Along the line to the radar; which sign is towards it the makers leave open. */
  readonly speedCms: number;
  /** Length of one distance gate. */
  readonly resolutionMm: number;
};

/** The frame's three places; null where there is no target. */
export type Targets = readonly [Target | null, Target | null, Target | null];

const HEADER = [0xaa, 0xff, 0x03, 0x00];
const TAIL = [0x55, 0xcc];
const BLOCK = 8;
const LENGTH = 30;

/** The radar sees 6 m and 60° to each side; twice that is nonsense. There is no checksum, so this stands in for one. */
const FARTHEST_MM = 12_000;
const FASTEST_CMS = 1000;
const COARSEST_MM = 2000;

/** 30 bytes at 256000 baud, ten times a second (HLK-LD2450 serial protocol). */
export const LD2450: FrameFormat<Targets> = { longest: LENGTH, judge };

function judge(bytes: Uint8Array, from: number): Candidate<Targets> {
  const head = startsWith(bytes, from, HEADER);
  if (head === 'no') return { kind: 'none' };
  if (head === 'short' || bytes.length - from < LENGTH) return { kind: 'more' };
  if (startsWith(bytes, from + LENGTH - TAIL.length, TAIL) !== 'yes') {
    return { kind: 'bad', code: 'MALFORMED', detail: `no 55 CC after ${LENGTH - TAIL.length} bytes` };
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset + from + HEADER.length, 3 * BLOCK);
  const targets: Targets = [targetAt(view, 0), targetAt(view, BLOCK), targetAt(view, 2 * BLOCK)];
  const wrong = targets.map(implausible).find((text) => text !== null);
  if (wrong !== undefined) return { kind: 'bad', code: 'MALFORMED', detail: wrong };
  return { kind: 'frame', value: targets, length: LENGTH };
}

function targetAt(view: DataView, at: number): Target | null {
  if (view.getBigUint64(at) === 0n) return null;
  return {
    xMm: signed(view.getUint16(at, true)),
    yMm: signed(view.getUint16(at + 2, true)),
    speedCms: signed(view.getUint16(at + 4, true)),
    resolutionMm: view.getUint16(at + 6, true),
  };
}

function implausible(target: Target | null): string | null {
  if (target === null) return null;
  const { xMm, yMm, speedCms, resolutionMm } = target;
  if (Math.abs(xMm) > FARTHEST_MM) return `x of ${xMm} mm`;
  if (yMm < 0 || yMm > FARTHEST_MM) return `y of ${yMm} mm`;
  if (Math.abs(speedCms) > FASTEST_CMS) return `speed of ${speedCms} cm/s`;
  if (resolutionMm > COARSEST_MM) return `resolution of ${resolutionMm} mm`;
  return null;
}

/** Magnitude in 15 bits; the top bit set means positive. */
function signed(bits: number): number {
  const magnitude = bits & 0x7fff;
  return (bits & 0x8000) !== 0 || magnitude === 0 ? magnitude : -magnitude;
}

function word(v: number): number {
  return v > 0 ? v | 0x8000 : -v;
}

/** The frame as the radar sends it; values within ±32767. */
export function encodeTargets(targets: Targets): Uint8Array {
  const bytes = new Uint8Array(LENGTH);
  const view = new DataView(bytes.buffer);
  bytes.set(HEADER);
  targets.forEach((target, i) => {
    if (target === null) return;
    const at = HEADER.length + i * BLOCK;
    view.setUint16(at, word(target.xMm), true);
    view.setUint16(at + 2, word(target.yMm), true);
    view.setUint16(at + 4, word(target.speedCms), true);
    view.setUint16(at + 6, target.resolutionMm, true);
  });
  bytes.set(TAIL, LENGTH - TAIL.length);
  return bytes;
}
