import { crc16, decodePacket, type DecodedPacket } from './codec.ts';

/** Trackers send at most 1280 bytes; some configurations a few times as many. */
const LONGEST = 8192;
const SHORTEST = 3;
/** Preamble and length before, CRC behind. */
const [BEFORE, BEHIND] = [8, 4];
const CODECS: ReadonlySet<number> = new Set([0x08, 0x8e, 0x10, 0x0c, 0x0d, 0x0e]);
const IMEI_BYTES = 17;
/** Of one chunk so many may look like packets and be none: each costs a CRC over up to 8 KiB. */
const MOST_SPOILT = 32;

export type Heard =
  | { readonly kind: 'login'; readonly imei: string }
  | { readonly kind: 'packet'; readonly decoded: DecodedPacket }
  | { readonly kind: 'noise'; readonly code: 'CHECKSUM' | 'MALFORMED'; readonly detail: string };

/**
 * Takes a connection's bytes in any chunking: first who it is, then packets. A packet whose CRC is
 * wrong costs one byte, and the search goes on behind it. At most one packet is held.
 */
export class PacketReader {
  #rest: Uint8Array = new Uint8Array();
  #loggedIn: boolean;

  /** @param loggedIn false where a login comes first */
  constructor(loggedIn: boolean) {
    this.#loggedIn = loggedIn;
  }

  /** Whether something has begun and not ended. */
  get within(): boolean {
    return this.#rest.length > 0;
  }

  push(chunk: Uint8Array): Heard[] {
    const bytes = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk]);
    const heard: Heard[] = [];
    let at = 0;
    if (!this.#loggedIn) {
      const login = readLogin(bytes);
      if (login === 'more') return this.#keep(bytes, 0, heard);
      heard.push(login);
      if (login.kind === 'noise') return this.#keep(bytes, bytes.length, heard);
      this.#loggedIn = true;
      at = IMEI_BYTES;
    }
    let skipped = 0;
    let spoilt = 0;
    while (at < bytes.length) {
      const length = lengthAt(bytes, at);
      if (length === 'more') break;
      const end = at + BEFORE + length + BEHIND;
      if (length > 0 && end > bytes.length) break;
      const found = length > 0 ? packetIn(bytes, at, end) : null;
      if (found !== null && skipped > 0) heard.push(passedOver(skipped));
      if (found !== null) heard.push(found);
      if (found?.kind === 'packet') {
        skipped = 0;
        at = end;
        continue;
      }
      // A tracker keeps its connection alive with a byte FF now and then.
      if (found === null && (bytes[at] !== 0xff || skipped > 0)) skipped++;
      else if (found !== null) skipped = 0;
      at++;
      if (found === null || ++spoilt < MOST_SPOILT) continue;
      heard.push({
        kind: 'noise',
        code: 'MALFORMED',
        detail: `${spoilt} packets that are none; the rest is dropped`,
      });
      return this.#keep(bytes, bytes.length, heard);
    }
    if (skipped > 0) heard.push(passedOver(skipped));
    return this.#keep(bytes, at, heard);
  }

  #keep(bytes: Uint8Array, from: number, heard: Heard[]): Heard[] {
    this.#rest = bytes.slice(from);
    return heard;
  }
}

function readLogin(bytes: Uint8Array): Heard | 'more' {
  const wrong = bytes.findIndex((byte, i) => {
    if (i >= IMEI_BYTES) return false;
    return i === 0 ? byte !== 0 : i === 1 ? byte !== 15 : byte < 0x30 || byte > 0x39;
  });
  if (wrong >= 0) return { kind: 'noise', code: 'MALFORMED', detail: `no IMEI: ${hexOf(bytes)}` };
  if (bytes.length < IMEI_BYTES) return 'more';
  return { kind: 'login', imei: Buffer.from(bytes.subarray(2, IMEI_BYTES)).toString('latin1') };
}

/** Length of the data of a packet that may begin at `at`; 0 when none can. */
function lengthAt(bytes: Uint8Array, at: number): number | 'more' {
  for (let i = at; i < Math.min(at + 4, bytes.length); i++) if (bytes[i] !== 0) return 0;
  if (bytes.length < at + BEFORE + 1) return 'more';
  const length = new DataView(bytes.buffer, bytes.byteOffset).getUint32(at + 4);
  return length < SHORTEST || length > LONGEST || !CODECS.has(bytes[at + BEFORE] ?? 0) ? 0 : length;
}

function packetIn(bytes: Uint8Array, at: number, end: number): Heard {
  const data = bytes.subarray(at + BEFORE, end - BEHIND);
  const wanted = crc16(data);
  const found = new DataView(bytes.buffer, bytes.byteOffset).getUint32(end - BEHIND);
  if (found === wanted) return { kind: 'packet', decoded: decodePacket(data) };
  return {
    kind: 'noise',
    code: 'CHECKSUM',
    detail: `CRC ${found.toString(16)} of ${data.length} bytes, not ${wanted.toString(16)}`,
  };
}

function passedOver(bytes: number): Heard {
  return { kind: 'noise', code: 'MALFORMED', detail: `${bytes} bytes that are no packet` };
}

function hexOf(bytes: Uint8Array): string {
  return Buffer.from(bytes.subarray(0, 20)).toString('hex');
}
