import { alarmFigures, type AlarmFigures, type FigureWindow } from '../../alarms/figures.ts';
import type { SqliteArchive } from '../../buffer/archive.ts';
import { eventsAfter, seedBefore } from './alarm-seed.ts';

/**
 * The figures of a window, from the records of the journal alone. What stood before comes from the
 * snapshot that the last event 7 before the window names. @throws StorageError
 */
export function reportAlarms(archive: SqliteArchive, window: FigureWindow): AlarmFigures {
  const seed = seedBefore(archive, window.from);
  return alarmFigures(seed?.standing ?? [], eventsAfter(archive, seed, window.to), window);
}
