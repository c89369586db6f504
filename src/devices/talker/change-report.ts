import type { Reading } from '../../domain/reading.ts';
import type { StreamId } from '../../domain/stream.ts';

/** When a value is news. */
export type News = {
  /** A change of at most so much is none, in the steps of the stream. */
  readonly deadband: number;
  /** Changes nearer together than this are told as one, ms; the last of them is never left out. */
  readonly spacingMs: number;
};

/** Repeats come a little early, so that with the next frame they would not be late. */
const EARLY = 0.9;

type Told = { readonly v: number | null; readonly q: number; readonly at: number };

/**
 * Makes few readings of many frames: a value is told when it or its quality changed, at once when it
 * went or came, and again after `everyMs`, since an unchanged value is only known to be so when it is said.
 */
export class ChangeReport {
  readonly #everyMs: number;
  readonly #news: ReadonlyMap<StreamId, News>;
  readonly #told = new Map<StreamId, Told>();

  /** @param news of every stream that may be told; others are told at every change */
  constructor(everyMs: number, news: ReadonlyMap<StreamId, News>) {
    this.#everyMs = everyMs;
    this.#news = news;
  }

  /** Those of `readings` that are news at monotonic time `now`, ms. */
  pick(readings: readonly Reading[], now: number): Reading[] {
    return readings.filter((reading) => {
      if (!this.#isNews(reading, now)) return false;
      this.#told.set(reading.stream, { v: reading.v, q: reading.q, at: now });
      return true;
    });
  }

  #isNews({ stream, v, q }: Reading, now: number): boolean {
    const told = this.#told.get(stream);
    if (told === undefined || now - told.at >= this.#everyMs * EARLY) return true;
    if ((told.v === null) !== (v === null)) return true;
    const { deadband, spacingMs } = this.#news.get(stream) ?? { deadband: 0, spacingMs: 0 };
    const changed = told.q !== q || Math.abs((v ?? 0) - (told.v ?? 0)) > deadband;
    return changed && now - told.at >= spacingMs;
  }
}
