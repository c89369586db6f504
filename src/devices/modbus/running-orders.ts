import { pause } from '../line.ts';

/** The orders of one connection that are being carried out, so that a stop can wait for them. */
export class RunningOrders {
  readonly #stop = new AbortController();
  readonly #running = new Set<Promise<void>>();

  /** Runs `work`; its signal aborts with `signal`, and at the latest when this connection stops. */
  async run(work: (stop: AbortSignal) => Promise<void>, signal: AbortSignal): Promise<void> {
    const running = work(AbortSignal.any([signal, this.#stop.signal]));
    this.#running.add(running);
    try {
      await running;
    } finally {
      this.#running.delete(running);
    }
  }

  /** Tells all to end and waits for them, at most `withinMs`. Gives how many still run. */
  async stop(withinMs: number): Promise<number> {
    this.#stop.abort();
    const ended = new AbortController();
    const all = Promise.allSettled(this.#running).then(() => ended.abort());
    await Promise.race([all, pause(withinMs, ended.signal)]);
    return this.#running.size;
  }
}
