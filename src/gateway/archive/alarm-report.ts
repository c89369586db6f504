import { alarmFigures, type AlarmFigures, type FigureWindow } from '../../alarms/figures.ts';
import type { Standing } from '../../alarms/standing.ts';
import { AlarmsState } from '../../alarms/state.ts';
import type { SqliteArchive } from '../../buffer/archive.ts';
import { EVENTS_SLOT, RecordType, type LogRecord } from '../../domain/record.ts';
import { decode } from '../../evidence/cbor.ts';
import { partsOf, UnreadableState } from '../../intake/deciding-state.ts';
import { openEvents } from './event-walk.ts';
import { recordsOfSegment } from '../recording/record-walk.ts';

/**
 * The figures of a window, from the records of the journal alone. What stood before comes from the
 * snapshot that the last event 7 before the window names. @throws StorageError
 */
export function reportAlarms(archive: SqliteArchive, window: FigureWindow): AlarmFigures {
  const { block, seq, seed } = seedBefore(archive, window.from);
  return alarmFigures(seed, eventsAfter(archive, block, seq, window.to), window);
}

type Seed = { readonly block: number; readonly seq: number; readonly seed: readonly Standing[] };

/** Where the newest rule set before `t` came in force, and what stood then. */
function seedBefore(archive: SqliteArchive, t: number): Seed {
  for (let no = Math.min(archive.blocksBetween(0, t).b, archive.size()) - 1; no >= 0; no--) {
    const segment = archive.segment(no, EVENTS_SLOT);
    if (segment === null) continue;
    const start = recordsOfSegment(EVENTS_SLOT, segment)
      .filter((r) => r.type === RecordType.ruleSet && r.t <= t)
      .reduce<LogRecord | null>((_, r) => r, null);
    if (start !== null) return { block: no, seq: start.seq, seed: standingAt(archive, start) };
  }
  return { block: 0, seq: -1, seed: [] };
}

/**
 * Without its snapshot nothing is known to have stood: what rises from there on is counted all the
 * same. Whether an alarm latches does not show in figures.
 */
function standingAt(archive: SqliteArchive, { body }: LogRecord): readonly Standing[] {
  const hash = body[2];
  const bytes = hash instanceof Uint8Array ? archive.file(hash) : null;
  if (bytes === null) return [];
  try {
    const { alarms } = partsOf(decode(bytes), () => false);
    return alarms === undefined ? [] : AlarmsState.decode(alarms).list();
  } catch (error) {
    if (!(error instanceof UnreadableState)) throw error;
    return [];
  }
}

/** Events of the gateway behind one of them, with t < to, sealed or not. */
function* eventsAfter(archive: SqliteArchive, block: number, seq: number, to: number): Generator<LogRecord> {
  const { size, open } = openEvents(archive);
  const isWanted = (r: LogRecord): boolean => r.seq > seq && r.t < to;
  for (const segment of archive.segmentsOf(EVENTS_SLOT, block, size)) {
    yield* recordsOfSegment(EVENTS_SLOT, segment).filter(isWanted);
  }
  yield* open.filter(isWanted);
}
