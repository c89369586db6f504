import type { DeviceErrorCode } from '../../domain/errors.ts';
import { LineDown, pause } from '../line.ts';
import type { Line } from '../line.ts';
import { FrameScanner } from '../talker/frame-scanner.ts';
import type { FrameFormat } from '../talker/frame-scanner.ts';

export type Failure = { readonly code: DeviceErrorCode; readonly detail: string };

export type Answer<T> = { readonly ok: true; readonly value: T } | ({ readonly ok: false } & Failure);

/** What a frame is to the one who asked: the end, something on the way, or not meant for him. */
export type Ear<F, T> = (frame: F) => { readonly end: T } | 'more' | 'foreign';

type How = {
  readonly idleMs: number;
  /** Set where the end is one of time. */
  readonly listenMs?: number;
  readonly continues?: boolean;
};

export const STOPPED: Failure = { code: 'REFUSED', detail: 'the gateway is stopping' };

/** A reader that talks for so many time-outs without coming to an end does not answer. */
const LONGEST = 20;

/** One request at a time to one reader, and the frames that come back, whatever lies between them. */
export class Wire<F> {
  readonly #line: Line;
  readonly #scanner: FrameScanner<F>;
  readonly #timeoutMs: number;
  #bad: Failure[] = [];
  /** With it a frame that is not whole is a bad one, so that what begins inside it is found. */
  #ended = false;

  constructor(line: Line, format: FrameFormat<F>, timeoutMs: number) {
    this.#line = line;
    this.#timeoutMs = timeoutMs;
    this.#scanner = new FrameScanner({
      longest: format.longest,
      judge: (bytes, from) => {
        const found = format.judge(bytes, from);
        if (found.kind !== 'more' || !this.#ended) return found;
        return {
          kind: 'bad',
          code: 'MALFORMED',
          detail: `a frame of ${bytes.length - from} bytes without an end`,
        };
      },
    });
  }

  /** The bad frames since they were last taken. */
  takeBad(): readonly Failure[] {
    const bad = this.#bad;
    this.#bad = [];
    return bad;
  }

  /** Notes a frame that is good by its checksum and wrong by what it says. */
  refuse(detail: string): void {
    this.#bad.push({ code: 'MALFORMED', detail });
  }

  /**
   * Sends `request` and hears until `ear` has the end, or nothing good came for the time-out.
   * @param continues what came before belongs to it, so nothing is thrown away first
   */
  ask<T>(request: Uint8Array, ear: Ear<F, T>, signal: AbortSignal, continues = false): Promise<Answer<T>> {
    return this.#exchange(request, ear, signal, { idleMs: this.#timeoutMs, continues });
  }

  /** Sends `request` and hears for `listenMs`, or until `ear` has an end; then that is null. */
  async listen<T>(
    request: Uint8Array,
    ear: Ear<F, T>,
    signal: AbortSignal,
    listenMs: number,
  ): Promise<Answer<T | null>> {
    const heard = await this.#exchange(request, ear, signal, { idleMs: listenMs, listenMs });
    if (heard.ok || heard.code === 'PORT_LOST' || signal.aborted) return heard;
    return { ok: true, value: null };
  }

  async #exchange<T>(request: Uint8Array, ear: Ear<F, T>, signal: AbortSignal, how: How): Promise<Answer<T>> {
    const { idleMs, listenMs, continues = false } = how;
    if (signal.aborted) return { ok: false, ...STOPPED };
    const { promise, resolve } = Promise.withResolvers<Answer<T>>();
    const lost = (detail: string): void => resolve({ ok: false, code: 'PORT_LOST', detail });
    const before = this.#bad.length;
    if (!continues) this.#scanner.forget();
    this.#ended = false;
    const hear = (chunk: Uint8Array): void => {
      for (const heard of this.#scanner.push(chunk)) {
        if (!heard.ok) {
          this.#bad.push({ code: heard.code, detail: heard.detail });
          continue;
        }
        const said = ear(heard.value);
        if (typeof said === 'object') return resolve({ ok: true, value: said.end });
        if (said === 'more' && listenMs === undefined) idle.refresh();
      }
    };
    const expire = (): void => {
      // What is heard half when the listening is over is heard out by the one who asks next.
      this.#ended = listenMs === undefined;
      hear(new Uint8Array());
      const bad = this.#bad[before];
      const detail = `no answer within ${idleMs} ms`;
      resolve({ ok: false, ...(signal.aborted ? STOPPED : (bad ?? { code: 'TIMEOUT', detail })) });
    };
    const idle = setTimeout(expire, idleMs);
    const whole = setTimeout(expire, listenMs ?? LONGEST * idleMs);
    signal.addEventListener('abort', expire, { once: true });
    const unwatch = this.#line.watch((state) => (state.up ? undefined : lost(state.detail)));
    try {
      await this.#opened(signal);
      if (!continues) await this.#line.discard();
      this.#line.receive(hear);
      this.#line.send(request).catch((error: unknown) => lost(String(error)));
      return await promise;
    } catch (error) {
      if (!(error instanceof LineDown)) throw error;
      return { ok: false, code: 'PORT_LOST', detail: error.message };
    } finally {
      clearTimeout(idle);
      clearTimeout(whole);
      unwatch();
      signal.removeEventListener('abort', expire);
      this.#line.receive(null);
    }
  }

  /** The very first request waits until the line has been tried. */
  async #opened(signal: AbortSignal): Promise<void> {
    if (this.#line.state.reason !== 'opening') return;
    const opened = new AbortController();
    const unwatch = this.#line.watch(() => opened.abort());
    await pause(this.#timeoutMs, AbortSignal.any([opened.signal, signal]));
    unwatch();
  }
}
