import { RecordType, type Value } from '../domain/record.ts';
import type { Reading } from '../domain/reading.ts';
import type { OpenStream } from '../domain/stream.ts';
import { decode } from '../evidence/cbor.ts';

/** Enough for all that a broker can still hold unacknowledged, and for acknowledgements lost on the way. */
const READINGS = 8192;
const BLOCKS = 64;

type Source = {
  size(): number;
  segment(no: number, slot: number): { readonly leaves: Uint8Array } | null;
};

/** The journal's last sealed readings of these streams, oldest block first. */
export function lastReadings(journal: Source, streams: readonly OpenStream[]): Reading[] {
  const blocks: Reading[][] = [];
  let count = 0;
  for (let no = journal.size() - 1; no >= Math.max(0, journal.size() - BLOCKS) && count < READINGS; no--) {
    const block = streams.flatMap((stream) => readingsOf(stream, journal.segment(no, stream.slot)?.leaves));
    count += block.length;
    blocks.unshift(block);
  }
  return blocks.flat();
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
