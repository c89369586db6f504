import type { TagObservation } from '../../domain/device.ts';
import { Quality } from '../../domain/reading.ts';
import type { TagRead } from '../dwell.ts';

/** A burst is over when nothing more of it came for so long, ms. */
const PAUSE_MS = 300;

/** More tags than that are told at once, so that a burst of any length takes little memory. */
const MOST = 5000;

/**
 * Reads of an earlier time, as a reader sends them that held them while it was alone. Each visit
 * becomes one observation with its own times; it is never joined with what is read now, which would say
 * that the tag was there all the while.
 */
export class LateReads {
  readonly #goneMs: number;
  readonly #visits = new Map<string, TagObservation>();
  #over: TagObservation[] = [];
  #takenAt = -Infinity;

  /** @param goneMs a tag not read for so long had left */
  constructor(goneMs: number) {
    this.#goneMs = goneMs;
  }

  /** Whether something is not told yet. */
  get isWaiting(): boolean {
    return this.#visits.size > 0;
  }

  /** @param now monotonic, ms */
  take(read: TagRead, now: number): void {
    this.#takenAt = now;
    const key = `${read.stream} ${read.antenna} ${Buffer.from(read.epc).toString('latin1')}`;
    const known = this.#visits.get(key);
    const { stream, epc, tid, antenna, at, reads, rssi } = read;
    if (known === undefined || at - known.last >= this.#goneMs || known.first - at >= this.#goneMs) {
      if (known !== undefined) this.#over.push(known);
      const q = read.isDeviceTime ? Quality.good : Quality.deviceTimeUncertain;
      this.#visits.set(key, { stream, epc, tid, antenna, first: at, last: at, reads, rssi, q });
      return;
    }
    this.#visits.set(key, {
      ...known,
      tid: known.tid ?? tid,
      first: Math.min(known.first, at),
      last: Math.max(known.last, at),
      reads: known.reads + reads,
      rssi: Math.max(known.rssi, rssi),
    });
  }

  /** What is to be told now: everything, once the burst is over. */
  due(now: number): TagObservation[] {
    const isFull = this.#visits.size + this.#over.length >= MOST;
    if (this.#visits.size === 0 || (!isFull && now - this.#takenAt < PAUSE_MS)) return [];
    const told = [...this.#over, ...this.#visits.values()];
    this.#over = [];
    this.#visits.clear();
    return told.sort((a, b) => a.first - b.first);
  }
}
