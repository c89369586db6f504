import { DeviceError } from '../domain/errors.ts';
import type { Trace } from './port.ts';

/** An open byte channel: one serial port, one socket. */
export type Channel = {
  /** Resolves when the bytes were handed to the system. */
  write(bytes: Uint8Array): Promise<void>;
  /** Throws away what came in and was not yet read. */
  discard(): Promise<void>;
  close(): Promise<void>;
};

/** What a channel tells its line. */
export type ChannelEvents = {
  bytes(chunk: Uint8Array): void;
  closed(why: string, reason?: DownReason): void;
};

/** Opens a channel; rejects with a LineDown, also when `signal` aborts. */
export type Dial = (events: ChannelEvents, signal: AbortSignal) => Promise<Channel>;

/**
 * Short stable reasons for device health. `opening` is the state before the first attempt ended,
 * `closed` the last one, of a line that was disposed: no news to anybody.
 */
export type LineReason = 'opening' | 'ok' | DownReason | 'closed';

/** `untrusted`: who answers there is not who we trust, or does not trust us. */
type DownReason = 'port-lost' | 'port-denied' | 'untrusted';

export type LineState = {
  readonly up: boolean;
  readonly reason: LineReason;
  /** The system's own words. */
  readonly detail: string;
};

export class LineDown extends DeviceError {
  readonly reason: DownReason;
  constructor(reason: DownReason, message: string, options?: ErrorOptions) {
    super('PORT_LOST', message, options);
    this.reason = reason;
  }
}

/**
 * A line of bytes that is opened again for ever. It keeps no input: bytes go to the one receiver
 * or, while there is none, nowhere; so nothing grows and no request meets stale bytes.
 */
export class Line implements AsyncDisposable {
  readonly #dial: Dial;
  readonly #retryMs: (failures: number) => number;
  readonly #stop = new AbortController();
  readonly #watchers = new Set<(state: LineState) => void>();
  readonly #running: Promise<void>;
  #state: LineState = { up: false, reason: 'opening', detail: 'not yet open' };
  #channel: Channel | null = null;
  #receiver: ((chunk: Uint8Array) => void) | null = null;
  #trace: (way: 'in' | 'out', bytes: Uint8Array) => void = () => undefined;
  #hangUp: ChannelEvents['closed'] = () => undefined;
  #openings = 0;

  /** @param retryMs wait before the next attempt, ms, after this many failures in a row (from 1) */
  constructor(dial: Dial, retryMs: (failures: number) => number) {
    this.#dial = dial;
    this.#retryMs = retryMs;
    this.#running = this.#run();
  }

  get state(): LineState {
    return this.#state;
  }

  /** How often the line came up: what was learnt about its devices before then may be outdated. */
  get openings(): number {
    return this.#openings;
  }

  /** Calls back on every change of state, until the returned function is called. */
  watch(watcher: (state: LineState) => void): () => void {
    this.#watchers.add(watcher);
    return () => this.#watchers.delete(watcher);
  }

  /** Who gets the bytes from now on; null for nobody. */
  receive(receiver: ((chunk: Uint8Array) => void) | null): void {
    this.#receiver = receiver;
  }

  /** Shows all bytes to `trace` as those of `connection`; to nobody when it is undefined. */
  tap(connection: string, trace: Trace | undefined): void {
    if (trace !== undefined) this.#trace = (way, bytes) => trace(connection, way, bytes);
  }

  /** Throws away input the system still holds. Throws LineDown. */
  async discard(): Promise<void> {
    await this.#open().discard();
  }

  /** Throws LineDown. */
  async send(bytes: Uint8Array): Promise<void> {
    const channel = this.#open();
    this.#trace('out', bytes);
    await channel.write(bytes);
  }

  /** Gives the present channel up and opens a new one: for a peer that no longer answers. */
  renew(why: string): void {
    this.#hangUp(why);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop.abort();
    await this.#running;
    this.#watchers.clear();
  }

  #take(chunk: Uint8Array): void {
    this.#trace('in', chunk);
    this.#receiver?.(chunk);
  }

  #open(): Channel {
    if (this.#channel === null) throw new LineDown('port-lost', this.#state.detail);
    return this.#channel;
  }

  async #run(): Promise<void> {
    const { signal } = this.#stop;
    let failures = 0;
    while (!signal.aborted) {
      const closed = Promise.withResolvers<Pick<LineState, 'reason' | 'detail'>>();
      const end = (detail: string, reason: DownReason = 'port-lost'): void =>
        closed.resolve({ reason, detail });
      const stopped = (): void => end('closed');
      signal.addEventListener('abort', stopped, { once: true });
      this.#hangUp = end;
      try {
        const events = { bytes: (chunk: Uint8Array) => this.#take(chunk), closed: end };
        this.#channel = await this.#dial(events, signal);
        failures = 0;
        this.#openings++;
        this.#become({ up: true, reason: 'ok', detail: 'open' });
        const { reason, detail } = await closed.promise;
        const channel = this.#channel;
        this.#channel = null;
        this.#become({ up: false, reason: signal.aborted ? 'closed' : reason, detail });
        await channel.close();
      } catch (error) {
        if (!(error instanceof LineDown)) throw error;
        this.#channel = null;
        const reason = signal.aborted ? 'closed' : error.reason;
        this.#become({ up: false, reason, detail: error.message });
      } finally {
        signal.removeEventListener('abort', stopped);
      }
      failures++;
      await pause(this.#retryMs(failures), signal);
    }
  }

  #become(state: LineState): void {
    const changed = state.reason !== this.#state.reason || state.up !== this.#state.up;
    this.#state = state;
    if (changed) for (const watcher of this.#watchers) watcher(state);
  }
}

/** Waits `ms` by the monotonic clock (not at all when ≤ 0), or less when the signal aborts; never throws. */
export async function pause(ms: number, signal: AbortSignal): Promise<void> {
  if (ms <= 0 || signal.aborted) return;
  await new Promise<void>((resolve) => {
    const done = (): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    signal.addEventListener('abort', done, { once: true });
  });
}
