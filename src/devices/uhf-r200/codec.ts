import type { Candidate, FrameFormat } from '../talker/frame-scanner.ts';

/** `BB type cmd length params sum 7E` of the M100/QM100/YRM100 (R200) protocol manual, both ways. */
export type R200Frame = {
  /** 0 command, 1 response, 2 notice. */
  readonly type: number;
  readonly command: number;
  readonly params: Uint8Array;
};

export const FrameType = { command: 0, response: 1, notice: 2 } as const;

export const R200Command = {
  setQuery: 0x0e,
  poll: 0x22,
  multiPoll: 0x27,
  stop: 0x28,
  setPower: 0xb6,
  error: 0xff,
} as const;

/** The error that only says that a poll found nothing. */
export const NO_TAG = 0x15;

/** A notice of a tag; signal in 0.01 dBm. */
export type R200Tag = { readonly pc: number; readonly epc: Uint8Array; readonly rssi: number };

const HEAD = 0xbb;
const TAIL = 0x7e;
/** Head, type, command, two of length, sum and tail. */
const AROUND = 7;
/** No frame that is known comes near it; the length field could say 65535. */
const MOST_PARAMS = 0xff;
/** Signal, PC and CRC around the EPC. */
const AROUND_EPC = 5;

/** Any frame. */
export const R200_FORMAT: FrameFormat<R200Frame> = { longest: AROUND + MOST_PARAMS, judge };

/** The replies that this driver asks for, by type and shape; a tag by its own checksum too. */
export const R200_REPLIES: FrameFormat<R200Frame> = {
  longest: R200_FORMAT.longest,
  judge: (bytes, from) => {
    const found = judge(bytes, from);
    if (found.kind !== 'frame' || isReply(found.value)) return found;
    const { type, command, params } = found.value;
    if (type === FrameType.notice && command === R200Command.poll) {
      return {
        kind: 'bad',
        code: 'CHECKSUM',
        detail: `a tag of ${params.length} bytes does not fit its PC and CRC`,
      };
    }
    const detail = `type ${type}, command 0x${command.toString(16)} with ${params.length} bytes is no reply that was asked for`;
    return { kind: 'bad', code: 'MALFORMED', detail };
  },
};

function isReply({ type, command, params }: R200Frame): boolean {
  if (type === FrameType.notice) return command === R200Command.poll && decodeTag(params) !== null;
  if (type !== FrameType.response) return false;
  if (command === R200Command.error) return params.length >= 1;
  const orders: readonly number[] = [R200Command.setQuery, R200Command.setPower, R200Command.stop];
  return orders.includes(command) && params.length === 1;
}

function judge(bytes: Uint8Array, from: number): Candidate<R200Frame> {
  if (bytes[from] !== HEAD) return { kind: 'none' };
  const head = bytes.subarray(from, from + 5);
  const [, type = 0, command = 0, high = 0, low = 0] = head;
  const length = (high << 8) | low;
  if (type > FrameType.notice) return { kind: 'bad', code: 'MALFORMED', detail: `frame type ${type}` };
  if (high > 0)
    return { kind: 'bad', code: 'MALFORMED', detail: `length ${length} is more than ${MOST_PARAMS}` };
  if (head.length < 5 || bytes.length < from + AROUND + length) return { kind: 'more' };
  const params = Uint8Array.from(bytes.subarray(from + 5, from + 5 + length));
  const [sum, tail] = bytes.subarray(from + 5 + length, from + AROUND + length);
  const right = sumOf(type, command, params);
  if (sum !== right) return { kind: 'bad', code: 'CHECKSUM', detail: `sum ${sum} of a frame, not ${right}` };
  if (tail !== TAIL)
    return { kind: 'bad', code: 'MALFORMED', detail: `a frame ends with ${tail}, not ${TAIL}` };
  return { kind: 'frame', value: { type, command, params }, length: AROUND + length };
}

export function encodeFrame({ type, command, params }: R200Frame): Uint8Array {
  const [high, low] = [params.length >> 8, params.length & 0xff];
  return Uint8Array.of(HEAD, type, command, high, low, ...params, sumOf(type, command, params), TAIL);
}

/** Null when the EPC is not as long as the PC word says, or the tag's own CRC is not right. */
export function decodeTag(params: Uint8Array): R200Tag | null {
  if (params.length < AROUND_EPC) return null;
  const view = new DataView(params.buffer, params.byteOffset, params.length);
  const pc = view.getUint16(1);
  if (params.length !== AROUND_EPC + 2 * (pc >> 11)) return null;
  if (view.getUint16(params.length - 2) !== tagCrc(params.subarray(1, -2))) return null;
  return { pc, epc: params.slice(3, -2), rssi: view.getInt8(0) * 100 };
}

/** The other half of `decodeTag`. */
export function encodeTag({ pc, epc, rssi }: R200Tag): Uint8Array {
  const stored = Uint8Array.of(pc >> 8, pc & 0xff, ...epc);
  const crc = tagCrc(stored);
  return Uint8Array.of((rssi / 100) & 0xff, ...stored, crc >> 8, crc & 0xff);
}

/** Parameters of command 0E: DR 8, Miller 1 with pilot tone, all tags, and what is asked. */
export function encodeQuery(session: number, target: 'A' | 'B', q: number): Uint8Array {
  return Uint8Array.of(0x10 | session, ((target === 'B' ? 1 : 0) << 7) | (q << 3));
}

/** CRC-16 that a tag sends over its PC and EPC: polynomial 1021, from FFFF, inverted (ISO/IEC 18000-63 annex F). */
function tagCrc(bytes: Uint8Array): number {
  let crc = 0xffff;
  for (const byte of bytes) {
    crc ^= byte << 8;
    for (let bit = 0; bit < 8; bit++) crc = crc & 0x8000 ? ((crc << 1) ^ 0x1021) & 0xffff : crc << 1;
  }
  return crc ^ 0xffff;
}

function sumOf(type: number, command: number, params: Uint8Array): number {
  const length = (params.length >> 8) + (params.length & 0xff);
  return params.reduce((sum, byte) => sum + byte, type + command + length) & 0xff;
}

const ERRORS: Readonly<Record<number, string>> = {
  0x09: 'read failed',
  0x10: 'write failed',
  0x15: 'no tag',
  0x16: 'access failed',
  0x17: 'command not known',
  0x20: 'no free channel',
};

export function errorText(code: number): string {
  return `error 0x${code.toString(16).padStart(2, '0')} (${ERRORS[code] ?? 'unknown'})`;
}
