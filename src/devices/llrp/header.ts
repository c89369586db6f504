import { Malformed, type LlrpVersion } from './node.ts';

/** 3 reserved bits, 3 of version, 10 of type; u32 length of the whole message; u32 id (LLRP 1.0.1, 16.1.1). */
export const HEADER_BYTES = 10;

/** Far more than any reader sends at once: 8192 antennas' capabilities are a third of it. */
export const LONGEST_MESSAGE = 1_048_576;

export type Header = {
  readonly version: LlrpVersion;
  readonly type: number;
  readonly length: number;
  readonly id: number;
};

/** @throws Malformed */
export function readHeader(bytes: Buffer): Header {
  if (bytes.length < HEADER_BYTES) throw new Malformed('incomplete', `${bytes.length} bytes are no header`);
  const first = bytes.readUInt16BE(0);
  const version = first >> 10;
  if (version !== 1 && version !== 2) throw new Malformed('version', `version bits ${version}`);
  const length = bytes.readUInt32BE(2);
  if (length < HEADER_BYTES || length > LONGEST_MESSAGE) {
    throw new Malformed('length', `a message of ${length} bytes`);
  }
  return { version, type: first & 0x3ff, length, id: bytes.readUInt32BE(6) };
}
