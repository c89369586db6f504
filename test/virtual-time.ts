type Timer = { readonly at: number; readonly fire: () => void };

/** A clock that stands still until it is told to run: days pass in moments, always in the same order. */
export class VirtualTime {
  #now: number;
  readonly #timers = new Set<Timer>();

  constructor(start: number) {
    this.#now = start;
  }

  readonly now = (): number => this.#now;

  /** Resolves when so many milliseconds have passed, or the signal aborts. */
  readonly sleep = (ms: number, signal: AbortSignal): Promise<void> =>
    new Promise((resolve) => {
      if (signal.aborted) {
        resolve();
        return;
      }
      const timer = { at: this.#now + ms, fire: done };
      const timers = this.#timers;
      function done(): void {
        timers.delete(timer);
        signal.removeEventListener('abort', done);
        resolve();
      }
      signal.addEventListener('abort', done);
      timers.add(timer);
    });

  /** Lets so many milliseconds pass, firing what is due in order. */
  async pass(ms: number): Promise<void> {
    const end = this.#now + ms;
    for (;;) {
      await settled();
      const next = [...this.#timers].reduce<Timer | null>(
        (first, t) => (first === null || t.at < first.at ? t : first),
        null,
      );
      if (next === null || next.at > end) break;
      this.#now = Math.max(this.#now, next.at);
      next.fire();
    }
    this.#now = end;
  }
}

/** Everything that was waiting for a promise has gone on. */
function settled(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
