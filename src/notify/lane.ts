import { backoffMs, type Backoff } from './backoff.ts';
import { pause } from './pause.ts';
import type { DueEntry, Outcome } from './port.ts';

/** Tries one entry, and with it others to the same recipient; rejects with the reason when it failed. Must not be trusted to come back. */
type Attempt = (entry: DueEntry, others: readonly DueEntry[], signal: AbortSignal) => Promise<void>;

export type LaneParts = {
  readonly attempt: Attempt;
  readonly report: (entry: DueEntry, outcome: Outcome) => Promise<void>;
  readonly backoff: Backoff;
  /** Longest time one attempt may take, ms. */
  readonly timeoutMs: number;
  /** Time that never steps, ms; that of the entries too. */
  readonly now: () => number;
  readonly random: () => number;
  /** Holds back what comes too often; null sends each entry by itself. */
  readonly pacing: Pacing | null;
};

/** When an entry may go, and that it went. */
export type Pacing = {
  /** The more urgent, the smaller. */
  rankOf(entry: DueEntry): number;
  allowedAt(entry: DueEntry): number;
  sent(entries: readonly DueEntry[]): void;
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
  #wake: () => void = () => undefined;

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
    // What came may be worth more than what waits for its turn.
    if (this.#busy) return this.#wake();
    this.#busy = true;
    while (!signal.aborted) {
      const turn = this.#next();
      // No await between the last look and the end: an entry added later finds the lane idle.
      if (turn === null) break;
      if (turn.entry === null) {
        await pause(Math.max(1, turn.waitMs), signal, (wake) => (this.#wake = wake));
        await this.#giveUpUseless();
        continue;
      }
      if (await this.#giveUp(turn.entry)) continue;
      await this.#tryOnce(turn.entry, this.#alongWith(turn.entry), signal);
      if (this.#failures > 0) await this.#rest(signal);
    }
    this.#busy = false;
  }

  /** The entry whose turn it is, taken from the queue; how long none has; null with nothing waiting. */
  #next(): { readonly entry: DueEntry } | { readonly entry: null; readonly waitMs: number } | null {
    const { pacing, now } = this.#parts;
    const [first] = this.#queue;
    if (first === undefined) return null;
    if (pacing === null) return { entry: this.#take(first) };
    let earliest = this.#firstExpiry();
    let best: { readonly entry: DueEntry; readonly rank: number } | null = null;
    for (const entry of this.#queue) {
      const at = pacing.allowedAt(entry);
      earliest = Math.min(earliest, at);
      const rank = pacing.rankOf(entry);
      if (at <= now() && (best === null || rank < best.rank)) best = { entry, rank };
    }
    return best === null ? { entry: null, waitMs: earliest - now() } : { entry: this.#take(best.entry) };
  }

  #take(entry: DueEntry): DueEntry {
    this.#queue.splice(this.#queue.indexOf(entry), 1);
    return entry;
  }

  /** All that waits for the same recipient: it goes along, however much that is. */
  #alongWith({ body }: DueEntry): readonly DueEntry[] {
    const { pacing } = this.#parts;
    if (pacing === null || body.kind !== 'notice') return [];
    const same = this.#queue.filter((other) => other.body.kind === 'notice' && other.body.role === body.role);
    for (const other of same) this.#take(other);
    return same.sort((a, b) => pacing.rankOf(a) - pacing.rankOf(b) || a.t - b.t);
  }

  async #tryOnce(entry: DueEntry, others: readonly DueEntry[], signal: AbortSignal): Promise<void> {
    const { attempt, report, backoff, timeoutMs, now, random, pacing } = this.#parts;
    const left = Math.min(timeoutMs, entry.expiry - now());
    const failure = await failureOf((s) => attempt(entry, others, s), left, signal);
    const all = [entry, ...others];
    if (failure === null) {
      this.#failures = 0;
      pacing?.sent(all);
      await Promise.all(all.map((one) => report(one, { result: 'delivered' })));
      return;
    }
    // Stopping is no failure of the endpoint: the entry stays in the outbox as it is.
    if (signal.aborted) return;
    this.#failures++;
    this.#restMs = backoffMs(backoff, this.#failures, random());
    const dueAt = now() + this.#restMs;
    await Promise.all(
      all.map((one) =>
        report(one, { result: 'failed', ...failure, dueAt: dueAt < one.expiry ? dueAt : null }),
      ),
    );
  }

  /** Rests for the back-off, waking to give up what expires meanwhile. */
  async #rest(signal: AbortSignal): Promise<void> {
    const until = performance.now() + this.#restMs;
    while (!signal.aborted) {
      const left = until - performance.now();
      if (left <= 0) return;
      const expiring = this.#firstExpiry() - this.#parts.now();
      await pause(Math.max(1, Math.min(left, expiring)), signal);
      await this.#giveUpUseless();
    }
  }

  async #giveUpUseless(): Promise<void> {
    const useless = this.#queue.filter((entry) => this.#uselessBy(entry) !== null);
    for (const entry of useless) await this.#giveUp(this.#take(entry));
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
  attempt: (signal: AbortSignal) => Promise<void>,
  timeoutMs: number,
  stop: AbortSignal,
): Promise<Failure | null> {
  const timeout = AbortSignal.timeout(Math.max(1, Math.ceil(timeoutMs)));
  const signal = AbortSignal.any([stop, timeout]);
  const { promise: ended, resolve } = Promise.withResolvers<Failure>();
  const end = (): void => resolve({ reason: `no answer within ${Math.ceil(timeoutMs)} ms`, unknown: true });
  signal.addEventListener('abort', end, { once: true });
  try {
    return await Promise.race([attempt(signal).then(() => null), ended]);
  } catch (error) {
    const late = error instanceof Error && 'code' in error && error.code === 'TIMEOUT';
    return { reason: error instanceof Error ? error.message : String(error), unknown: late };
  } finally {
    signal.removeEventListener('abort', end);
  }
}
