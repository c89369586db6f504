import { decodeRequest, encodeRequest, dataSize } from './codec.ts';
import type { Decoded, Request } from './codec.ts';
import { crc16 } from './crc16.ts';
import type { Awaited } from './reply.ts';

/** RTU framing (Modbus over Serial Line V1.02, section 2.5): unit, PDU, CRC low byte first. */

const SHORTEST = 4;
const LONGEST = 256;

export function sealRtu(unit: number, pdu: Uint8Array): Uint8Array {
  const frame = new Uint8Array(pdu.length + 3);
  frame[0] = unit;
  frame.set(pdu, 1);
  const crc = crc16(frame, 0, pdu.length + 1);
  frame[pdu.length + 1] = crc & 0xff;
  frame[pdu.length + 2] = crc >>> 8;
  return frame;
}

export function encodeRtuRequest(unit: number, request: Request): Uint8Array {
  return sealRtu(unit, encodeRequest(request));
}

/** The PDU of a whole frame; null when its CRC is wrong. */
export function openRtu(frame: Uint8Array): Uint8Array | null {
  const end = frame.length - 2;
  if (end < 2 || crc16(frame, 0, end) !== ((frame[end] ?? 0) | ((frame[end + 1] ?? 0) << 8))) return null;
  return frame.subarray(1, end);
}

/** Recognises the reply of `unit` to `request` on a serial line. */
export function awaitRtu(unit: number, request: Request): Awaited {
  const reading = request.fn === 1 || request.fn === 2 || request.fn === 3 || request.fn === 4;
  const size = reading ? dataSize(request) : 0;
  return {
    header: 3,
    lengthAt(buffer, at) {
      if (buffer[at] !== unit) return 0;
      if (buffer[at + 1] === (request.fn | 0x80)) return 5;
      if (buffer[at + 1] !== request.fn) return 0;
      if (!reading) return 8;
      return buffer[at + 2] === size ? 5 + size : 0;
    },
    open: openRtu,
    explain(buffer) {
      const other = firstFrame(buffer, responseLength);
      if (other === null) return null;
      const [from, fn, bytes] = other.frame;
      return from === unit && fn === request.fn
        ? `reply of ${bytes} data bytes instead of ${size}`
        : `reply of unit ${from}, function ${fn} instead of unit ${unit}, function ${request.fn}`;
    },
  };
}

/** Length of the response that may start at `at`; 0 when none does. */
function responseLength(buffer: Uint8Array, at: number): number {
  const fn = buffer[at + 1] ?? 0;
  if (fn >= 1 && fn <= 4) return 5 + (buffer[at + 2] ?? 0);
  if (fn === 5 || fn === 6 || fn === 15 || fn === 16) return 8;
  return fn > 0x80 ? 5 : 0;
}

/** Length of the request that may start at `at`; 0 when none does or its header is not all there. */
function requestLength(buffer: Uint8Array, at: number): number {
  const fn = buffer[at + 1] ?? 0;
  if (fn === 15 || fn === 16) return at + 6 < buffer.length ? 9 + (buffer[at + 6] ?? 0) : 0;
  return fn >= 1 && fn <= 6 ? 8 : 0;
}

/** The first complete frame with a good CRC, wherever it starts. */
function firstFrame(
  buffer: Uint8Array,
  lengthAt: (buffer: Uint8Array, at: number) => number,
): { frame: Uint8Array; end: number } | null {
  for (let at = 0; at + SHORTEST <= buffer.length; at++) {
    const length = lengthAt(buffer, at);
    if (length === 0 || at + length > buffer.length) continue;
    const frame = buffer.subarray(at, at + length);
    if (openRtu(frame) !== null) return { frame, end: at + length };
  }
  return null;
}

/** A request heard by a slave; one that does not decode is answered with exception 3. */
export type Heard = { readonly unit: number; readonly fn: number; readonly request: Decoded<Request> };

/** The slave's ear: finds the requests in whatever comes over the line, in any chunking. */
export class RtuRequestReader {
  #buffer = new Uint8Array(0);

  push(chunk: Uint8Array): Heard[] {
    const heard: Heard[] = [];
    for (let at = 0; at < chunk.length; at += LONGEST) {
      this.#buffer = Uint8Array.from([...this.#buffer, ...chunk.subarray(at, at + LONGEST)]);
      for (;;) {
        const first = firstFrame(this.#buffer, requestLength);
        if (first === null) break;
        const pdu = first.frame.subarray(1, -2);
        heard.push({ unit: first.frame[0] ?? 0, fn: pdu[0] ?? 0, request: decodeRequest(pdu) });
        this.#buffer = this.#buffer.slice(first.end);
      }
      if (this.#buffer.length > LONGEST) this.#buffer = this.#buffer.slice(-LONGEST);
    }
    return heard;
  }
}
