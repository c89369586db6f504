/** JT/T 808 messages, 2013 and 2019: header, body, check byte, escaped between two 7E. */

export const MessageId = {
  answer: 0x0001,
  heartbeat: 0x0002,
  logout: 0x0003,
  register: 0x0100,
  authenticate: 0x0102,
  location: 0x0200,
  locations: 0x0704,
  resendWanted: 0x8003,
  platformAnswer: 0x8001,
  registered: 0x8100,
} as const;

export type Message = {
  readonly id: number;
  /** Protocol version of a 2019 header; null for a header of 2013. */
  readonly version: number | null;
  /** 12 digits (2013) or 20 (2019). */
  readonly terminal: string;
  readonly serial: number;
  readonly body: Uint8Array;
  /** Of a message that was split: which part this is, from 1. */
  readonly part?: Part;
};

export type Part = { readonly total: number; readonly number: number };

export type DecodedMessage =
  | { readonly ok: true; readonly message: Message }
  | { readonly ok: false; readonly code: 'CHECKSUM' | 'MALFORMED' | 'REFUSED'; readonly detail: string };

const [LENGTH, ENCRYPTED, SPLIT, IS_2019] = [0x03ff, 0x1c00, 0x2000, 0x4000];

/** Decodes what stands between two 7E. */
export function decodeMessage(escaped: Uint8Array): DecodedMessage {
  const bytes = unescape(escaped);
  if (bytes === null) return wrong('MALFORMED', '7D before neither 01 nor 02');
  if (bytes.length < 13) return wrong('MALFORMED', `${bytes.length} bytes are no message`);
  const check = bytes[bytes.length - 1] ?? 0;
  const wanted = xor(bytes.subarray(0, -1));
  if (check !== wanted) return wrong('CHECKSUM', `check ${hex(check, 2)}, not ${hex(wanted, 2)}`);
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  const id = view.getUint16(0);
  const attributes = view.getUint16(2);
  const is2019 = (attributes & IS_2019) !== 0;
  if ((attributes & ENCRYPTED) !== 0) return wrong('REFUSED', `message ${hex(id, 4)} is encrypted`);
  const head = is2019 ? 17 : 12;
  const start = head + ((attributes & SPLIT) === 0 ? 0 : 4);
  const length = attributes & LENGTH;
  if (bytes.length !== start + length + 1) {
    return wrong('MALFORMED', `message ${hex(id, 4)} says ${length} bytes, has ${bytes.length - start - 1}`);
  }
  const terminal = Buffer.from(bytes.subarray(is2019 ? 5 : 4, head - 2)).toString('hex');
  if (!/^\d+$/.test(terminal)) return wrong('MALFORMED', `terminal ${terminal} is no number`);
  const body = bytes.slice(start, -1);
  const version = is2019 ? (bytes[4] ?? 0) : null;
  const message = { id, version, terminal, serial: view.getUint16(head - 2), body };
  if (start === head) return { ok: true, message };
  const part = { total: view.getUint16(head), number: view.getUint16(head + 2) };
  if (part.number >= 1 && part.number <= part.total) return { ok: true, message: { ...message, part } };
  return wrong('MALFORMED', `message ${hex(id, 4)} is part ${part.number} of ${part.total}`);
}

/** The whole frame. The body is at most 1023 bytes. */
export function encodeMessage({ id, version, terminal, serial, body, part }: Message): Uint8Array {
  if (body.length > LENGTH) throw new RangeError(`a body of ${body.length} bytes, at most ${LENGTH}`);
  const split = part === undefined ? 0 : SPLIT;
  const attributes = body.length | split | (version === null ? 0 : IS_2019);
  const plain = Uint8Array.from([
    ...u16(id),
    ...u16(attributes),
    ...(version === null ? [] : [version]),
    ...Buffer.from(terminal.padStart(version === null ? 12 : 20, '0'), 'hex'),
    ...u16(serial),
    ...(part === undefined ? [] : [...u16(part.total), ...u16(part.number)]),
    ...body,
  ]);
  return Uint8Array.from([0x7e, ...escape([...plain, xor(plain)]), 0x7e]);
}

/** 7D 02 is 7E, 7D 01 is 7D; null for any other 7D. */
export function unescape(bytes: Uint8Array): Uint8Array | null {
  const out: number[] = [];
  for (let i = 0; i < bytes.length; i++) {
    const byte = bytes[i] ?? 0;
    if (byte !== 0x7d) {
      out.push(byte);
      continue;
    }
    const next = bytes[++i];
    if (next !== 1 && next !== 2) return null;
    out.push(0x7c + next);
  }
  return Uint8Array.from(out);
}

function escape(bytes: readonly number[]): number[] {
  return bytes.flatMap((byte) => (byte === 0x7e ? [0x7d, 2] : byte === 0x7d ? [0x7d, 1] : [byte]));
}

export function u16(n: number): [number, number] {
  return [n >> 8, n & 0xff];
}

function xor(bytes: Uint8Array): number {
  return bytes.reduce((sum, byte) => sum ^ byte, 0);
}

export function hex(n: number, digits: number): string {
  return n.toString(16).toUpperCase().padStart(digits, '0');
}

function wrong(code: 'CHECKSUM' | 'MALFORMED' | 'REFUSED', detail: string): DecodedMessage {
  return { ok: false, code, detail };
}
