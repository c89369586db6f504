import type { Candidate, FrameFormat } from '../talker/frame-scanner.ts';

/**
 * Frames of the UHFReader18 protocol and of the UHFReader288 (UR series) manual, chapter 8: a command is
 * `Len Adr Cmd data CRC`, a reply `Len Adr reCmd Status data CRC`. Len counts the bytes after itself.
 */
export type Command18 = { readonly address: number; readonly command: number; readonly data: Uint8Array };
export type Reply18 = Command18 & { readonly status: number };

export const INVENTORY = 0x01;

export const Status = {
  finished: 0x01,
  /** The inventory time was over; what was found by then is told. */
  timeOver: 0x02,
  moreFollow: 0x03,
  noTag: 0xfb,
} as const;

export type Model = 18 | 288;

export type Tag18 = {
  readonly epc: Uint8Array;
  /** With FastID, which only the 288 has. */
  readonly tid: Uint8Array | null;
  /** As the reader says it, on a scale of the vendor's; null from an 18. */
  readonly rawRssi: number | null;
};

export type Tags18 = {
  /** Bit 0 is antenna 1; null from an 18. */
  readonly antennaMask: number | null;
  readonly tags: readonly Tag18[];
};

/** Address, command and CRC. */
const LEAST_COMMAND = 4;
const LEAST_REPLY = 5;
const LONGEST = 1 + 0xff;
const CRC_BYTES = 2;
/** Set in the length of a block that has a TID of 12 bytes behind its EPC. */
const HAS_TID = 0x80;
const TID_BYTES = 12;

/** Any command. A frame has no head: what tells it from noise is its length and CRC. */
export const COMMANDS: FrameFormat<Command18> = {
  longest: LONGEST,
  judge: (bytes, from) =>
    judge(bytes, from, LEAST_COMMAND, (address, command, data) => ({ address, command, data })),
};

/** Any reply. */
export const REPLIES: FrameFormat<Reply18> = {
  longest: LONGEST,
  judge: (bytes, from) =>
    judge(bytes, from, LEAST_REPLY, (address, command, rest) => {
      return { address, command, status: rest[0] ?? 0, data: rest.slice(1) };
    }),
};

/**
 * Replies of one reader, or of any (255), to an inventory. Address and command stand where a head would:
 * without them any byte of noise would be a length to wait for. A list of tags must fit its frame, since
 * one wrong length in 65536 has a right CRC.
 */
export function inventoryReplies(model: Model, address: number): FrameFormat<Reply18> {
  return {
    longest: LONGEST,
    judge: (bytes, from) => {
      const [own, its] = bytes.subarray(from + 1, from + 3);
      if (own !== undefined && address !== 0xff && own !== address) return { kind: 'none' };
      if (its !== undefined && its !== INVENTORY) return { kind: 'none' };
      const found = REPLIES.judge(bytes, from);
      if (found.kind !== 'frame' || isWhole(model, found.value)) return found;
      const { status, data } = found.value;
      const detail = `status ${status} with ${data.length} bytes that are no list of tags of model ${model}`;
      return { kind: 'bad', code: 'MALFORMED', detail };
    },
  };
}

function isWhole(model: Model, { status, data }: Reply18): boolean {
  const isList = status === Status.finished || status === Status.timeOver || status === Status.moreFollow;
  if (!isList || (model === 18 && data.length === 0)) return true;
  return decodeTags(model, data) !== null;
}

function judge<T>(
  bytes: Uint8Array,
  from: number,
  least: number,
  make: (address: number, command: number, data: Uint8Array) => T,
): Candidate<T> {
  const [len = 0] = bytes.subarray(from, from + 1);
  if (len < least) return { kind: 'none' };
  const end = from + 1 + len;
  if (bytes.length < end) return { kind: 'more' };
  const [low = 0, high = 0] = bytes.subarray(end - CRC_BYTES, end);
  const right = crc16(bytes.subarray(from, end - CRC_BYTES));
  if (((high << 8) | low) !== right) {
    return {
      kind: 'bad',
      code: 'CHECKSUM',
      detail: `CRC of a frame of ${len + 1} bytes is not ${right.toString(16)}`,
    };
  }
  const [address = 0, command = 0] = bytes.subarray(from + 1, from + 3);
  const data = Uint8Array.from(bytes.subarray(from + 3, end - CRC_BYTES));
  return { kind: 'frame', value: make(address, command, data), length: 1 + len };
}

export function encodeCommand({ address, command, data }: Command18): Uint8Array {
  const body = Uint8Array.of(data.length + LEAST_COMMAND, address, command, ...data);
  const crc = crc16(body);
  return Uint8Array.of(...body, crc & 0xff, crc >> 8);
}

export function encodeReply({ address, command, status, data }: Reply18): Uint8Array {
  return encodeCommand({ address, command, data: Uint8Array.of(status, ...data) });
}

/** The tags of a reply to an inventory; null when it is not as long as it says itself. */
export function decodeTags(model: Model, data: Uint8Array): Tags18 | null {
  let at = 0;
  const antennaMask = model === 288 ? (data[at++] ?? null) : null;
  const count = data[at++];
  if (count === undefined) return null;
  const tags: Tag18[] = [];
  for (let i = 0; i < count; i++) {
    const head = data[at++];
    if (head === undefined) return null;
    const hasTid = model === 288 && (head & HAS_TID) !== 0;
    const length = hasTid ? head & ~HAS_TID : head;
    if (hasTid && length < TID_BYTES) return null;
    const ends = at + length;
    const isCut = ends + (model === 288 ? 1 : 0) > data.length;
    if (isCut) return null;
    const epcEnd = hasTid ? ends - TID_BYTES : ends;
    const epc = data.slice(at, epcEnd);
    const tid = hasTid ? data.slice(epcEnd, ends) : null;
    at = ends;
    tags.push({ epc, tid, rawRssi: model === 288 ? (data[at++] ?? null) : null });
  }
  return at === data.length ? { antennaMask, tags } : null;
}

/** The other half of `decodeTags`. */
export function encodeTags({ antennaMask, tags }: Tags18): Uint8Array {
  const blocks = tags.flatMap(({ epc, tid, rawRssi }) => {
    const length = epc.length + (tid === null ? 0 : HAS_TID + tid.length);
    return [length, ...epc, ...(tid ?? []), ...(rawRssi === null ? [] : [rawRssi])];
  });
  return Uint8Array.of(...(antennaMask === null ? [] : [antennaMask]), tags.length, ...blocks);
}

/** Antennas of a mask, from 1: 05 is 1 and 3. */
export function antennasOf(mask: number): number[] {
  return [1, 2, 3, 4, 5, 6, 7, 8].filter((antenna) => mask & (1 << (antenna - 1)));
}

/** Polynomial 8408 (reflected 1021), from FFFF; sent low byte first. */
function crc16(bytes: Uint8Array): number {
  let crc = 0xffff;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >> 1) ^ 0x8408 : crc >> 1;
  }
  return crc;
}

const STATUS_TEXT: Readonly<Record<number, string>> = {
  0x04: 'memory full, tags were left out',
  0xf8: 'antenna missing',
  0xf9: 'command failed',
  0xfc: 'error of a tag',
  0xfd: 'command of a wrong length',
  0xfe: 'command not known',
  0xff: 'parameter invalid',
};

export function statusText(status: number): string {
  return `status 0x${status.toString(16).padStart(2, '0')} (${STATUS_TEXT[status] ?? 'unknown'})`;
}
