import { runArchiveJob, type JobOptions } from '../../buffer/archive-client.ts';
import type { EventPage } from '../../domain/epcis-events.ts';
import type { AlarmFigures, FigureWindow } from '../../alarms/figures.ts';
import type { AuditReport } from '../../evidence/audit.ts';
import type { AlarmHistoryArgs, StoredAlarmHistory } from './alarm-history.ts';
import type { Jobs } from './archive-jobs.ts';
import type { AuditArgs, Progress } from './audit.ts';
import type { Contact } from '../../goods/trace.ts';
import type { EventExportArgs, ExportedEvents } from './epcis-export.ts';
import type { ProjectArgs } from './epcis-project.ts';
import type { EventArgs } from './epcis-read.ts';
import type { ExportArgs, Exported, ExportProgress } from './export.ts';
import type { HistoryArgs, HistoryPage } from './history.ts';
import type { IncidentArgs, IncidentsArgs, StoredIncident, StoredStory } from './incidents.ts';
import type { Had } from '../keys/policy.ts';
import type { ReplayArgs, ReplayReport } from './replay.ts';

export type { AlarmFigures } from '../../alarms/figures.ts';

export type ReadOptions<P = Progress> = {
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: P) => void;
};

/** A data directory as others than its writer see it. Each read runs in a worker of its own. */
export type ReadOnly = {
  /** A page of one stream's readings; null for a stream that never was. */
  history(args: HistoryArgs, options?: ReadOptions): Promise<HistoryPage | null>;
  alarmHistory(args: AlarmHistoryArgs, options?: ReadOptions): Promise<StoredAlarmHistory>;
  /** Figures of the alarm system in one window; `before`: epochs before this one which count too, ascending. */
  alarmReport(
    args: FigureWindow & { readonly before?: readonly number[] },
    options?: ReadOptions,
  ): Promise<AlarmFigures>;
  /** Newest first. */
  incidents(args: IncidentsArgs, options?: ReadOptions): Promise<readonly StoredIncident[]>;
  /** One incident whole; null where none began with that record. */
  story(args: IncidentArgs, options?: ReadOptions): Promise<StoredStory | null>;
  /** Which lots were where a lot was; `before` as with figures. */
  contacts(
    args: { readonly lot: string; readonly before?: readonly number[] },
    options?: ReadOptions,
  ): Promise<readonly Contact[]>;
  /** Writes the bundles of one window into files. */
  export(args: Omit<ExportArgs, 'directory'>, options?: ReadOptions<ExportProgress>): Promise<Had<Exported>>;
  audit(args: Omit<AuditArgs, 'directory'>, options?: ReadOptions): Promise<Had<AuditReport>>;
  replay(args: ReplayArgs, options?: ReadOptions): Promise<ReplayReport>;
  /** Makes the events of EPCIS of what was sealed since the last time; gives how many blocks that were. */
  makeEvents(args: Omit<ProjectArgs, 'directory'>, options?: ReadOptions): Promise<number>;
  findEvents(args: Omit<EventArgs, 'directory'>, options?: ReadOptions): Promise<EventPage>;
  /** Writes the events of one window into a file. */
  exportEvents(args: Omit<EventExportArgs, 'directory'>, options?: ReadOptions): Promise<Had<ExportedEvents>>;
};

/** The worker's entry: beside this file in the sources, beside the bundle in a release. */
const JOBS = new URL(
  import.meta.url.endsWith('.ts') ? './archive-jobs.ts' : './archive-jobs.mjs',
  import.meta.url,
);

/**
 * Reads a data directory, or a copy of one, beside a writer or without. Opens nothing yet; reads throw StorageError.
 * @param epoch null for the newest
 */
export function openReadOnly(directory: string, epoch: number | null = null): ReadOnly {
  const ours = optionsOf(epoch);
  return {
    history: (args, options) =>
      runArchiveJob<Jobs, 'history'>(JOBS, directory, 'history', args, ours(options, isProgress)),
    alarmHistory: (args, options) =>
      runArchiveJob<Jobs, 'alarmHistory'>(JOBS, directory, 'alarmHistory', args, ours(options, isProgress)),
    alarmReport: (args, options) =>
      runArchiveJob<Jobs, 'alarmReport'>(
        JOBS,
        directory,
        'alarmReport',
        { before: [], ...args, directory },
        ours(options, isProgress),
      ),
    incidents: (args, options) =>
      runArchiveJob<Jobs, 'incidents'>(JOBS, directory, 'incidents', args, ours(options, isProgress)),
    story: (args, options) =>
      runArchiveJob<Jobs, 'story'>(JOBS, directory, 'story', args, ours(options, isProgress)),
    contacts: (args, options) =>
      runArchiveJob<Jobs, 'contacts'>(
        JOBS,
        directory,
        'contacts',
        { before: [], ...args, directory },
        ours(options, isProgress),
      ),
    export: (args, options) =>
      runArchiveJob<Jobs, 'export'>(
        JOBS,
        directory,
        'export',
        { ...args, directory },
        ours(options, isExportProgress),
      ),
    audit: (args, options) =>
      runArchiveJob<Jobs, 'audit'>(
        JOBS,
        directory,
        'audit',
        { ...args, directory },
        ours(options, isProgress),
      ),
    makeEvents: (args, options) =>
      runArchiveJob<Jobs, 'makeEvents'>(
        JOBS,
        directory,
        'makeEvents',
        { ...args, directory },
        ours(options, isProgress),
      ),
    findEvents: (args, options) =>
      runArchiveJob<Jobs, 'findEvents'>(
        JOBS,
        directory,
        'findEvents',
        { ...args, directory },
        ours(options, isProgress),
      ),
    exportEvents: (args, options) =>
      runArchiveJob<Jobs, 'exportEvents'>(
        JOBS,
        directory,
        'exportEvents',
        { ...args, directory },
        ours(options, isProgress),
      ),
    replay: (args, options) =>
      runArchiveJob<Jobs, 'replay'>(JOBS, directory, 'replay', args, ours(options, isProgress)),
  };
}

function optionsOf(epoch: number | null) {
  return <P>(
    { signal, onProgress }: ReadOptions<P> = {},
    isOurs: (value: unknown) => value is P,
  ): JobOptions => ({
    ...(epoch === null ? {} : { epoch }),
    ...(signal === undefined ? {} : { signal }),
    onProgress: (value) => {
      if (onProgress !== undefined && isOurs(value)) onProgress(value);
    },
  });
}

function isProgress(value: unknown): value is Progress {
  return typeof value === 'object' && value !== null && 'done' in value && 'of' in value;
}

function isExportProgress(value: unknown): value is ExportProgress {
  return typeof value === 'object' && value !== null && 'part' in value && 'percent' in value;
}
