import { LineDown, pause } from '../line.ts';
import type { Line } from '../line.ts';
import { dataSize } from './codec.ts';
import type { Request } from './codec.ts';
import { ReplyReader } from './reply.ts';
import type { Awaited, Outcome } from './reply.ts';

/** How requests are put on the wire. */
export type Framing = {
  /** Silence between two frames, ms. */
  readonly gapMs: number;
  /** Whether a reply names its request, so that a late one is never taken for another. */
  readonly numbered: boolean;
  /** Time that so many bytes take on the wire, ms. */
  wireMs(bytes: number): number;
  frame(unit: number, request: Request): { readonly bytes: Uint8Array; readonly awaited: Awaited };
};

type Job = {
  readonly unit: number;
  readonly request: Request;
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
  readonly resolve: (outcome: Outcome) => void;
  readonly reject: (error: unknown) => void;
};

/**
 * So many requests in a row without a valid reply from anybody, and a numbered line is renewed; twice
 * as many each time that did not help, so that a dead device does not make its line come and go.
 */
const LEAST_PATIENCE = 2;
const MOST_PATIENCE = 32;

/** No slave answers later than so many of its time-outs after it was asked. */
const LATEST_REPLY = 3;

/** One line with several slaves: requests go out one at a time, orders before polls. */
export class Bus {
  readonly #line: Line;
  readonly #framing: Framing;
  readonly #orders: Job[] = [];
  readonly #polls: Job[] = [];
  /** Monotonic time until which a reply of a unit may still be under way. */
  readonly #lateUntil = new Map<number, number>();
  #busy = false;
  #quietSince = 0;
  #silent = 0;
  #patience = LEAST_PATIENCE;

  constructor(line: Line, framing: Framing) {
    this.#line = line;
    this.#framing = framing;
  }

  get openings(): number {
    return this.#line.openings;
  }

  /**
   * Whether a reply of this slave may still be under way. An RTU reply does not name its request: if
   * the slave were asked now, the late reply would be taken for the new one, and so on for ever.
   */
  mayBeLate(unit: number): boolean {
    return performance.now() < (this.#lateUntil.get(unit) ?? 0);
  }

  /** Asks one slave. `timeoutMs` is its time to answer, without the time the bytes take on the wire. */
  ask(
    unit: number,
    request: Request,
    timeoutMs: number,
    signal: AbortSignal,
    order = false,
  ): Promise<Outcome> {
    return new Promise((resolve, reject) => {
      (order ? this.#orders : this.#polls).push({ unit, request, timeoutMs, signal, resolve, reject });
      if (!this.#busy) void this.#work();
    });
  }

  async #work(): Promise<void> {
    this.#busy = true;
    for (;;) {
      const job = this.#orders.shift() ?? this.#polls.shift();
      if (job === undefined) break;
      try {
        job.resolve(await this.#carryOut(job));
      } catch (error) {
        job.reject(error);
      }
    }
    this.#busy = false;
  }

  async #carryOut(job: Job): Promise<Outcome> {
    await this.#opened(job);
    if (job.signal.aborted) return { ok: false, code: 'TIMEOUT', detail: 'stopped before it was asked' };
    if (!this.#line.state.up) return { ok: false, code: 'PORT_LOST', detail: this.#line.state.detail };
    const free = Math.max(this.#quietSince + this.#framing.gapMs, this.#lateUntil.get(job.unit) ?? 0);
    await pause(free - performance.now(), job.signal);
    const { bytes, awaited } = this.#framing.frame(job.unit, job.request);
    const wireMs = this.#framing.wireMs(bytes.length + replySize(job.request));
    const reader = new ReplyReader(job.request, awaited);
    const sentAt = performance.now();
    const outcome = await this.#listen(reader, job, job.timeoutMs + wireMs, bytes);
    if (this.#framing.numbered) this.#judgeLine(outcome);
    else if (!outcome.ok) this.#lateUntil.set(job.unit, sentAt + LATEST_REPLY * (job.timeoutMs + wireMs));
    this.#quietSince = performance.now();
    return outcome;
  }

  /** Sends `bytes` and listens until the reader has its outcome or the time is up. */
  async #listen(reader: ReplyReader, job: Job, ms: number, bytes: Uint8Array): Promise<Outcome> {
    const { promise, resolve } = Promise.withResolvers<Outcome>();
    const lost = (detail: string): void => resolve({ ok: false, code: 'PORT_LOST', detail });
    const unwatch = this.#line.watch((state) => (state.up ? undefined : lost(state.detail)));
    const expire = (): void => resolve(reader.end());
    const timer = setTimeout(expire, ms);
    job.signal.addEventListener('abort', expire, { once: true });
    try {
      await this.#line.discard();
      this.#line.receive((chunk) => {
        const outcome = reader.push(chunk);
        if (outcome !== null) resolve(outcome);
      });
      // Not awaited: a port that takes no bytes must not outlast the time-out.
      this.#line.send(bytes).catch((error: unknown) => lost(String(error)));
      return await promise;
    } catch (error) {
      if (!(error instanceof LineDown)) throw error;
      return { ok: false, code: 'PORT_LOST', detail: error.message };
    } finally {
      clearTimeout(timer);
      unwatch();
      job.signal.removeEventListener('abort', expire);
      this.#line.receive(null);
    }
  }

  /** A peer that is gone or only trickles bytes keeps a TCP connection open: give it up. */
  #judgeLine(outcome: Outcome): void {
    if (outcome.ok) this.#patience = LEAST_PATIENCE;
    this.#silent = outcome.ok || outcome.code === 'PORT_LOST' ? 0 : this.#silent + 1;
    if (this.#silent < this.#patience) return;
    this.#line.renew(`no valid answer to ${this.#silent} requests in a row`);
    this.#silent = 0;
    this.#patience = Math.min(MOST_PATIENCE, this.#patience * 2);
  }

  /** The very first request waits until the line has been tried. */
  async #opened(job: Job): Promise<void> {
    if (this.#line.state.reason !== 'opening') return;
    const opened = new AbortController();
    const unwatch = this.#line.watch(() => opened.abort());
    await pause(job.timeoutMs, AbortSignal.any([opened.signal, job.signal]));
    unwatch();
  }
}

function replySize(request: Request): number {
  const reads = request.fn === 1 || request.fn === 2 || request.fn === 3 || request.fn === 4;
  return reads ? 5 + dataSize(request) : 8;
}
