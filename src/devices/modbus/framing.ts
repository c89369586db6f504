import type { SerialOptions } from '../serial-line.ts';
import type { Framing } from './bus.ts';
import { awaitMbap, encodeMbapRequest } from './mbap.ts';
import { awaitRtu, encodeRtuRequest } from './rtu.ts';

/** Frames on a serial line: 3.5 characters of silence between them, 1.75 ms above 19200 baud. */
export function rtuFraming(serial: SerialOptions): Framing {
  const bits = 1 + serial.dataBits + (serial.parity === 'none' ? 0 : 1) + serial.stopBits;
  const characterMs = (bits * 1000) / serial.baud;
  return {
    gapMs: serial.baud > 19_200 ? 1.75 : 3.5 * characterMs,
    numbered: false,
    wireMs: (bytes) => bytes * characterMs,
    frame: (unit, request) => ({
      bytes: encodeRtuRequest(unit, request),
      awaited: awaitRtu(unit, request),
    }),
  };
}

/** Frames on a TCP connection, each with a transaction number of its own. */
export function mbapFraming(): Framing {
  let transaction = 0;
  return {
    gapMs: 0,
    numbered: true,
    wireMs: () => 0,
    frame: (unit, request) => {
      transaction = (transaction + 1) & 0xffff;
      return {
        bytes: encodeMbapRequest(transaction, unit, request),
        awaited: awaitMbap(transaction, unit),
      };
    },
  };
}
