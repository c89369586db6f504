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
  readonly order: boolean;
  readonly leave: () => void;
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

const STOPPED: Outcome = { ok: false, code: 'REFUSED', detail: 'stopped before it was asked' };
const MAY_BE_LATE: Outcome = { ok: false, code: 'REFUSED', detail: 'not asked: it may still answer late' };

/**
 * One line with several slaves: requests go out one at a time, orders before polls. A slave that
 * does not answer costs the others one of its time-outs at a time: what else is for it steps aside
 * while its answer may still come, and then until another slave that waits had its turn.
 */
export class Bus {
  readonly #line: Line;
  readonly #framing: Framing;
  readonly #waiting: Job[] = [];
  /** Monotonic time until which a reply of a unit may still be under way. */
  readonly #lateUntil = new Map<number, number>();
  /** The unit that was asked last, when it gave no valid answer. */
  #failed: number | null = null;
  #wake: NodeJS.Timeout | undefined;
  #busy = false;
  #quietSince = 0;
  #silent = 0;
  #patience = LEAST_PATIENCE;

  constructor(line: Line, framing: Framing) {
    this.#line = line;
    this.#framing = framing;
    // On a line that went away nothing comes late: who waits is told at once.
    line.watch(() => this.#start());
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

  /**
   * Asks one slave. `timeoutMs` is its time to answer, without the time the bytes take on the wire.
   * REFUSED says that it was never asked: `signal` aborted before, or a poll of a slave that may
   * still answer late, whose turn is over, for a poller waits for it. An order that is on the wire
   * is heard out whatever `signal` says; a poll ends.
   */
  ask(
    unit: number,
    request: Request,
    timeoutMs: number,
    signal: AbortSignal,
    order = false,
  ): Promise<Outcome> {
    if (signal.aborted) return Promise.resolve(STOPPED);
    return new Promise((resolve, reject) => {
      const leave = (): void => {
        this.#take(job);
        resolve(STOPPED);
        this.#start();
      };
      const job: Job = { unit, request, timeoutMs, signal, order, leave, resolve, reject };
      signal.addEventListener('abort', leave, { once: true });
      this.#waiting.push(job);
      this.#start();
    });
  }

  #start(): void {
    if (!this.#busy) void this.#work();
  }

  async #work(): Promise<void> {
    this.#busy = true;
    clearTimeout(this.#wake);
    for (let job = this.#next(); job !== undefined; job = this.#next()) {
      try {
        job.resolve(await this.#carryOut(job));
      } catch (error) {
        job.reject(error);
      }
    }
    this.#busy = false;
    const free = Math.min(...this.#waiting.map((job) => this.#lateUntil.get(job.unit) ?? 0));
    if (this.#waiting.length > 0) {
      this.#wake = setTimeout(() => this.#start(), Math.max(1, free - performance.now()));
    }
  }

  /** Takes the job whose turn it is; undefined when none may be asked now. */
  #next(): Job | undefined {
    const late = (job: Job): boolean => this.#line.state.up && this.mayBeLate(job.unit);
    for (const job of this.#waiting.filter((j) => !j.order && late(j))) {
      this.#take(job);
      job.resolve(MAY_BE_LATE);
    }
    const ready = this.#waiting.filter((job) => !late(job));
    const others = ready.filter((job) => job.unit !== this.#failed);
    const candidates = others.length > 0 ? others : ready;
    const next = candidates.find((job) => job.order) ?? candidates[0];
    if (next !== undefined) this.#take(next);
    return next;
  }

  #take(job: Job): void {
    job.signal.removeEventListener('abort', job.leave);
    this.#waiting.splice(this.#waiting.indexOf(job), 1);
  }

  async #carryOut(job: Job): Promise<Outcome> {
    await this.#opened(job);
    if (!job.signal.aborted && !this.#line.state.up) {
      return { ok: false, code: 'PORT_LOST', detail: this.#line.state.detail };
    }
    await pause(this.#quietSince + this.#framing.gapMs - performance.now(), job.signal);
    if (job.signal.aborted) return STOPPED;
    const { bytes, awaited } = this.#framing.frame(job.unit, job.request);
    const wireMs = this.#framing.wireMs(bytes.length + replySize(job.request));
    const reader = new ReplyReader(job.request, awaited);
    const sentAt = performance.now();
    const outcome = await this.#listen(reader, job, job.timeoutMs + wireMs, bytes);
    if (this.#framing.numbered) this.#judgeLine(outcome);
    else if (!outcome.ok) this.#lateUntil.set(job.unit, sentAt + LATEST_REPLY * (job.timeoutMs + wireMs));
    this.#failed = outcome.ok ? null : job.unit;
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
    if (!job.order) job.signal.addEventListener('abort', expire, { once: true });
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
