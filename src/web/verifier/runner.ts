import type { Progress } from './check.ts';
import { perform, type Message, type Result, type Task } from './tasks.ts';

export type Ended = Result | { readonly kind: 'failed'; readonly why: string };

/** Does tasks in a worker of its own each, so that a large or hostile file neither freezes nor outlives the page. */
export class Runner {
  readonly #script: string;

  /** @param script source of the worker: a page from disk may load nothing, not even its own script again */
  constructor(script: string) {
    this.#script = script;
  }

  /** @returns cancels the task; nothing is told afterwards */
  run(task: Task, tell: (progress: Progress) => void, end: (ended: Ended) => void): () => void {
    let isOver = false;
    const finish = (ended: Ended): void => {
      if (isOver) return;
      isOver = true;
      worker?.terminate();
      end(ended);
    };
    // Where a browser gives no worker to a page from disk, the page does the work itself.
    const here = (): void => {
      worker = null;
      perform(task, () => undefined).then(finish, (error: unknown) =>
        finish({ kind: 'failed', why: String(error) }),
      );
    };
    let worker = this.#start();
    if (worker === null) here();
    else {
      let isReady = false;
      worker.addEventListener('message', ({ data }: MessageEvent<Message>) => {
        if (data.kind === 'progress') tell(data.progress);
        else if (data.kind !== 'ready') finish(data);
        else {
          isReady = true;
          worker?.postMessage(task, []);
        }
      });
      worker.addEventListener('error', (event) => {
        if (isReady) finish({ kind: 'failed', why: event.message });
        else here();
      });
    }
    return () => {
      isOver = true;
      worker?.terminate();
    };
  }

  #start(): Worker | null {
    const url = URL.createObjectURL(new Blob([this.#script], { type: 'text/javascript' }));
    try {
      return new Worker(url);
    } catch {
      // A SecurityError of a browser that starts none here.
      return null;
    } finally {
      // The worker has its source by then, or asks for it before the next task of the page.
      setTimeout(() => URL.revokeObjectURL(url), 10_000);
    }
  }
}
