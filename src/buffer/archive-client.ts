import { Worker } from 'node:worker_threads';
import { StorageError } from '../domain/errors.ts';
import type { ArchiveJob, JobReply, JobRequest } from './archive-worker.ts';

export type JobOptions = {
  /** The newest one when left out. */
  readonly epoch?: number;
  /** Ends the worker at once; the promise rejects with the signal's reason. */
  readonly signal?: AbortSignal;
  readonly onProgress?: (value: unknown) => void;
};

type Jobs = Readonly<Record<string, ArchiveJob<never, unknown>>>;

/**
 * JavaScript heap of one worker: a job that needs more is ended, the daemon is not. What a walk makes dies
 * at once, so the space for it need not grow: 50 stream-weeks are exported in 190 MB in place of 330 (m).
 */
const HEAP = { maxOldGenerationSizeMb: 128, maxYoungGenerationSizeMb: 8 };

/**
 * Runs one job in a worker thread beside the writer, which it never blocks.
 * @param entry the file whose body is `serveArchiveJob(jobs)`
 * @throws StorageError of the job; any other failure is an Error with the job's message
 */
export function runArchiveJob<J extends Jobs, N extends keyof J & string>(
  entry: URL,
  directory: string,
  job: N,
  args: Parameters<J[N]>[1],
  options: JobOptions = {},
): Promise<Awaited<ReturnType<J[N]>>> {
  const { signal, onProgress } = options;
  return new Promise((resolve, reject) => {
    if (signal?.aborted === true) {
      reject(signal.reason);
      return;
    }
    const workerData: JobRequest<Parameters<J[N]>[1]> = {
      directory,
      epoch: options.epoch ?? null,
      job,
      args,
    };
    const worker = new Worker(entry, { workerData, resourceLimits: HEAP });
    const abort = (): void => {
      worker.terminate().catch(reject);
    };
    signal?.addEventListener('abort', abort, { once: true });
    worker.on('message', (reply: JobReply<Awaited<ReturnType<J[N]>>>) => {
      if (reply.kind === 'progress') onProgress?.(reply.value);
      else if (reply.kind === 'done') resolve(reply.result);
      else reject(failureOf(reply));
    });
    worker.on('error', reject);
    worker.on('exit', (status) => {
      signal?.removeEventListener('abort', abort);
      // After an answer this changes nothing.
      if (signal?.aborted === true) reject(signal.reason);
      else reject(new Error(`archive job ${job} ended with status ${status} and no answer`));
    });
  });
}

function failureOf(reply: Extract<JobReply<unknown>, { kind: 'failed' }>): Error {
  if (reply.code !== null) return new StorageError(reply.code, reply.message);
  const error = new Error(reply.message);
  if (reply.stack !== undefined) error.stack = reply.stack;
  return error;
}
