import type { SqliteArchive } from '../buffer/archive.ts';
import { EVENTS_SLOT, type LogRecord } from '../domain/record.ts';
import { recordsOfSegment, unsealedRecords } from './record-walk.ts';

/** The gateway's own events with from ≤ t < to, sealed or not, in their order. @throws StorageError */
export function* eventsBetween(archive: SqliteArchive, from: number, to: number): Generator<LogRecord> {
  const size = archive.size();
  const { a, b } = archive.blocksBetween(from, to);
  const isWithin = ({ t }: LogRecord): boolean => t >= from && t < to;
  for (const segment of archive.segmentsOf(EVENTS_SLOT, a, Math.min(b, size))) {
    yield* recordsOfSegment(EVENTS_SLOT, segment).filter(isWithin);
  }
  for (const record of unsealedRecords(archive, (row) => row.no === size)) {
    if (record.slot === EVENTS_SLOT && isWithin(record)) yield record;
  }
}
