import type { Stream } from '../../api/types.ts';
import type { Board } from './board.ts';
import { CallFailed, getReadings } from './calls.ts';

/** Points of a curve: evidence time in s and the scaled value, null where there was none. */
export type Curve = {
  readonly t: number[];
  readonly v: (number | null)[];
  /** Whether readings of this time were erased: then a gap is no silence. */
  readonly erased: boolean;
};

const WINDOW_MS = 30 * 60_000;
const MOST_POINTS = 1500;
/** One question at a time, this far apart: the gateway answers 20 a second. */
const PAUSE_MS = 150;

/** The last half hour of every stream that is shown: asked for once, then fed by the event stream. */
export class History {
  readonly #board: Board;
  readonly #curves = new Map<string, Curve>();
  readonly #watchers = new Map<string, () => void>();
  readonly #stop: () => void;
  #line: Promise<void> = Promise.resolve();
  #closed = false;

  constructor(board: Board) {
    this.#board = board;
    this.#stop = board.onReading((stream, t, v) => this.#append(stream, t, v));
  }

  close(): void {
    this.#closed = true;
    this.#stop();
    this.#watchers.clear();
  }

  /** Calls back whenever the curve has changed. */
  watch(stream: Stream, changed: (curve: Curve) => void): () => void {
    const known = this.#curves.get(stream.id);
    if (known === undefined) this.#line = this.#line.then(() => this.#load(stream));
    else changed(known);
    const watcher = (): void => {
      const curve = this.#curves.get(stream.id);
      if (curve !== undefined) changed(curve);
    };
    this.#watchers.set(stream.id, watcher);
    return () => {
      if (this.#watchers.get(stream.id) === watcher) this.#watchers.delete(stream.id);
    };
  }

  async #load({ id, cadenceMs }: Stream): Promise<void> {
    if (this.#closed || this.#curves.has(id)) return;
    const to = Math.ceil(this.#board.now());
    const window = Math.min(WINDOW_MS, MOST_POINTS * Math.max(1, cadenceMs));
    try {
      const { readings, erased } = await getReadings(id, Math.max(0, to - window), to + 1);
      const gone = erased.map(({ from }) => ({ t: from, v: null }));
      const points = [...readings, ...gone].sort((x, y) => x.t - y.t);
      this.#curves.set(id, {
        t: points.map((p) => p.t / 1000),
        v: points.map((p) => p.v),
        erased: erased.length > 0,
      });
      this.#watchers.get(id)?.();
    } catch (error) {
      // A curve is an extra: without it the value still stands, and the board says when nobody answers.
      if (!(error instanceof CallFailed)) throw error;
    }
    await new Promise((wake) => setTimeout(wake, PAUSE_MS));
  }

  #append(stream: string, t: number, v: number | null): void {
    const curve = this.#curves.get(stream);
    const last = curve?.t.at(-1) ?? -Infinity;
    if (curve === undefined || t / 1000 <= last) return;
    curve.t.push(t / 1000);
    curve.v.push(v);
    const tooOld = curve.t.findIndex((at) => at >= t / 1000 - WINDOW_MS / 1000);
    const surplus = Math.max(tooOld, curve.t.length - MOST_POINTS);
    if (surplus > 0) {
      curve.t.splice(0, surplus);
      curve.v.splice(0, surplus);
    }
    this.#watchers.get(stream)?.();
  }
}
