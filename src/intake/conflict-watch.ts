import type { Arrival, TagConflict } from '../domain/device.ts';
import { Quality, type Reading } from '../domain/reading.ts';
import type { StreamId, StreamSpec } from '../domain/stream.ts';
import { toHex } from '../evidence/encodings.ts';
import { ForeignTags } from './foreign-tags.ts';
import { TagConflicts, type BoundTo, type Place } from './tag-conflicts.ts';

/** So long a tag counts as one in conflict after it was last seen so, ms. */
const STANDS_MS = 300_000;
/** Tags counted at one read point at most. */
const MOST_STANDING = 1000;

/** Where tags are read, as its driver declares it. */
function isReadPoint({ kind, quantity }: StreamSpec): boolean {
  return kind === 2 && quantity === 'tag';
}

/**
 * The gateway's own stream beside each read point: how many of the tags seen there are in conflict with
 * what was seen elsewhere or before. It is told with each round, so a silent reader leaves it unknown.
 */
export function conflictStreams(streams: readonly StreamSpec[]): StreamSpec[] {
  return streams.filter(isReadPoint).map((point) => ({
    ...point,
    id: conflictsOf(point.id),
    ch: `${point.ch}-conflicts`,
    kind: 1,
    quantity: 'tag-conflicts',
    src: 0,
  }));
}

function conflictsOf(point: StreamId): StreamId {
  return `${point}-conflicts`;
}

/** Adds to what readers bring whether their tags can be where and what they say. */
export class ConflictWatch {
  readonly #conflicts: TagConflicts;
  readonly #boundTo: BoundTo;
  readonly #foreign: ForeignTags;
  /** Until when each tag counts, and with which chip it was read, by read point and EPC. */
  readonly #standing = new Map<
    StreamId,
    Map<string, { readonly until: number; readonly tid: string | null }>
  >();
  readonly #told = new Map<StreamId, number>();

  /**
   * @param boundTo what the journal says of each tag's chip
   * @param foreign tags that another site tells of, too
   */
  constructor(
    streams: readonly StreamSpec[],
    places: ReadonlyMap<string, Place>,
    boundTo: BoundTo,
    foreign = new ForeignTags(),
  ) {
    this.#foreign = foreign;
    this.#boundTo = boundTo;
    const points = streams.filter(isReadPoint);
    for (const { id } of points) this.#standing.set(id, new Map());
    this.#conflicts = new TagConflicts(
      new Map(
        points.flatMap(({ id, place }) => {
          const at = places.get(place);
          return at === undefined ? [] : [[id, at] as const];
        }),
      ),
      boundTo,
    );
  }

  /** @param t evidence time, ms */
  watched(arrival: Arrival, t: number): Arrival {
    const { observations = [], rounds = [] } = arrival;
    if (observations.length === 0 && rounds.length === 0) return arrival;
    const news: TagConflict[] = [];
    const due = new Set(rounds.map((r) => r.stream));
    for (const seen of observations) {
      const standing = this.#standing.get(seen.stream);
      const own = standing === undefined ? null : this.#conflicts.take(seen);
      const found = own ?? (standing === undefined ? null : this.#foreign.conflictOf(seen));
      if (standing === undefined || found === null) continue;
      if (found.isNews) news.push(found.conflict);
      const epc = toHex(seen.epc);
      const isSwap = own !== null && own.conflict.kmh === null;
      const tid = isSwap && seen.tid !== null ? toHex(seen.tid) : null;
      if (standing.size < MOST_STANDING || standing.has(epc))
        standing.set(epc, { until: t + STANDS_MS, tid });
      due.add(seen.stream);
    }
    const readings = [...due].flatMap((point) =>
      this.#count(
        point,
        t,
        rounds.some((r) => r.stream === point),
      ),
    );
    if (readings.length === 0 && news.length === 0) return arrival;
    return { ...arrival, readings: [...arrival.readings, ...readings], conflicts: news };
  }

  #count(point: StreamId, t: number, isRound: boolean): Reading[] {
    const standing = this.#standing.get(point);
    if (standing === undefined) return [];
    for (const [epc, { until, tid }] of standing) {
      // Two persons bound it to the chip that it was seen with.
      const isBound = tid !== null && this.#boundTo(epc) === tid;
      if (until <= t || isBound) standing.delete(epc);
    }
    const v = standing.size;
    if (!isRound && this.#told.get(point) === v) return [];
    this.#told.set(point, v);
    return [{ stream: conflictsOf(point), v, q: Quality.good }];
  }
}
