import { backoffMs, type Backoff } from './backoff.ts';
import { pause } from './pause.ts';
import type { DueEntry, Outcome } from './port.ts';

/** Tries one entry; rejects with the reason when it failed. Must not be trusted to come back. */
type Attempt = (entry: DueEntry, signal: AbortSignal) => Promise<void>;

export type LaneParts = {
  readonly attempt: Attempt;
  readonly report: (entry: DueEntry, outcome: Outcome) => Promise<void>;
  readonly backoff: Backoff;
  /** Longest time one attempt may take, ms. */
  readonly timeoutMs: number;
  /** Time that never steps, ms; that of the entries too. */
  readonly now: () => number;
  readonly random: () => number;
};

/**
 * What goes to one endpoint, one after the other. After a failure the lane rests, longer each
 * time, and then tries a single entry: a dead endpoint sees one probe, not the backlog. The failed
 * entry goes back to the outbox; the others wait here. Nothing here ever delays another lane.
 */
export class Lane {
  readonly #parts: LaneParts;
  readonly #queue: DueEntry[] = [];
  /** Time of the newest order to each device, ms. */
  readonly #newest = new Map<string, number>();
  #failures = 0;
  #restMs = 0;
  #busy = false;

  constructor(parts: LaneParts) {
    this.#parts = parts;
  }

  get waiting(): number {
    return this.#queue.length;
  }

  /** Whether the last attempt failed. */
  get failing(): boolean {
    return this.#failures > 0;
  }

  add(entry: DueEntry): void {
    if (entry.body.kind === 'command') {
      const { device } = entry.body;
      this.#newest.set(device, Math.max(entry.t, this.#newest.get(device) ?? entry.t));
    }
    // From the end, where most entries belong.
    const before = this.#queue.findLastIndex((other) => other.t <= entry.t);
    this.#queue.splice(before + 1, 0, entry);
  }

  /** Works until nothing waits. Does nothing while it works already. */
  async drain(signal: AbortSignal): Promise<void> {
    if (this.#busy) return;
    this.#busy = true;
    while (!signal.aborted) {
      const entry = this.#queue.shift();
      // No await between the last look and the end: an entry added later finds the lane idle.
      if (entry === undefined) break;
      if (await this.#giveUp(entry)) continue;
      await this.#tryOnce(entry, signal);
      if (this.#failures > 0) await this.#rest(signal);
    }
    this.#busy = false;
  }

  async #tryOnce(entry: DueEntry, signal: AbortSignal): Promise<void> {
    const { attempt, report, backoff, timeoutMs, now, random } = this.#parts;
    const failure = await failureOf(attempt, entry, Math.min(timeoutMs, entry.expiry - now()), signal);
    if (failure === null) {
      this.#failures = 0;
      await report(entry, { result: 'delivered' });
      return;
    }
    // Stopping is no failure of the endpoint: the entry stays in the outbox as it is.
    if (signal.aborted) return;
    this.#failures++;
    this.#restMs = backoffMs(backoff, this.#failures, random());
    const dueAt = now() + this.#restMs;
    await report(entry, { result: 'failed', ...failure, dueAt: dueAt < entry.expiry ? dueAt : null });
  }

  /** Rests for the back-off, waking to give up what expires meanwhile. */
  async #rest(signal: AbortSignal): Promise<void> {
    const until = performance.now() + this.#restMs;
    while (!signal.aborted) {
      const left = until - performance.now();
      if (left <= 0) return;
      const expiring = this.#firstExpiry() - this.#parts.now();
      await pause(Math.max(1, Math.min(left, expiring)), signal);
      const useless = this.#queue.filter((entry) => this.#uselessBy(entry) !== null);
      for (const entry of useless) {
        this.#queue.splice(this.#queue.indexOf(entry), 1);
        await this.#giveUp(entry);
      }
    }
  }

  /** When the first of what waits expires; Infinity with nothing waiting. */
  #firstExpiry(): number {
    let first = Infinity;
    for (const { expiry } of this.#queue) first = Math.min(first, expiry);
    return first;
  }

  /** Reports an entry that has expired, or whose order a newer one to the same device has replaced. */
  async #giveUp(entry: DueEntry): Promise<boolean> {
    const reason = this.#uselessBy(entry);
    if (reason === null) return false;
    await this.#parts.report(entry, { result: 'failed', reason, unknown: false, dueAt: null });
    return true;
  }

  #uselessBy(entry: DueEntry): string | null {
    if (entry.expiry <= this.#parts.now()) return 'expired';
    return this.#isReplaced(entry) ? 'replaced by a newer order' : null;
  }

  /** Tells from every order seen here, so that a failed `on` never returns after the `off`. */
  #isReplaced(entry: DueEntry): boolean {
    return entry.body.kind === 'command' && entry.t < (this.#newest.get(entry.body.device) ?? entry.t);
  }
}

type Failure = { readonly reason: string; readonly unknown: boolean };

/** Null when the attempt succeeded in time. One that hangs past its time is left behind. */
async function failureOf(
  attempt: Attempt,
  entry: DueEntry,
  timeoutMs: number,
  stop: AbortSignal,
): Promise<Failure | null> {
  const timeout = AbortSignal.timeout(Math.max(1, Math.ceil(timeoutMs)));
  const signal = AbortSignal.any([stop, timeout]);
  const { promise: ended, resolve } = Promise.withResolvers<Failure>();
  const end = (): void => resolve({ reason: `no answer within ${Math.ceil(timeoutMs)} ms`, unknown: true });
  signal.addEventListener('abort', end, { once: true });
  try {
    return await Promise.race([attempt(entry, signal).then(() => null), ended]);
  } catch (error) {
    const late = error instanceof Error && 'code' in error && error.code === 'TIMEOUT';
    return { reason: error instanceof Error ? error.message : String(error), unknown: late };
  } finally {
    signal.removeEventListener('abort', end);
  }
}
