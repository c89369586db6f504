import { parentPort, workerData } from 'node:worker_threads';
import { openArchive, type SqliteArchive } from './archive.ts';
import { StorageError, type StorageErrorCode } from '../domain/errors.ts';

/** A long read. Arguments, progress and result must be values that structured clone can copy. */
export type ArchiveJob<Args, Result> = (
  archive: SqliteArchive,
  args: Args,
  progress: (value: unknown) => void,
) => Result | Promise<Result>;

/** What the client asks of one worker. */
export type JobRequest<Args> = {
  readonly directory: string;
  /** null for the newest. */
  readonly epoch: number | null;
  readonly job: string;
  readonly args: Args;
};

export type JobReply<Result> =
  | { readonly kind: 'progress'; readonly value: unknown }
  | { readonly kind: 'done'; readonly result: Result }
  | {
      readonly kind: 'failed';
      readonly message: string;
      readonly stack: string | undefined;
      readonly code: StorageErrorCode | null;
    };

/**
 * The whole body of a worker's entry file, which the composition root writes: it names the jobs
 * that exist, so a bundle holds them and no module is found by name at run time. One worker does
 * one job on a read-only connection of its own and ends.
 */
export async function serveArchiveJob(
  jobs: Readonly<Record<string, ArchiveJob<never, unknown>>>,
): Promise<void> {
  const port = parentPort;
  if (port === null) throw new Error('serveArchiveJob was called outside of a worker thread');
  // The client's types tie the arguments to the job by its name; here they are only passed on.
  const request: JobRequest<never> = workerData;
  const post = (reply: JobReply<unknown>): void => port.postMessage(reply);
  try {
    const job = jobs[request.job];
    if (job === undefined) throw new Error(`there is no archive job ${request.job}`);
    using archive = openArchive(request.directory, request.epoch ?? undefined);
    const result = await job(archive, request.args, (value) => post({ kind: 'progress', value }));
    post({ kind: 'done', result });
  } catch (error) {
    const known = error instanceof Error ? error : new Error(String(error));
    const code = known instanceof StorageError ? known.code : null;
    post({ kind: 'failed', message: known.message, stack: known.stack, code });
  }
}
