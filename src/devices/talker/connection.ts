import type { Refusal, Sink } from '../../domain/device.ts';
import { Quality } from '../../domain/reading.ts';
import type { Reading } from '../../domain/reading.ts';
import type { StreamId, StreamSpec } from '../../domain/stream.ts';
import type { Line, LineState } from '../line.ts';
import type { Connection, DeviceEnv, OpenConnection } from '../port.ts';
import { ChangeReport } from './change-report.ts';
import type { News } from './change-report.ts';
import { FrameScanner } from './frame-scanner.ts';
import type { FrameFormat, Heard } from './frame-scanner.ts';
import { openLine } from './settings.ts';
import type { TalkerLine } from './settings.ts';
import { Standing } from '../standing.ts';

/** A silent peer is tried with a new connection after its time-out, then twice that, up to this. */
const LONGEST_RENEW_MS = 60_000;

/** What a good frame says. */
export type Said = {
  readonly readings: readonly Reading[];
  readonly refusals?: readonly Refusal[];
  /** Why the device calls itself unwell, a short stable reason; absent when it does not. */
  readonly complaint?: string;
};

/** A device that speaks by itself, as its driver has understood its entry. */
export type Talker<T> = {
  readonly id: string;
  readonly line: TalkerLine;
  readonly everyMs: number;
  readonly timeoutMs: number;
  readonly streams: readonly StreamSpec[];
  readonly news: ReadonlyMap<StreamId, News>;
  readonly format: FrameFormat<T>;
  /** What the device is told whenever its line has opened. */
  readonly greeting?: Uint8Array;
  /** Gives what understands the frames of one opening, at monotonic times in ms that only grow. */
  readonly understand: () => (frame: T, now: number) => Said;
};

export function connectionOf<T>(talker: Talker<T>): Connection {
  return {
    id: talker.id,
    streams: talker.streams,
    actuators: new Map(),
    profiles: [],
    open: (env) => openTalker(talker, env),
  };
}

function openTalker<T>(talker: Talker<T>, env: DeviceEnv): OpenConnection {
  const line = openLine(talker.line);
  line.tap(talker.id, env.trace);
  line.watch((state) => {
    if (state.reason === 'closed') return;
    // A line that goes while it is greeted tells that itself.
    if (state.up && talker.greeting !== undefined) line.send(talker.greeting).catch(() => undefined);
    env.log(state.up ? 'info' : 'warn', `${talker.id}: line ${state.reason}`, { detail: state.detail });
  });
  return {
    polled: [],
    pushing: [{ id: talker.id, subscribe: (sink, signal) => listen(talker, line, sink, signal) }],
    [Symbol.asyncDispose]: () => line[Symbol.asyncDispose](),
  };
}

async function listen<T>(talker: Talker<T>, line: Line, sink: Sink, signal: AbortSignal): Promise<void> {
  const ear = new Ear(talker, line, sink);
  line.receive((chunk) => ear.hear(chunk, performance.now()));
  const unwatch = line.watch((state) => ear.lineBecame(state));
  ear.lineBecame(line.state);
  const watch = setInterval(() => ear.watch(performance.now()), Math.min(250, talker.timeoutMs / 4));
  await new Promise<void>((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
  clearInterval(watch);
  unwatch();
  line.receive(null);
}

class Ear<T> {
  readonly #talker: Talker<T>;
  readonly #line: Line;
  readonly #sink: Sink;
  readonly #scanner: FrameScanner<T>;
  readonly #report: ChangeReport;
  readonly #standing: Standing;
  #understand: (frame: T, now: number) => Said;
  /** Monotonic time of the last good frame, and when a new connection is worth a try. */
  #heardAt = performance.now();
  #renewAt: number;
  #renewMs: number;
  /** It was this end that hung up, which is no news. */
  #renewing = false;

  constructor(talker: Talker<T>, line: Line, sink: Sink) {
    this.#talker = talker;
    this.#line = line;
    this.#sink = sink;
    this.#scanner = new FrameScanner(talker.format);
    this.#report = new ChangeReport(talker.everyMs, talker.news);
    this.#standing = new Standing(talker.id);
    this.#understand = talker.understand();
    this.#renewMs = talker.timeoutMs;
    this.#renewAt = this.#heardAt + this.#renewMs;
  }

  lineBecame(state: LineState): void {
    this.#scanner.forget();
    if (state.up) this.#understand = this.#talker.understand();
    const isOwnDoing = this.#renewing && !state.up;
    this.#renewing = false;
    if (isOwnDoing) return;
    const health = this.#standing.line(state);
    if (health.length > 0) this.#sink({ readings: [], health });
  }

  hear(chunk: Uint8Array, now: number): void {
    for (const heard of this.#scanner.push(chunk)) this.#take(heard, now);
  }

  #take(heard: Heard<T>, now: number): void {
    if (!heard.ok) {
      const { code, detail } = heard;
      const refusals = [{ device: this.#talker.id, stream: null, code, detail }];
      this.#sink({ readings: [], refusals, health: this.#standing.failed(code) });
      return;
    }
    this.#heardAt = now;
    this.#renewMs = this.#talker.timeoutMs;
    this.#renewAt = now + this.#renewMs;
    const { readings, refusals = [], complaint } = this.#understand(heard.value, now);
    const news = this.#report.pick(readings, now);
    const health = this.#standing.good(complaint);
    if (news.length + refusals.length + health.length > 0) this.#sink({ readings: news, refusals, health });
  }

  /** A device without a good frame has no values: that is told once per `every`, too. */
  watch(now: number): void {
    const { streams, timeoutMs, line } = this.#talker;
    if (now - this.#heardAt < timeoutMs) return;
    const absent = streams.map((s): Reading => ({ stream: s.id, v: null, q: Quality.good }));
    const readings = this.#report.pick(absent, now);
    const health = this.#standing.silent();
    if (readings.length + health.length > 0) this.#sink({ readings, health });
    // A peer that lost its power keeps no connection, and this end alone would never know.
    if (line.kind === 'tcp' && this.#line.state.up && now >= this.#renewAt) {
      this.#renewMs = Math.min(LONGEST_RENEW_MS, 2 * this.#renewMs);
      this.#renewAt = now + this.#renewMs;
      this.#renewing = true;
      this.#line.renew(`nothing good heard for ${Math.round(now - this.#heardAt)} ms`);
    }
  }
}
