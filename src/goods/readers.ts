import { Overlay } from '../domain/overlay.ts';
import { Quality } from '../domain/reading.ts';
import { RecordType, StatementKind, SystemCode, type LogRecord, type Value } from '../domain/record.ts';
import type { Part } from './part.ts';
import type { GoodsSite } from './site.ts';
import { listIn, numberIn, textIn } from './state-fields.ts';

/** A read point, and the zone that its antenna looks at. */
export type ReadPoint = {
  readonly id: string;
  readonly dev: string;
  readonly place: string;
  readonly maxGapMs: number;
};

/** Heard without a gap in [since, until), evidence time, ms. */
type Heard = { readonly since: number; readonly until: number };

/** What the read points of a zone can say at an instant. */
export type ZoneSight = {
  readonly points: readonly {
    readonly stream: string;
    readonly healthy: boolean;
    /** Since when it is heard without a gap, or since when it is not; null: it never was heard. */
    readonly since: number | null;
  }[];
  /** Why absence cannot be told; null where all read points are well. */
  readonly why: 'no-read-point' | 'reader-ill' | 'reader-silent' | null;
  /** Since when it can be told, or cannot; null: it never could. */
  readonly since: number | null;
  /** Within this time a tag that stays is told again by each of them, ms. */
  readonly windowMs: number;
};

/**
 * How far read points are heard. One that is not heard, or whose device says that it is ill, makes
 * what it looks at unknown: a tag that nobody could have read is never missing.
 */
export class Readers implements Part {
  readonly #bySlot: ReadonlyMap<number, ReadPoint>;
  readonly #byZone: ReadonlyMap<string, readonly ReadPoint[]>;
  readonly #heard = new Overlay<string, Heard>();
  /** Devices that say so, and since when. */
  readonly #ill = new Overlay<string, number>();

  /** @throws TypeError for a state that `encode` did not give */
  constructor({ streams }: GoodsSite, state: Value | null) {
    const points = streams.filter(({ kind }) => kind === 2);
    this.#bySlot = new Map(points.map((point) => [point.slot, point]));
    this.#byZone = Map.groupBy(points, ({ place }) => place);
    const [heard, ill] = state === null ? [[], []] : listIn(state).map(listIn);
    for (const row of heard ?? []) {
      const [stream, since, until] = listIn(row);
      this.#heard.set(textIn(stream), { since: numberIn(since), until: numberIn(until) });
    }
    for (const row of ill ?? []) {
      const [device, since] = listIn(row);
      this.#ill.set(textIn(device), numberIn(since));
    }
    this.commit();
  }

  /** Zones that a read point looks at. */
  get zones(): readonly string[] {
    return [...this.#byZone.keys()];
  }

  /** Within this time a tag that stays is told again wherever a read point looks, ms. */
  get longestWindowMs(): number {
    return Math.max(0, ...[...this.#bySlot.values()].map(({ maxGapMs }) => maxGapMs));
  }

  sight(zone: string, now: number): ZoneSight {
    const points = this.#byZone.get(zone) ?? [];
    if (points.length === 0) return { points: [], why: 'no-read-point', since: null, windowMs: 0 };
    const states = points.map((point) => this.#stateOf(point, now));
    const ill = states.filter(({ healthy }) => !healthy);
    const why = ill.length === 0 ? null : ill.some(({ isIll }) => isIll) ? 'reader-ill' : 'reader-silent';
    // It can be told from when the last of them is well on, and not any more from when the first is not.
    const of = (ill.length === 0 ? states : ill).map(({ since }) => since);
    const sinces = of.filter((since) => since !== null);
    const since = ill.length === 0 ? Math.max(...sinces) : Math.min(...sinces);
    return {
      points: states.map(({ stream, healthy, since: from }) => ({ stream, healthy, since: from })),
      why,
      since: sinces.length < of.length ? null : since,
      windowMs: Math.max(...points.map(({ maxGapMs }) => maxGapMs)),
    };
  }

  take({ slot, t, type, body }: LogRecord): void {
    if (type === RecordType.round) this.#hear(slot, t);
    else if (type === RecordType.observation) {
      if (typeof body[7] === 'number' && (body[7] & Quality.backfilled) === 0) this.#hear(slot, t);
    } else if (type === RecordType.statement && body[0] === StatementKind.device) {
      this.#tell(String(body[1]), body[2] === 1, t);
    } else if (type === RecordType.system) {
      const [code, a] = body;
      if (code === SystemCode.start) this.#startAnew(t);
      else if (code === SystemCode.clockStepped && typeof a === 'number') this.#shift(a);
    }
  }

  commit(): void {
    this.#heard.commit();
    this.#ill.commit();
  }

  discard(): void {
    this.#heard.discard();
    this.#ill.discard();
  }

  encode(): Value {
    return [
      sorted(this.#heard).map(([stream, { since, until }]) => [stream, since, until]),
      sorted(this.#ill).map(([device, since]) => [device, since]),
    ];
  }

  #stateOf(
    { id, dev }: ReadPoint,
    now: number,
  ): { stream: string; healthy: boolean; isIll: boolean; since: number | null } {
    const heard = this.#heard.get(id);
    const ill = this.#ill.get(dev);
    if (ill !== undefined)
      return { stream: id, healthy: false, isIll: true, since: Math.min(ill, heard?.until ?? ill) };
    if (heard === undefined) return { stream: id, healthy: false, isIll: false, since: null };
    const healthy = heard.until > now;
    return { stream: id, healthy, isIll: false, since: healthy ? heard.since : heard.until };
  }

  #hear(slot: number, t: number): void {
    const point = this.#bySlot.get(slot);
    if (point === undefined) return;
    const { id, maxGapMs } = point;
    const before = this.#heard.get(id);
    const since = before !== undefined && before.until >= t ? before.since : t;
    if (before?.until !== t + maxGapMs) this.#heard.set(id, { since, until: t + maxGapMs });
  }

  #tell(device: string, isWell: boolean, t: number): void {
    if (isWell) this.#ill.delete(device);
    else {
      if (this.#ill.get(device) === undefined) this.#ill.set(device, t);
      this.#end(t, (point) => point.dev === device);
    }
  }

  /** A gateway that was not there heard nobody; whoever is heard again is well until he says otherwise. */
  #startAnew(t: number): void {
    for (const [device] of this.#ill.entries()) this.#ill.delete(device);
    this.#end(t, () => true);
  }

  #end(t: number, of: (point: ReadPoint) => boolean): void {
    for (const point of this.#bySlot.values()) {
      const heard = this.#heard.get(point.id);
      if (heard !== undefined && of(point) && heard.until > t - 1)
        this.#heard.set(point.id, { since: heard.since, until: t - 1 });
    }
  }

  #shift(a: number): void {
    for (const [id, { since, until }] of this.#heard.entries())
      this.#heard.set(id, { since: since + a, until: until + a });
    for (const [device, since] of this.#ill.entries()) this.#ill.set(device, since + a);
  }
}

function sorted<V>(overlay: Overlay<string, V>): [string, V][] {
  return [...overlay.entries()].sort(([a], [b]) => (a < b ? -1 : 1));
}
