import type { Candidate, FrameFormat } from '../talker/frame-scanner.ts';

/** `A0 Len Addr Cmd data Check` of the UHF RFID reader serial interface protocol V3.7, both ways. */
export type A0Frame = {
  readonly address: number;
  readonly command: number;
  readonly data: Uint8Array;
};

export const A0Command = {
  setTemporaryPower: 0x66,
  setWorkAntenna: 0x74,
  realTimeInventory: 0x89,
  sessionInventory: 0x8b,
} as const;

export const SUCCESS = 0x10;

/** What a reply to an inventory says; `rssi` in 0.01 dBm. */
export type A0Inventory =
  | {
      readonly kind: 'tag';
      readonly antenna: number;
      readonly pc: number;
      readonly epc: Uint8Array;
      readonly rssi: number;
    }
  | { readonly kind: 'end'; readonly antenna: number; readonly readRate: number; readonly totalReads: number }
  | { readonly kind: 'error'; readonly code: number };

const HEAD = 0xa0;
/** Address, command and check: the least that Len counts. */
const LEAST = 3;
const ERROR_BYTES = 1;
const END_BYTES = 7;
/** FreqAnt, PC and RSSI around the EPC. */
const AROUND_EPC = 4;

const LONGEST = 2 + 0xff;

/** Any frame. */
export const A0_FORMAT: FrameFormat<A0Frame> = { longest: LONGEST, judge };

/**
 * The replies that this driver asks for. One noise in 256 has a right sum, so a frame must also have a
 * shape that is known.
 */
export const A0_REPLIES: FrameFormat<A0Frame> = {
  longest: LONGEST,
  judge: (bytes, from) => {
    const found = judge(bytes, from);
    if (found.kind !== 'frame' || isReply(found.value)) return found;
    const { command, data } = found.value;
    const detail = `command 0x${command.toString(16)} with ${data.length} bytes is no reply that was asked for`;
    return { kind: 'bad', code: 'MALFORMED', detail };
  },
};

function isReply({ command, data }: A0Frame): boolean {
  const isInventory = command === A0Command.realTimeInventory || command === A0Command.sessionInventory;
  if (isInventory) return decodeInventory(data) !== null;
  return (
    (command === A0Command.setTemporaryPower || command === A0Command.setWorkAntenna) && data.length === 1
  );
}

function judge(bytes: Uint8Array, from: number): Candidate<A0Frame> {
  if (bytes[from] !== HEAD) return { kind: 'none' };
  const len = bytes[from + 1];
  if (len === undefined) return { kind: 'more' };
  if (len < LEAST) return { kind: 'bad', code: 'MALFORMED', detail: `length ${len} is less than ${LEAST}` };
  const end = from + 2 + len;
  if (bytes.length < end) return { kind: 'more' };
  const sum = sumOf(bytes.subarray(from, end));
  if (sum !== 0)
    return { kind: 'bad', code: 'CHECKSUM', detail: `the bytes of a frame sum up to ${sum}, not 0` };
  const [address = 0, command = 0] = bytes.subarray(from + 2, from + 4);
  const data = Uint8Array.from(bytes.subarray(from + 4, end - 1));
  return { kind: 'frame', value: { address, command, data }, length: 2 + len };
}

export function encodeFrame({ address, command, data }: A0Frame): Uint8Array {
  const bytes = Uint8Array.of(HEAD, data.length + LEAST, address, command, ...data, 0);
  bytes[bytes.length - 1] = -sumOf(bytes);
  return bytes;
}

/**
 * The three replies to an inventory share its command: an error has one byte, the end of a round
 * seven, a tag an even number that must fit its PC word. Null for any other.
 */
export function decodeInventory(data: Uint8Array): A0Inventory | null {
  const view = new DataView(data.buffer, data.byteOffset, data.length);
  if (data.length === ERROR_BYTES) return { kind: 'error', code: view.getUint8(0) };
  if (data.length === END_BYTES) {
    const [antenna, readRate, totalReads] = [view.getUint8(0) + 1, view.getUint16(1), view.getUint32(3)];
    return { kind: 'end', antenna, readRate, totalReads };
  }
  if (data.length < AROUND_EPC) return null;
  const pc = view.getUint16(1);
  if (data.length !== AROUND_EPC + 2 * (pc >> 11)) return null;
  const raw = view.getUint8(data.length - 1);
  // On boards with eight ports the top bit of the signal's byte tells the upper four.
  const antenna = (view.getUint8(0) & 0x03) + 1 + (raw & 0x80 ? 4 : 0);
  return { kind: 'tag', antenna, pc, epc: data.slice(3, -1), rssi: ((raw & 0x7f) - 129) * 100 };
}

/** The other half of `decodeInventory`; `frequency` is the channel, 0 to 63. */
export function encodeInventory(reply: A0Inventory, frequency = 0): Uint8Array {
  if (reply.kind === 'error') return Uint8Array.of(reply.code);
  if (reply.kind === 'end') {
    const view = new DataView(new ArrayBuffer(END_BYTES));
    view.setUint8(0, reply.antenna - 1);
    view.setUint16(1, reply.readRate);
    view.setUint32(3, reply.totalReads);
    return new Uint8Array(view.buffer);
  }
  const { antenna, pc, epc, rssi } = reply;
  const freqAnt = (frequency << 2) | ((antenna - 1) & 0x03);
  const raw = (rssi / 100 + 129) | (antenna > 4 ? 0x80 : 0);
  return Uint8Array.of(freqAnt, pc >> 8, pc & 0xff, ...epc, raw);
}

function sumOf(bytes: Uint8Array): number {
  return bytes.reduce((sum, byte) => (sum + byte) & 0xff, 0);
}

const ERRORS: Readonly<Record<number, string>> = {
  0x11: 'command failed',
  0x20: 'reset of the controller',
  0x21: 'carrier not on',
  0x22: 'antenna missing',
  0x25: 'power not set',
  0x31: 'inventory failed',
  0x36: 'no tag',
  0x41: 'parameter invalid',
  0x46: 'reader address invalid',
  0x47: 'antenna invalid',
  0x48: 'power out of range',
  0x52: 'oscillator not locked',
  0x53: 'radio chip does not answer',
  0x54: 'power not reached',
  0x56: 'spectrum regulation',
  0x57: 'power too low',
};

export const NO_TAG = 0x36;

/** A code of the protocol's table of errors, for people: `error 0x22 (antenna missing)`. */
export function errorText(code: number): string {
  return `error 0x${code.toString(16).padStart(2, '0')} (${ERRORS[code] ?? 'unknown'})`;
}
