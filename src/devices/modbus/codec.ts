/**
 * Modbus PDUs (Application Protocol V1.1b3, section 6), both halves: the driver encodes requests and
 * decodes responses, the simulator the other two. Pure; framing is in rtu.ts and mbap.ts.
 */
export type Request =
  | { readonly fn: 1 | 2 | 3 | 4; readonly address: number; readonly count: number }
  | { readonly fn: 5; readonly address: number; readonly on: boolean }
  | { readonly fn: 6; readonly address: number; readonly value: number }
  | { readonly fn: 15; readonly address: number; readonly bits: readonly boolean[] }
  | { readonly fn: 16; readonly address: number; readonly registers: readonly number[] };

export type Response =
  | { readonly fn: 1 | 2; readonly bits: readonly boolean[] }
  | { readonly fn: 3 | 4; readonly registers: readonly number[] }
  | { readonly fn: 5; readonly address: number; readonly on: boolean }
  | { readonly fn: 6; readonly address: number; readonly value: number }
  | { readonly fn: 15 | 16; readonly address: number; readonly count: number }
  | { readonly fn: Request['fn']; readonly exception: number };

/** A value, or what was wrong with the bytes, one line with the value found. */
export type Decoded<T> =
  { readonly ok: true; readonly value: T } | { readonly ok: false; readonly detail: string };

export const EXCEPTIONS: Readonly<Record<number, string>> = {
  1: 'illegal function',
  2: 'illegal data address',
  3: 'illegal data value',
  4: 'slave device failure',
  5: 'acknowledge',
  6: 'slave device busy',
  8: 'memory parity error',
  10: 'gateway path unavailable',
  11: 'gateway target did not answer',
};

/** The most one request may read: 2000 bits or 125 registers. */
export const MOST = { 1: 2000, 2: 2000, 3: 125, 4: 125 } as const;

export function encodeRequest(r: Request): Uint8Array {
  switch (r.fn) {
    case 1:
    case 2:
    case 3:
    case 4:
      return pdu(r.fn, u16(r.address), u16(r.count));
    case 5:
      return pdu(5, u16(r.address), u16(r.on ? 0xff00 : 0));
    case 6:
      return pdu(6, u16(r.address), u16(r.value));
    case 15: {
      const packed = packBits(r.bits);
      return pdu(15, u16(r.address), u16(r.bits.length), [packed.length], packed);
    }
    case 16:
    default:
      return pdu(16, u16(r.address), u16(r.registers.length), [r.registers.length * 2], words(r.registers));
  }
}

export function decodeRequest(bytes: Uint8Array): Decoded<Request> {
  const fn = bytes[0] ?? 0;
  const address = wordAt(bytes, 1);
  const second = wordAt(bytes, 3);
  if (fn === 15 || fn === 16) {
    const size = bytes[5] ?? 0;
    const expected = fn === 15 ? Math.ceil(second / 8) : second * 2;
    if (second < 1 || bytes.length !== 6 + size || size !== expected) {
      return bad(`byte count ${size} for ${second} values in ${bytes.length} bytes`);
    }
    const data = bytes.subarray(6);
    return fn === 15
      ? good({ fn, address, bits: unpackBits(data, second) })
      : good({ fn, address, registers: unpackWords(data) });
  }
  if (bytes.length !== 5) return bad(`request of ${bytes.length} bytes instead of 5`);
  if (fn === 1 || fn === 2 || fn === 3 || fn === 4) {
    return second >= 1 && second <= MOST[fn]
      ? good({ fn, address, count: second })
      : bad(`count ${second} of function ${fn}`);
  }
  if (fn === 5) {
    return second === 0xff00 || second === 0
      ? good({ fn, address, on: second === 0xff00 })
      : bad(`coil value ${second}`);
  }
  return fn === 6 ? good({ fn, address, value: second }) : bad(`function ${fn}`);
}

export function encodeResponse(r: Response): Uint8Array {
  if ('exception' in r) return Uint8Array.of(r.fn | 0x80, r.exception);
  switch (r.fn) {
    case 1:
    case 2: {
      const packed = packBits(r.bits);
      return pdu(r.fn, [packed.length], packed);
    }
    case 3:
    case 4:
      return pdu(r.fn, [r.registers.length * 2], words(r.registers));
    case 5:
      return pdu(5, u16(r.address), u16(r.on ? 0xff00 : 0));
    case 6:
      return pdu(6, u16(r.address), u16(r.value));
    case 15:
    case 16:
    default:
      return pdu(r.fn, u16(r.address), u16(r.count));
  }
}

/**
 * Decodes a response to `request`. A response names neither register nor count, so it must fit its
 * request: same function, the byte count asked for, and for writes the same address and value.
 */
export function decodeResponse(bytes: Uint8Array, request: Request): Decoded<Response> {
  const fn = bytes[0] ?? 0;
  if (fn === (request.fn | 0x80)) {
    const exception = bytes[1] ?? 0;
    return bytes.length === 2
      ? good({ fn: request.fn, exception })
      : bad(`exception of ${bytes.length} bytes`);
  }
  if (fn !== request.fn) return bad(`function ${fn} instead of ${request.fn}`);
  switch (request.fn) {
    case 1:
    case 2:
    case 3:
    case 4: {
      const size = dataSize(request);
      if (bytes[1] !== size) return bad(`byte count ${bytes[1] ?? 0} instead of ${size}`);
      if (bytes.length !== 2 + size) return bad(`response of ${bytes.length} bytes instead of ${2 + size}`);
      const data = bytes.subarray(2);
      return request.fn <= 2
        ? good({ fn: request.fn === 1 ? 1 : 2, bits: unpackBits(data, request.count) })
        : good({ fn: request.fn === 3 ? 3 : 4, registers: unpackWords(data) });
    }
    case 5:
    case 6:
    case 15:
    case 16:
    default: {
      const echo = encodeRequest(request).subarray(0, 5);
      if (bytes.length !== 5) return bad(`response of ${bytes.length} bytes instead of 5`);
      if (!echo.every((byte, i) => byte === bytes[i])) {
        return bad(
          `echo ${wordAt(bytes, 1)}, ${wordAt(bytes, 3)} instead of ${wordAt(echo, 1)}, ${wordAt(echo, 3)}`,
        );
      }
      return good(echoOf(request));
    }
  }
}

function echoOf(r: Extract<Request, { fn: 5 | 6 | 15 | 16 }>): Response {
  switch (r.fn) {
    case 5:
      return { fn: 5, address: r.address, on: r.on };
    case 6:
      return { fn: 6, address: r.address, value: r.value };
    case 15:
      return { fn: 15, address: r.address, count: r.bits.length };
    case 16:
    default:
      return { fn: 16, address: r.address, count: r.registers.length };
  }
}

/** Bytes of data in the answer to a read. */
export function dataSize(request: { readonly fn: 1 | 2 | 3 | 4; readonly count: number }): number {
  return request.fn <= 2 ? Math.ceil(request.count / 8) : request.count * 2;
}

function pdu(fn: number, ...parts: readonly ArrayLike<number>[]): Uint8Array {
  return Uint8Array.from([fn, ...parts.flatMap((part) => Array.from(part))]);
}

function u16(value: number): readonly number[] {
  return [(value >>> 8) & 0xff, value & 0xff];
}

function words(registers: readonly number[]): readonly number[] {
  return registers.flatMap(u16);
}

function wordAt(bytes: Uint8Array, at: number): number {
  return ((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0);
}

function unpackWords(data: Uint8Array): number[] {
  return Array.from({ length: data.length / 2 }, (_, i) => wordAt(data, i * 2));
}

/** Least significant bit first; the last byte is filled up with zeros. */
function packBits(bits: readonly boolean[]): Uint8Array {
  const packed = new Uint8Array(Math.ceil(bits.length / 8));
  for (const [i, bit] of bits.entries()) if (bit) packed[i >> 3] = (packed[i >> 3] ?? 0) | (1 << (i & 7));
  return packed;
}

function unpackBits(data: Uint8Array, count: number): boolean[] {
  return Array.from({ length: count }, (_, i) => (((data[i >> 3] ?? 0) >> (i & 7)) & 1) === 1);
}

function good<T>(value: T): { ok: true; value: T } {
  return { ok: true, value };
}

function bad(detail: string): { ok: false; detail: string } {
  return { ok: false, detail };
}
