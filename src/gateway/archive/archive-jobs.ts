import type { SqliteArchive } from '../../buffer/archive.ts';
import { serveArchiveJob, type ArchiveJob } from '../../buffer/archive-worker.ts';
import { StorageError } from '../../domain/errors.ts';
import { CborError } from '../../evidence/cbor.ts';
import { readAlarmHistory } from './alarm-history.ts';
import { reportAlarms } from './alarm-report.ts';
import { auditDirectory } from './audit.ts';
import { contactsOf } from './contacts.ts';
import { exportBundles } from './export.ts';
import { readHistory } from './history.ts';
import { readIncidents, readStory } from './incidents.ts';
import type { EventExportArgs } from './epcis-export.ts';
import type { ProjectArgs } from './epcis-project.ts';
import type { EventArgs } from './epcis-read.ts';
import type { ReplayArgs } from './replay.ts';

/** The body of a worker: one long read beside the writer. Replay brings rules and drivers, so it is loaded for itself. */
const jobs = {
  history: sound(readHistory),
  alarmHistory: sound(readAlarmHistory),
  alarmReport: sound(reportAlarms),
  incidents: sound(readIncidents),
  story: sound(readStory),
  contacts: sound(contactsOf),
  export: sound(exportBundles),
  audit: sound(auditDirectory),
  replay: sound(async (archive: SqliteArchive, args: ReplayArgs, progress) => {
    const { replay } = await import('./replay.ts');
    return await replay(archive, args, progress);
  }),
  // Events of EPCIS are made and read only where they are configured.
  makeEvents: sound(async (archive: SqliteArchive, args: ProjectArgs, progress) => {
    const { projectEvents } = await import('./epcis-project.ts');
    return projectEvents(archive, args, progress);
  }),
  findEvents: sound(async (archive: SqliteArchive, args: EventArgs) => {
    const { findEvents } = await import('./epcis-read.ts');
    return findEvents(archive, args);
  }),
  exportEvents: sound(async (archive: SqliteArchive, args: EventExportArgs, progress) => {
    const { exportEvents } = await import('./epcis-export.ts');
    return exportEvents(archive, args, progress);
  }),
};

export type Jobs = typeof jobs;

/** Bytes in the store that are nothing we ever wrote are its corruption, whoever reads them. */
function sound<Args, Result>(job: ArchiveJob<Args, Result>): ArchiveJob<Args, Result> {
  return async (archive, args, progress) => {
    try {
      return await job(archive, args, progress);
    } catch (error) {
      if (error instanceof CborError) throw new StorageError('CORRUPT', error.message, { cause: error });
      throw error;
    }
  };
}

await serveArchiveJob(jobs);
