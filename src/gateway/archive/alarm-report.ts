import { alarmFigures, type AlarmFigures, type FigureWindow } from '../../alarms/figures.ts';
import { openArchive, type SqliteArchive } from '../../buffer/archive.ts';
import type { LogRecord } from '../../domain/record.ts';
import { eventsAfter, firstSeed, seedBefore } from './alarm-seed.ts';

export type AlarmReportArgs = FigureWindow & {
  readonly directory: string;
  /** Epochs before the one that is asked which tell of a part of the window, ascending. */
  readonly before: readonly number[];
};

/**
 * The figures of a window, from the records of the journal alone, over all epochs that it meets. What
 * stood before comes from the snapshot that the last event 7 before the window names; from one epoch to
 * the next what stood goes on standing. @throws StorageError
 */
export function reportAlarms(archive: SqliteArchive, args: AlarmReportArgs): AlarmFigures {
  const { from, to, operators, directory, before } = args;
  using opened = new DisposableStack();
  const earlier = before.map((epoch) => opened.use(openArchive(directory, epoch)));
  const [first, ...later] = [...earlier, archive];
  const seed = seedBefore(first, from) ?? firstSeed(first);
  const records = function* (): Generator<LogRecord> {
    yield* eventsAfter(first, seed, to);
    for (const epoch of later) yield* eventsAfter(epoch, null, to);
  };
  return alarmFigures(seed?.standing ?? [], records(), { from, to, operators });
}
