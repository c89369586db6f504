import type { SqliteArchive } from '../../buffer/archive.ts';
import { EVENTS_SLOT, type LogRecord } from '../../domain/record.ts';
import { recordOf } from '../../evidence/stored-record.ts';
import { recordsOfSegment } from '../recording/record-walk.ts';

/** The gateway's own events with from ≤ t < to, sealed or not, in their order. @throws StorageError */
export function* eventsBetween(archive: SqliteArchive, from: number, to: number): Generator<LogRecord> {
  const { size, open } = openEvents(archive);
  const { a, b } = archive.blocksBetween(from, to);
  const isWithin = ({ t }: LogRecord): boolean => t >= from && t < to;
  for (const segment of archive.segmentsOf(EVENTS_SLOT, a, Math.min(b, size))) {
    yield* recordsOfSegment(EVENTS_SLOT, segment).filter(isWithin);
  }
  yield* open.filter(isWithin);
}

/**
 * The events that are not sealed yet, and the size of the log at that very moment: up to it sealed
 * blocks are asked one by one, and what is sealed meanwhile is told once.
 */
export function openEvents(archive: SqliteArchive): {
  readonly size: number;
  readonly open: readonly LogRecord[];
} {
  return archive.atOneMoment(() => ({
    size: archive.size(),
    open: archive
      .tailLeaves()
      .filter((leaf) => leaf.slot === EVENTS_SLOT)
      .map(recordOf)
      .toArray(),
  }));
}
