import { encodeMessage } from '../src/devices/llrp/encode.ts';
import { foreignDecode } from '../src/devices/llrp/llrpjs.fixture.ts';
import { decodeTagReports } from '../src/devices/llrp/tag-reports.ts';
import { dwellFigures } from './dwell.ts';
import type { PartResult } from './figures.ts';
import { medianMs } from './repeated.ts';

const TAGS_A_MESSAGE = 100;
const MESSAGES = 100;
/** A tag as common readers report it: EPC, antenna, RSSI, first and last seen, count. */
const BYTES_A_TAG = 43;
const AT_LEAST = 1_000_000;

/** Tag reports from the bytes of a reader's messages, every parameter checked. */
export function benchLlrp(quick: boolean): PartResult {
  const messages = Array.from({ length: MESSAGES }, (_, i) => report(i));
  const rounds = quick ? 10 : 60;
  const runs = quick ? 3 : 7;
  const n = rounds * MESSAGES * TAGS_A_MESSAGE;
  const ms = medianMs(runs, () => {
    let decoded = 0;
    for (let i = 0; i < rounds; i++) for (const message of messages) decoded += reportsIn(message);
    if (decoded !== n) throw new Error(`${decoded} tag reports were decoded of ${n}`);
  });
  const bare = medianMs(runs, () => {
    for (let i = 0; i < rounds; i++) for (const message of messages) epcsOf(message);
  });
  const some = messages.slice(0, quick ? 2 : 10);
  const foreign = medianMs(runs, () => {
    for (const message of some) foreignTags(message);
  });
  return {
    part: 'llrp',
    figures: [
      {
        name: 'validated LLRP tag reports on one core',
        value: (n / ms) * 1000,
        unit: 'reports/s',
        beside: { name: 'the hex of their EPCs alone', value: (n / bare) * 1000 },
        target: { least: AT_LEAST },
      },
      {
        name: 'the same beside llrpjs',
        value: (n / ms) * 1000,
        unit: 'reports/s',
        beside: {
          name: 'llrpjs on the same frames',
          value: ((some.length * TAGS_A_MESSAGE) / foreign) * 1000,
        },
        target: null,
      },
      ...dwellFigures(quick),
    ],
    notes: [`median of ${runs} runs of ${n} tags, ${TAGS_A_MESSAGE} a message`],
  };
}

function reportsIn(message: Buffer): number {
  const read = decodeTagReports(message);
  if (!read.ok) throw new Error(read.detail);
  return read.value?.length ?? 0;
}

function foreignTags(message: Buffer): void {
  const { TagReportData: tags } = foreignDecode(message).data;
  if (!Array.isArray(tags) || tags.length !== TAGS_A_MESSAGE) throw new Error('llrpjs read other tags');
}

function epcsOf(message: Buffer): void {
  for (let at = 15; at < message.length; at += BYTES_A_TAG) message.toString('hex', at, at + 12);
}

function report(no: number): Buffer {
  const tags = Array.from({ length: TAGS_A_MESSAGE }, (_, i) => ({
    name: 'TagReportData',
    params: [
      { name: 'EPC_96', fields: { EPC: (no * TAGS_A_MESSAGE + i).toString(16).padStart(24, '3') } },
      { name: 'AntennaID', fields: { AntennaID: 1 + (i % 4) } },
      { name: 'PeakRSSI', fields: { PeakRSSI: -40 - (i % 30) } },
      { name: 'FirstSeenTimestampUTC', fields: { Microseconds: 1_767_225_600_000_000n + BigInt(i) } },
      { name: 'LastSeenTimestampUTC', fields: { Microseconds: 1_767_225_600_500_000n + BigInt(i) } },
      { name: 'TagSeenCount', fields: { TagCount: 1 + (i % 20) } },
    ],
  }));
  return encodeMessage({ version: 1, id: no, body: { name: 'RO_ACCESS_REPORT', params: tags } });
}
