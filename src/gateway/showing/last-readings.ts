import { RecordType, type Value } from '../../domain/record.ts';
import type { Reading } from '../../domain/reading.ts';
import type { OpenStream } from '../../domain/stream.ts';
import { decode } from '../../evidence/cbor.ts';

/** More of one stream than its device can have unacknowledged, and than acknowledgements lost on the way. */
const READINGS = 2048;
const BLOCKS = 64;

type Source = {
  size(): number;
  segment(no: number, slot: number): { readonly leaves: Uint8Array } | null;
};

/** The journal's last sealed readings of each of these streams, in its order. */
export function lastReadings(journal: Source, streams: readonly OpenStream[]): Reading[] {
  return streams.flatMap((stream) => {
    const blocks: Reading[][] = [];
    let count = 0;
    for (let no = journal.size() - 1; no >= Math.max(0, journal.size() - BLOCKS); no--) {
      const readings = readingsOf(stream, journal.segment(no, stream.slot)?.leaves);
      blocks.unshift(readings);
      count += readings.length;
      if (count >= READINGS) break;
    }
    return blocks.flat().slice(-READINGS);
  });
}

function readingsOf(stream: OpenStream, leaves: Uint8Array | undefined): Reading[] {
  if (leaves === undefined) return [];
  const list = decode(leaves);
  return asList(list).flatMap((leaf) => {
    const [, type, body] = asList(leaf);
    const [v, q, sourceAt] = asList(body ?? null);
    if (type !== RecordType.reading || typeof q !== 'number') return [];
    const reading = { stream: stream.id, v: typeof v === 'number' ? v : null, q };
    return [typeof sourceAt === 'number' ? { ...reading, sourceAt } : reading];
  });
}

function asList(value: Value): readonly Value[] {
  return Array.isArray(value) ? value : [];
}
