import type { Arrival, HealthNote } from '../../domain/device.ts';
import { untimely } from '../source-time.ts';
import { ReadPoints } from '../tags/read-points.ts';
import { Standing } from '../standing.ts';
import type { ReaderEvent } from './events.ts';
import type { PlannedReader } from './plan.ts';

/** Reads whose times are farther off than this come late, or from a reader with a wrong clock, ms. */
const OFF_MS = 10_000;
/** What a broker held comes in faster than it was read, so its lag shrinks; that of a wrong clock stays, ms. */
const STEADY_MS = 5000;
const SAME_MS = 2000;

/**
 * One reader as its events tell. It says nothing while no tag is there, so silence longer than its time-out
 * is no "no tags": then nothing is known. Times `now` are monotonic ms, `t` is evidence time.
 */
export class Reader {
  readonly #plan: PlannedReader;
  readonly #points: ReadPoints;
  readonly #standing: Standing;
  #heardAt: number;
  #isReading = false;
  /** Why it is not reading; empty before anything was heard of it. */
  #why = '';
  /** How far its clock is believed to be ahead of ours, and how far it seems to be since when. */
  #aheadMs = 0;
  #lag: { readonly aheadMs: number; readonly since: number } | null = null;

  constructor(plan: PlannedReader, now: number) {
    this.#plan = plan;
    this.#points = new ReadPoints(plan);
    this.#standing = new Standing(plan.id);
    this.#heardAt = now;
  }

  /** Whether what it was told of an earlier time is not told on yet. */
  get hasLate(): boolean {
    return this.#points.hasLate;
  }

  /** Null when it was taken, else why it was not. */
  take(event: ReaderEvent, now: number, t: number): string | null {
    this.#heardAt = now;
    if (event.is === 'status') {
      if (event.isReading) this.#start(now, t);
      else this.#stop(event.word, now);
      return null;
    }
    if (event.is === 'complaint') this.#standing.complain(event.text, event.text, now, false);
    if (event.is === 'antenna') this.#antenna(event.antenna, event.isConnected, now);
    // A life sign does not say that it reads.
    if (event.is !== 'read') return null;
    this.#start(now, t);
    return this.#read(event, now, t);
  }

  /** Nothing more is known of it: the broker said so, or is itself gone. */
  down(reason: string, now: number): HealthNote[] {
    this.#stop(reason, now);
    return this.#standing.down(reason);
  }

  /** What is to be told now; null when nothing is. */
  due(now: number): Arrival | null {
    if (this.#isReading && now - this.#heardAt >= this.#plan.timeoutMs) this.#stop('timeout', now);
    const told = this.#points.due(now);
    const health = this.#health(now);
    if (told === null && health.length === 0) return null;
    return { ...(told ?? { readings: [] }), health };
  }

  #health(now: number): HealthNote[] {
    if (this.#isReading) return this.#standing.up(now);
    return this.#why === '' ? [] : this.#standing.down(this.#why);
  }

  #start(now: number, t: number): void {
    if (this.#isReading) return;
    this.#isReading = true;
    this.#why = '';
    this.#points.setClock(t + this.#aheadMs, t);
    this.#points.started(now);
  }

  #stop(why: string, now: number): void {
    this.#isReading = false;
    this.#why = why;
    this.#points.stopped(now);
  }

  /** Tells a wrong clock from reads that come late. @param aheadMs of the reader's time before ours */
  #compare(aheadMs: number, now: number, t: number): void {
    if (Math.abs(aheadMs - this.#aheadMs) <= OFF_MS) {
      this.#lag = null;
      return;
    }
    // While it sends what was held for it, nobody knows what is there now.
    this.#points.started(now);
    if (this.#lag === null || Math.abs(aheadMs - this.#lag.aheadMs) > SAME_MS)
      this.#lag = { aheadMs, since: now };
    // No broker makes a read newer than it is.
    const isClock = aheadMs - this.#aheadMs > OFF_MS || now - this.#lag.since >= STEADY_MS;
    if (!isClock) return;
    this.#lag = null;
    this.#aheadMs = Math.abs(aheadMs) <= OFF_MS ? 0 : aheadMs;
    this.#points.setClock(t + this.#aheadMs, t);
    if (this.#aheadMs === 0) this.#standing.takeBack('clock');
    else this.#standing.complain('clock', `clock ${Math.round(aheadMs / 1000)} s off`, now, true);
  }

  #antenna(antenna: number, isConnected: boolean, now: number): void {
    if (!this.#plan.points.some((p) => p.antennas.includes(antenna))) return;
    const key = `antenna ${antenna}`;
    if (isConnected) this.#standing.takeBack(key);
    else this.#standing.complain(key, `antenna ${antenna} is not connected`, now, true);
  }

  #read(event: Extract<ReaderEvent, { is: 'read' }>, now: number, t: number): string | null {
    const { epc, tid, at, rssi, count } = event;
    const wrong = at === null ? null : untimely(at, t);
    if (wrong !== null) return `time ${wrong}`;
    if (at !== null) this.#compare(at - t, now, t);
    if (this.#plan.reference.has(epc)) return null;
    const antennas = this.#plan.points.flatMap((p) => p.antennas);
    const antenna = event.antenna ?? (antennas.length === 1 ? antennas[0] : undefined);
    if (antenna === undefined) return 'a read without an antenna, and the reader has several';
    const us = at === null ? null : at * 1000;
    const own = { epc, tid, antenna, rssi: rssi ?? 0, count, firstSeenUs: us, lastSeenUs: us };
    return this.#points.take(own, now, t);
  }
}
