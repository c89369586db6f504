import type { Arrival, InventoryRound, TagObservation } from '../../domain/device.ts';
import { Quality, type Reading } from '../../domain/reading.ts';
import type { StreamId } from '../../domain/stream.ts';
import { Dwells, type DwellSettings } from '../dwell.ts';
import { LateReads } from './late-reads.ts';

/** A place where tags are read. */
export type Point = {
  readonly name: string;
  readonly antennas: readonly number[];
  /** Of the observations, and of how many tags are there. */
  readonly seen: StreamId;
  readonly count: StreamId;
};

/** What a reader watches; times in ms. */
type Watch = {
  readonly points: readonly Point[];
  readonly everyMs: number;
  readonly dwell: DwellSettings;
};

/** One report of one tag. */
type Report = {
  /** Hex. */
  readonly epc: string;
  readonly tid: string | null;
  readonly antenna: number | null;
  /** 0.01 dBm. */
  readonly rssi: number | null;
  /** µs since 1970 by the reader's clock. */
  readonly firstSeenUs: number | null;
  readonly lastSeenUs: number | null;
  readonly count: number | null;
};

/** A reader whose clock is as near as this to ours is believed, ms. */
const CLOCK_OFF_MS = 2000;

/** A count that moves is told at most this often, ms. */
const COUNT_MS = 1000;

/** Makes observations, rounds and counts of tag reports. Times are ms: `now` is monotonic, `t` evidence time. */
export class ReadPoints {
  readonly #plan: Watch;
  readonly #dwells: Dwells;
  readonly #late: LateReads;
  readonly #byAntenna: ReadonlyMap<number, Point>;
  readonly #reads = new Map<Point, number>();
  readonly #counts = new Map<Point, { v: number | null; at: number }>();
  #last: { antenna: number | null; rssi: number } = { antenna: null, rssi: 0 };
  /** How far the reader's clock is ahead of ours; null when it has none. */
  #aheadMs: number | null = null;
  /** Since when the reader has been reading; null while it is not. */
  #since: number | null = null;
  #roundAt = Infinity;

  constructor(plan: Watch) {
    this.#plan = plan;
    this.#dwells = new Dwells(plan.dwell);
    this.#late = new LateReads(plan.dwell.goneMs);
    this.#byAntenna = new Map(plan.points.flatMap((p) => p.antennas.map((a) => [a, p] as const)));
  }

  /** Whether reads of an earlier time are not told yet. */
  get hasLate(): boolean {
    return this.#late.isWaiting;
  }

  /** The reader's clock as it said it at a connection; true when it is wrong by more than is believed. */
  setClock(utcMs: number | null, t: number): boolean {
    this.#aheadMs = utcMs === null ? null : utcMs - t;
    return this.#aheadMs !== null && Math.abs(this.#aheadMs) > CLOCK_OFF_MS;
  }

  started(now: number): void {
    this.#last = { antenna: null, rssi: 0 };
    this.#since = now;
    this.#roundAt = now + this.#plan.everyMs;
  }

  /** Nothing is known of the tags from now on. */
  stopped(now: number): void {
    if (this.#since === null) return;
    this.#since = null;
    this.#roundAt = now + this.#plan.everyMs;
  }

  /** Null when it is taken, else why it is not. */
  take(report: Report, now: number, t: number): string | null {
    // What a reader leaves out is as in its last report; so is it with one antenna that it need not name.
    const only = this.#byAntenna.size === 1 ? [...this.#byAntenna.keys()][0] : undefined;
    const antenna = report.antenna ?? this.#last.antenna ?? only ?? null;
    if (antenna === null) return 'a tag report without an antenna';
    const point = this.#byAntenna.get(antenna);
    if (point === undefined) return `antenna ${antenna} belongs to no read point`;
    const rssi = report.rssi ?? this.#last.rssi;
    this.#last = { antenna, rssi };
    const reads = Math.max(1, report.count ?? 1);
    const epc = Buffer.from(report.epc, 'hex');
    const tid = report.tid === null ? null : Buffer.from(report.tid, 'hex');
    const of = { stream: point.seen, epc, tid, antenna, rssi };
    const first = this.#ourTime(report.firstSeenUs ?? report.lastSeenUs, t);
    const last = this.#ourTime(report.lastSeenUs ?? report.firstSeenUs, t);
    const { goneMs } = this.#plan.dwell;
    const into = last.ageMs >= goneMs ? this.#late : this.#dwells;
    // A reader that counts from the day it was switched on does not say that the tag never left.
    const from = last.at - first.at > goneMs ? last : first;
    into.take({ ...of, at: from.at, isDeviceTime: from.isDeviceTime, reads }, now);
    if (last.at > from.at) into.take({ ...of, at: last.at, isDeviceTime: last.isDeviceTime, reads: 0 }, now);
    this.#reads.set(point, (this.#reads.get(point) ?? 0) + reads);
    return null;
  }

  /** What is to be told now; null when nothing is. */
  due(now: number): Arrival | null {
    const observations: TagObservation[] = [...this.#late.due(now), ...this.#dwells.due(now)];
    const isTurn = now >= this.#roundAt;
    if (isTurn) this.#roundAt = now + this.#plan.everyMs;
    const rounds = isTurn && this.#since !== null ? this.#plan.points.map((p) => this.#round(p)) : [];
    const readings = this.#plan.points.flatMap((p) => this.#count(p, now));
    return observations.length + rounds.length + readings.length === 0
      ? null
      : { readings, observations, rounds };
  }

  /** A wrong clock still tells how long ago: its times are moved to ours, and marked. */
  #ourTime(us: number | null, t: number): { at: number; isDeviceTime: boolean; ageMs: number } {
    if (us === null || this.#aheadMs === null) return { at: t, isDeviceTime: false, ageMs: 0 };
    const ms = Math.floor(us / 1000);
    const ageMs = Math.max(0, t - (ms - this.#aheadMs));
    const isRight = Math.abs(this.#aheadMs) <= CLOCK_OFF_MS;
    return { at: isRight ? ms : Math.max(0, t - ageMs), isDeviceTime: isRight, ageMs };
  }

  #round(point: Point): InventoryRound {
    const reads = this.#reads.get(point) ?? 0;
    this.#reads.set(point, 0);
    return { stream: point.seen, distinct: this.#dwells.present(point.seen), reads };
  }

  /** Tags that are there, once the reader has had the time to see them all; null while it does not read. */
  #count(point: Point, now: number): Reading[] {
    const { everyMs, dwell } = this.#plan;
    const told = this.#counts.get(point);
    if (this.#since !== null && now - this.#since < dwell.goneMs) return [];
    const age = told === undefined ? Infinity : now - told.at;
    if (age < COUNT_MS) return [];
    const v = this.#since === null ? null : this.#dwells.present(point.seen);
    if (age < everyMs && told?.v === v) return [];
    this.#counts.set(point, { v, at: now });
    return [{ stream: point.count, v, q: Quality.good }];
  }
}
