import {
  CUSTOM_PARAMETER,
  FIRST_TLV,
  IMPINJ_VENDOR,
  isZebra,
  protocol,
  type Protocol,
} from './definitions.ts';
import { readParameter } from './decode.ts';
import { HEADER_BYTES, readHeader } from './header.ts';
import { attempt, Malformed, type Decoded } from './node.ts';

/** One TagReportData. What the reader left out is null, and may mean "as in the last report". */
export type TagReport = {
  /** Lower-case hex; of an EPCData whose bits do not fill it, the last byte is padded with zeros. */
  readonly epc: string;
  readonly antenna: number | null;
  /** 1/100 dBm; Impinj's own where it is reported, else the standard's whole dBm. */
  readonly rssi: number | null;
  /** µs since 1970 by the reader's clock. */
  readonly firstSeenUs: number | null;
  readonly lastSeenUs: number | null;
  readonly count: number | null;
  readonly roSpec: number | null;
  readonly channel: number | null;
  /** 1/4096 of a turn, 0…4095. */
  readonly phase: number | null;
  /** Lower-case hex. */
  readonly tid: string | null;
};

const RO_ACCESS_REPORT = 61;
const TAG_REPORT_DATA = 240;
const EPC_DATA = 241;

/** What stands behind a TV type, and whether it may stand more than once: LLRP 1.0.1, 17.2.7.3. */
const TV_BYTES = new Uint8Array(128);
for (const [type, bytes] of [
  [1, 2],
  [2, 8],
  [3, 8],
  [4, 8],
  [5, 8],
  [6, 1],
  [7, 2],
  [8, 2],
  [9, 4],
  [10, 2],
  [11, 2],
  [12, 2],
  [13, 12],
  [14, 2],
  [16, 4],
  [19, 2],
  [20, 2],
] as const)
  TV_BYTES[type] = bytes;

/** PC, CRC and the words of XPC: of the tag's own air protocol, any number of them. */
const MANY: ReadonlySet<number> = new Set([11, 12, 19, 20]);
const ONLY_IN_1_1: ReadonlySet<number> = new Set([19, 20]);

/**
 * The tag reports of an RO_ACCESS_REPORT without a tree in between, as readers send them by the
 * thousand. Takes exactly what decodeMessage takes; null when the message is another one.
 */
export function decodeTagReports(message: Uint8Array): Decoded<readonly TagReport[] | null> {
  return attempt(() => {
    const bytes = Buffer.from(message.buffer, message.byteOffset, message.byteLength);
    const { version, type, length } = readHeader(bytes);
    if (type !== RO_ACCESS_REPORT) return null;
    if (length !== bytes.length) {
      throw new Malformed('incomplete', `the length says ${length}, the message has ${bytes.length} bytes`);
    }
    const known = protocol(version);
    const reports: TagReport[] = [];
    let at = HEADER_BYTES;
    while (at < length) {
      const end = tlvEnd(bytes, at, length);
      if ((word(bytes, at) & 0x3ff) === TAG_REPORT_DATA && (bytes[at] ?? 0) < FIRST_TLV) {
        reports.push(readReport(bytes, at + 4, end, known, version === 2));
      } else requirePlace('RO_ACCESS_REPORT', readParameter(known, bytes, at, end).node.name, known);
      at = end;
    }
    return reports;
  });
}

function readReport(bytes: Buffer, from: number, end: number, known: Protocol, isSecond: boolean): TagReport {
  let at = from;
  let seen = 0;
  let epc: string | null = null;
  let antenna: number | null = null;
  let rssi: number | null = null;
  let isOwnRssi = false;
  let firstSeenUs: number | null = null;
  let lastSeenUs: number | null = null;
  let count: number | null = null;
  let roSpec: number | null = null;
  let channel: number | null = null;
  let phase: number | null = null;
  let tid: string | null = null;
  while (at < end) {
    const first = bytes[at] ?? 0;
    if (first < FIRST_TLV) {
      const next = tlvEnd(bytes, at, end);
      const type = word(bytes, at) & 0x3ff;
      if (type === EPC_DATA) {
        if (epc !== null) throw new Malformed('misplaced', 'TagReportData has two EPCs');
        epc = readEpcData(bytes, at + 4, next);
      } else if (type === CUSTOM_PARAMETER) {
        if (next - at < 12) throw new Malformed('cut-short', `a Custom of ${next - at} bytes`);
        const vendor = bytes.readUInt32BE(at + 4);
        const subtype = bytes.readUInt32BE(at + 8);
        const bytesLeft = next - at - 12;
        if (vendor === IMPINJ_VENDOR) {
          if (subtype === 56 && bytesLeft === 2) phase = word(bytes, at + 12) & 0xfff;
          else if (subtype === 57 && bytesLeft === 2) {
            rssi = bytes.readInt16BE(at + 12);
            isOwnRssi = true;
          } else if (subtype === 55 && bytesLeft >= 2 && word(bytes, at + 12) * 2 === bytesLeft - 2) {
            tid = bytes.toString('hex', at + 14, next);
          }
        } else if (isZebra(vendor) && subtype === 709 && bytesLeft === 2) {
          phase = zebraPhase(bytes.readInt16BE(at + 12));
        }
      } else {
        requirePlace('TagReportData', readParameter(known, bytes, at, next).node.name, known);
      }
      at = next;
      continue;
    }
    const type = first - FIRST_TLV;
    const width = TV_BYTES[type] ?? 0;
    if (width === 0 || (!isSecond && ONLY_IN_1_1.has(type))) {
      throw new Malformed('unknown-tv', `TV parameter type ${type} in TagReportData`);
    }
    const value = at + 1;
    at = value + width;
    if (at > end) throw new Malformed('cut-short', `TV parameter type ${type} is cut short`);
    const bit = 1 << type;
    if ((seen & bit) !== 0 && !MANY.has(type)) {
      throw new Malformed('misplaced', `TagReportData has two TV parameters of type ${type}`);
    }
    seen |= bit;
    switch (type) {
      case 13:
        if (epc !== null) throw new Malformed('misplaced', 'TagReportData has two EPCs');
        epc = bytes.toString('hex', value, at);
        break;
      case 1:
        antenna = word(bytes, value);
        break;
      case 6:
        if (!isOwnRssi) rssi = bytes.readInt8(value) * 100;
        break;
      case 2:
        firstSeenUs = micros(bytes, value);
        break;
      case 4:
        lastSeenUs = micros(bytes, value);
        break;
      case 8:
        count = word(bytes, value);
        break;
      case 9:
        roSpec = bytes.readUInt32BE(value);
        break;
      case 7:
        channel = word(bytes, value);
        break;
    }
  }
  if (epc === null) throw new Malformed('missing', 'TagReportData lacks EPCData or EPC_96');
  return { epc, antenna, rssi, firstSeenUs, lastSeenUs, count, roSpec, channel, phase, tid };
}

function word(bytes: Buffer, at: number): number {
  return ((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0);
}

/** Exact to the year 2255; a reader that says more is wrong by more than the rounding. */
function micros(bytes: Buffer, at: number): number {
  return bytes.readUInt32BE(at) * 0x1_0000_0000 + bytes.readUInt32BE(at + 4);
}

function readEpcData(bytes: Buffer, at: number, end: number): string {
  if (end - at < 2) throw new Malformed('cut-short', 'EPCData without a bit count');
  const length = Math.ceil(word(bytes, at) / 8);
  if (at + 2 + length > end) throw new Malformed('cut-short', `EPCData of ${word(bytes, at)} bits`);
  if (at + 2 + length < end) throw new Malformed('trailing', `EPCData of ${end - at} bytes`);
  return bytes.toString('hex', at + 2, end);
}

/** ±32767 is half a turn to either side. */
function zebraPhase(value: number): number {
  return Math.round((value / 65534) * 4096 + 4096) % 4096;
}

function tlvEnd(bytes: Buffer, at: number, end: number): number {
  if ((bytes[at] ?? 0) >= FIRST_TLV)
    throw new Malformed('misplaced', `a TV parameter ${bytes[at]} outside a tag`);
  if (at + 4 > end) throw new Malformed('cut-short', `a parameter header has ${end - at} bytes`);
  const length = word(bytes, at + 2);
  if (length < 4 || at + length > end) {
    throw new Malformed('tlv-length', `a parameter of ${length} bytes, ${end - at} are there`);
  }
  return at + length;
}

function requirePlace(parent: string, child: string, { byName }: Protocol): void {
  if (!byName.get(parent)?.slots.some((slot) => slot.names.includes(child))) {
    throw new Malformed('misplaced', `${child} does not stand in ${parent}`);
  }
}
