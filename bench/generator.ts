import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { Programs } from './bundle.ts';
import type { LoadOrder, LoadReport } from './load-order.ts';

/** The load generator's process, connected to a broker. */
export class Generator implements AsyncDisposable {
  readonly #child: ChildProcess;

  private constructor(child: ChildProcess) {
    this.#child = child;
  }

  static async start({ own }: Programs, port: number): Promise<Generator> {
    const child = fork(join(own, 'load.mjs'), [String(port)], { execArgv: [] });
    await once(child, 'message');
    return new Generator(child);
  }

  /** Publishes so many messages at this rate; resolves when the broker has acknowledged them all. */
  async publish(order: LoadOrder): Promise<LoadReport> {
    const done = new AbortController();
    const { signal } = done;
    const ended = once(this.#child, 'exit', { signal }).then(([code]) => {
      throw new Error(`the load generator ended with ${String(code)}`);
    });
    this.#child.send(order);
    const answer = once(this.#child, 'message', { signal }) as Promise<[LoadReport]>;
    const [report] = await Promise.race([answer, ended]);
    ended.catch(() => undefined);
    done.abort();
    return report;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const ended = once(this.#child, 'exit');
    this.#child.kill();
    await ended;
  }
}
