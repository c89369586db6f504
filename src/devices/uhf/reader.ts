import type { InventoryRound, Refusal, Sink } from '../../domain/device.ts';
import { Quality } from '../../domain/reading.ts';
import type { Reading } from '../../domain/reading.ts';
import { Dwells } from '../dwell.ts';
import type { Line } from '../line.ts';
import type { PolledDevice } from '../port.ts';
import { maxGapOf, pointsOf } from './settings.ts';
import type { ReaderSettings, ReadPoint } from './settings.ts';
import { Standing } from '../standing.ts';
import type { Failure, Wire } from './wire.ts';

/** One tag as a reader reports it; signal in 0.01 dBm, 0 where its protocol does not say. */
export type Seen = {
  readonly epc: Uint8Array;
  /** Left out where the reader was not asked for it. */
  readonly tid?: Uint8Array | null;
  readonly antenna: number;
  readonly rssi: number;
};

/** How a family's readers are asked. Each gives what went wrong, null when nothing did. */
export type Protocol<F> = {
  /** Settings that the reader forgets with its power; before the first round and after a failure. */
  prepare(wire: Wire<F>, signal: AbortSignal): Promise<Failure | null>;
  /** One inventory of one antenna, to its end. */
  inventory(
    wire: Wire<F>,
    antenna: number,
    seen: (tag: Seen) => void,
    signal: AbortSignal,
  ): Promise<Failure | null>;
};

export type World = {
  readonly line: Line;
  /** Evidence time and monotonic time, ms. */
  readonly now: () => number;
  readonly tick: () => number;
};

/** What one round found at one point. */
type Found = { readonly point: ReadPoint; readonly epcs: Set<string>; reads: number; failed: boolean };

/** A connection on which so many rounds in a row went unanswered is given up. */
const SILENT_ROUNDS = 2;

/** Repeats come a little early, so that with the next round they would not be late. */
const EARLY = 0.9;

/**
 * A reader that is asked for rounds, antenna by antenna. A point has a number of tags only after the
 * reader was heard for as long as a tag may go unread: silence of the reader never reads as "no tags".
 */
export class Reader<F> implements PolledDevice {
  readonly id: string;
  readonly everyMs: number;
  readonly #settings: ReaderSettings;
  readonly #points: readonly ReadPoint[];
  readonly #protocol: Protocol<F>;
  readonly #wire: Wire<F>;
  readonly #world: World;
  readonly #goneMs: number;
  readonly #dwells: Dwells;
  readonly #standing: Standing;
  readonly #told = new Map<string, { readonly v: number | null; readonly at: number }>();
  /** Since when each point's rounds have all been good, monotonic ms. */
  readonly #goodSince = new Map<ReadPoint, number>();
  #prepared = -1;
  #silent = 0;

  constructor(settings: ReaderSettings, protocol: Protocol<F>, wire: Wire<F>, world: World) {
    this.id = settings.id;
    this.everyMs = settings.round;
    this.#settings = settings;
    this.#points = pointsOf(settings);
    this.#protocol = protocol;
    this.#wire = wire;
    this.#world = world;
    this.#goneMs = settings.gone ?? 3 * settings.round;
    const refreshMs = Math.max(settings.round, maxGapOf(settings) / 2);
    this.#dwells = new Dwells({ settleMs: settings.round, refreshMs, goneMs: this.#goneMs });
    this.#standing = new Standing(settings.id);
  }

  async poll(sink: Sink, signal: AbortSignal): Promise<void> {
    const found = this.#points.map((point): Found => ({ point, epcs: new Set(), reads: 0, failed: false }));
    const failure = await this.#round(found, signal);
    if (signal.aborted) return;
    const now = this.#world.tick();
    const observations = this.#dwells.due(now);
    const rounds = found.flatMap(({ point, epcs, reads, failed }): InventoryRound[] =>
      failed ? [] : [{ stream: point.stream, distinct: epcs.size, reads }],
    );
    const readings = found.flatMap((f) => this.#count(f, now));
    const refusals = this.#refusals(failure);
    const health =
      failure === null
        ? this.#standing.good()
        : this.#standing.failed(
            failure.code,
            failure.code === 'EXCEPTION_REPLY' ? failure.detail : undefined,
          );
    const news = observations.length + rounds.length + readings.length + refusals.length + health.length;
    if (news > 0) sink({ readings, observations, rounds, refusals, health });
    this.#judgeLine(failure);
  }

  async #round(found: readonly Found[], signal: AbortSignal): Promise<Failure | null> {
    let failure = await this.#prepare(signal);
    if (failure !== null) for (const f of found) f.failed = true;
    for (const { antenna } of this.#settings.antennas) {
      const own = found.find((f) => f.point.antennas.includes(antenna));
      if (own === undefined) continue;
      if (failure !== null && failure.code !== 'EXCEPTION_REPLY') own.failed = true;
      if (own.failed || signal.aborted) continue;
      const take = (tag: Seen): void => this.#take(tag, found);
      const bad = await this.#protocol.inventory(this.#wire, antenna, take, signal);
      if (bad === null) continue;
      own.failed = true;
      failure ??= bad;
    }
    if (failure !== null) this.#prepared = -1;
    return failure;
  }

  /** A line that was away may have taken the reader's power with it. */
  async #prepare(signal: AbortSignal): Promise<Failure | null> {
    const { line } = this.#world;
    if (line.openings > 0 && this.#prepared === line.openings) return null;
    const failure = await this.#protocol.prepare(this.#wire, signal);
    if (failure === null) this.#prepared = line.openings;
    return failure;
  }

  #take({ epc, tid = null, antenna, rssi }: Seen, found: readonly Found[]): void {
    const own = found.find((f) => f.point.antennas.includes(antenna));
    if (own === undefined) return;
    own.epcs.add(Buffer.from(epc).toString('latin1'));
    own.reads++;
    const { stream } = own.point;
    const at = this.#world.now();
    const read = { stream, epc, tid, antenna, at, isDeviceTime: false, reads: 1, rssi };
    this.#dwells.take(read, this.#world.tick());
  }

  #count({ point, failed }: Found, now: number): Reading[] {
    if (failed) this.#goodSince.delete(point);
    else if (!this.#goodSince.has(point)) this.#goodSince.set(point, now);
    const since = this.#goodSince.get(point);
    const told = this.#told.get(point.count);
    const isKnown = since !== undefined && now - since >= this.#goneMs;
    if (!failed && !isKnown && told === undefined) return [];
    const v = isKnown ? this.#dwells.present(point.stream) : null;
    if (told?.v === v && now - told.at < this.#settings.every * EARLY) return [];
    this.#told.set(point.count, { v, at: now });
    return [{ stream: point.count, v, q: Quality.good }];
  }

  #refusals(failure: Failure | null): Refusal[] {
    const bad = [...this.#wire.takeBad()];
    if (failure?.code === 'EXCEPTION_REPLY') bad.push(failure);
    return bad.map(({ code, detail }) => ({ device: this.id, stream: null, code, detail }));
  }

  /** A peer that lost its power keeps no connection, and this end alone would never know. */
  #judgeLine(failure: Failure | null): void {
    const isSilent = failure !== null && failure.code !== 'EXCEPTION_REPLY' && failure.code !== 'PORT_LOST';
    this.#silent = isSilent ? this.#silent + 1 : 0;
    if (this.#silent < SILENT_ROUNDS || this.#settings.host === undefined) return;
    this.#silent = 0;
    this.#world.line.renew(`no good answer in ${SILENT_ROUNDS} rounds`);
  }
}
