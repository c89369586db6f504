import type { Policy } from '../../evidence/policy.ts';
import type { Question } from '../../evidence/question.ts';
import { check, inspect, type Checked, type Inspected, type Progress } from './check.ts';

/** What is asked of a worker: one task, then it ends. A file is read where the work is done. */
export type Task =
  | { readonly kind: 'inspect'; readonly file: Blob }
  | {
      readonly kind: 'check';
      readonly file: Blob;
      readonly policy: Policy;
      readonly question: Question | null;
    };

export type Result =
  | { readonly kind: 'inspected'; readonly inspected: Inspected }
  | { readonly kind: 'checked'; readonly checked: Checked };

export type Message =
  | { readonly kind: 'ready' }
  | { readonly kind: 'progress'; readonly progress: Progress }
  | { readonly kind: 'failed'; readonly why: string }
  | Result;

export async function perform(task: Task, tell: (progress: Progress) => void): Promise<Result> {
  const bytes = new Uint8Array(await task.file.arrayBuffer());
  if (task.kind === 'inspect') return { kind: 'inspected', inspected: inspect(bytes) };
  return { kind: 'checked', checked: check(bytes, task.policy, task.question, tell) };
}

/** The worker's side: this same script, started where there is no document. */
export function serve(): void {
  globalThis.addEventListener('message', ({ data }: MessageEvent<Task>) => {
    perform(data, (progress) => post({ kind: 'progress', progress })).then(post, (error: unknown) =>
      post({ kind: 'failed', why: String(error) }),
    );
  });
  post({ kind: 'ready' });
}

function post(message: Message): void {
  globalThis.postMessage(message, { transfer: [] });
}
