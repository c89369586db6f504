import { encodeMessage } from '../src/devices/llrp/encode.ts';
import { FrameReader } from '../src/devices/llrp/frame-reader.ts';
import { planLlrp } from '../src/devices/llrp/plan.ts';
import { decodeTagReports } from '../src/devices/llrp/tag-reports.ts';
import { ReadPoints } from '../src/devices/tags/read-points.ts';
import type { Figure } from './figures.ts';

const TAGS = 1000;
const TAGS_A_MESSAGE = 100;
const READS_A_SECOND = 20;
const STEP_MS = 1000 / READS_A_SECOND;
const BEGUN = Date.UTC(2026, 0, 1);
const MOST_PERCENT = 10;

/**
 * A thousand tags lie before an antenna, each read twenty times a second: what the driver does with the bytes,
 * second by second of the reader's time, until it has told of every tag that it came and that it went.
 */
export function dwellFigures(quick: boolean): Figure[] {
  const seconds = quick ? 5 : 30;
  const chunks = Array.from({ length: seconds * READS_A_SECOND }, (_, i) => chunkAt(BEGUN + i * STEP_MS));
  // The first is compiled by it.
  watch(chunks.slice(0, READS_A_SECOND));
  const before = process.cpuUsage();
  const observations = watch(chunks);
  const { user, system } = process.cpuUsage(before);
  return [
    {
      name: '1,000 tags read 20 times a second',
      value: ((user + system) / 1000 / (seconds * 1000)) * 100,
      unit: '% of a core',
      beside: null,
      target: { most: MOST_PERCENT },
    },
    {
      name: 'reads that became one observation',
      value: (TAGS * READS_A_SECOND * seconds) / observations,
      unit: 'reads',
      beside: null,
      target: { least: (READS_A_SECOND * seconds) / 2 },
    },
  ];
}

/** Bytes in, observations out; gives how many. */
function watch(chunks: readonly Buffer[]): number {
  const points = [{ name: 'dock', antennas: [1] }];
  const plan = planLlrp({ id: 'r', host: 'h', every: '60s', settle: '1s', gone: '5s', points });
  if (!plan.ok) throw new Error(JSON.stringify(plan.problems));
  const [frames, dock] = [new FrameReader(), new ReadPoints(plan.value)];
  dock.setClock(BEGUN, BEGUN);
  dock.started(0);
  let observations = 0;
  const tell = (now: number): void => {
    observations += dock.due(now)?.observations?.length ?? 0;
  };
  for (const [i, chunk] of chunks.entries()) {
    const now = i * STEP_MS;
    for (const frame of frames.push(chunk).frames) {
      const read = decodeTagReports(frame);
      if (!read.ok) throw new Error(read.detail);
      for (const report of read.value ?? []) {
        const why = dock.take(report, now, BEGUN + now);
        if (why !== null) throw new Error(why);
      }
    }
    tell(now);
  }
  tell(chunks.length * STEP_MS + 5000);
  return observations;
}

/** One report of every tag, as a reader sends them. */
function chunkAt(t: number): Buffer {
  const us = BigInt(t) * 1000n;
  const messages = Array.from({ length: TAGS / TAGS_A_MESSAGE }, (_, m) => {
    const params = Array.from({ length: TAGS_A_MESSAGE }, (__, i) => ({
      name: 'TagReportData',
      params: [
        { name: 'EPC_96', fields: { EPC: (m * TAGS_A_MESSAGE + i).toString(16).padStart(24, '0') } },
        { name: 'AntennaID', fields: { AntennaID: 1 } },
        { name: 'PeakRSSI', fields: { PeakRSSI: -55 } },
        { name: 'FirstSeenTimestampUTC', fields: { Microseconds: us } },
        { name: 'LastSeenTimestampUTC', fields: { Microseconds: us } },
        { name: 'TagSeenCount', fields: { TagCount: 1 } },
      ],
    }));
    return encodeMessage({ version: 1, id: m, body: { name: 'RO_ACCESS_REPORT', params } });
  });
  return Buffer.concat(messages);
}
