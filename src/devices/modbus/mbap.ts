import { decodeRequest, encodeRequest } from './codec.ts';
import type { Request } from './codec.ts';
import type { Awaited } from './reply.ts';
import type { Heard } from './rtu.ts';

/** TCP framing (Messaging on TCP/IP V1.0b, section 3.1.3): transaction, protocol 0, length, unit, PDU. */

const HEADER = 7;
/** Unit and the longest PDU. */
const LONGEST = 254;

export function sealMbap(transaction: number, unit: number, pdu: Uint8Array): Uint8Array {
  const frame = new Uint8Array(HEADER + pdu.length);
  const length = pdu.length + 1;
  frame.set([transaction >>> 8, transaction & 0xff, 0, 0, length >>> 8, length & 0xff, unit]);
  frame.set(pdu, HEADER);
  return frame;
}

export function encodeMbapRequest(transaction: number, unit: number, request: Request): Uint8Array {
  return sealMbap(transaction, unit, encodeRequest(request));
}

/** Recognises the reply to `transaction` in a TCP stream. */
export function awaitMbap(transaction: number, unit: number): Awaited {
  return {
    header: HEADER,
    lengthAt(buffer, at) {
      if (word(buffer, at) !== transaction || buffer[at + 6] !== unit) return 0;
      return frameLength(buffer, at);
    },
    open: (frame) => frame.subarray(HEADER),
    explain(buffer) {
      for (let at = 0; at + HEADER <= buffer.length; at++) {
        const length = frameLength(buffer, at);
        if (length === 0 || at + length > buffer.length) continue;
        const from = `unit ${buffer[at + 6]}, transaction ${word(buffer, at)}`;
        return `reply of ${from} instead of unit ${unit}, transaction ${transaction}`;
      }
      return null;
    },
  };
}

/** The master's end at a slave: finds the requests in a TCP stream, in any chunking. */
export class MbapRequestReader {
  #buffer = new Uint8Array(0);

  push(chunk: Uint8Array): (Heard & { readonly transaction: number })[] {
    const heard: (Heard & { transaction: number })[] = [];
    let buffer = Uint8Array.from([...this.#buffer, ...chunk]);
    while (buffer.length >= HEADER) {
      const length = frameLength(buffer, 0);
      if (length > buffer.length) break;
      if (length > 0) {
        const pdu = buffer.subarray(HEADER, length);
        const unit = buffer[6] ?? 0;
        heard.push({ transaction: word(buffer, 0), unit, fn: pdu[0] ?? 0, request: decodeRequest(pdu) });
      }
      buffer = buffer.subarray(Math.max(1, length));
    }
    this.#buffer = buffer.slice();
    return heard;
  }
}

/** Whole length of the frame whose header stands at `at`; 0 when no header stands there. */
function frameLength(buffer: Uint8Array, at: number): number {
  const length = word(buffer, at + 4);
  return word(buffer, at + 2) === 0 && length >= 2 && length <= LONGEST ? HEADER - 1 + length : 0;
}

function word(buffer: Uint8Array, at: number): number {
  return ((buffer[at] ?? 0) << 8) | (buffer[at + 1] ?? 0);
}
