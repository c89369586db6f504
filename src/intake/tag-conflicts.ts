import type { TagConflict, TagObservation } from '../domain/device.ts';
import type { StreamId } from '../domain/stream.ts';
import { toHex } from '../evidence/encodings.ts';
import { isSwapped } from './tag-bindings.ts';

/** Degrees, east and north positive. */
export type Place = { readonly longitude: number; readonly latitude: number };

/** What a conflict is, and whether it is told for the first time in a while. */
export type Conflict = { readonly conflict: TagConflict; readonly isNews: boolean };

/** Goods on a truck are not faster (control rules, R8). */
const FASTEST_KMH = 120;
/** What is not counted: how far a reader reads and how well a place is known, m; how far clocks differ, ms. */
const [NEAR_METRES, CLOCKS_MS] = [100, 5000];
/** The same conflict of the same tag is news again after so long, ms. */
const AGAIN_MS = 600_000;
/** More than light: a tag at two places at once has no speed. */
const MOST_KMH = 1_000_000;

/** The chip that a tag is bound to, both small hexadecimal digits; null for none. */
export type BoundTo = (epc: string) => string | null;

type Sighting = {
  stream: StreamId;
  first: number;
  last: number;
  /** The chip's number as it was first read since the start, hex; null while no reader read it. */
  tid: string | null;
  toldAt: number;
};

/**
 * Knows of each tag where it was seen last. A tag that is read with another chip than the one it is bound to,
 * or so far away that nothing could have brought it there, is one of two: one is a copy, or was moved.
 * What was not read of it (its chip, a place without position) decides nothing.
 */
export class TagConflicts {
  readonly #places: ReadonlyMap<StreamId, Place>;
  readonly #boundTo: BoundTo;
  readonly #most: number;
  /** Two halves: when the young one is full, the old one is forgotten. */
  #young = new Map<string, Sighting>();
  #old = new Map<string, Sighting>();

  /**
   * @param places of the read points whose position is known
   * @param boundTo what is on record; what was read since the last commit is not there yet
   * @param most tags remembered at most; those not seen for longest are forgotten first
   */
  constructor(places: ReadonlyMap<StreamId, Place>, boundTo: BoundTo, most = 100_000) {
    this.#places = places;
    this.#boundTo = boundTo;
    this.#most = most;
  }

  /** Tags remembered. */
  get size(): number {
    return this.#young.size + this.#old.size;
  }

  /** Takes one observation; null when it fits what is known. */
  take(seen: TagObservation): Conflict | null {
    const key = Buffer.from(seen.epc).toString('latin1');
    const tid = seen.tid === null ? null : toHex(seen.tid);
    const before = this.#young.get(key) ?? this.#old.get(key);
    const { stream, first, last, epc } = seen;
    const known = before ?? { stream, first, last, tid, toldAt: -Infinity };
    const kmh = this.#speed(known, seen);
    const bound = this.#boundTo(toHex(epc)) ?? known.tid;
    const isOther = isSwapped(bound, tid);
    const isNews = last - known.toldAt >= AGAIN_MS;
    if ((isOther || kmh !== null) && isNews) known.toldAt = last;
    const at = before === undefined ? '' : `, before ${known.stream} ${new Date(known.last).toISOString()}`;
    known.tid ??= tid;
    if (last >= known.last) Object.assign(known, { stream, first, last });
    this.#keep(key, known);
    if (isOther) {
      const detail = `${stream} with TID ${tid}${at}, bound to TID ${bound}`;
      return { isNews, conflict: { epc, kmh: null, detail } };
    }
    return kmh === null ? null : { isNews, conflict: { epc, kmh, detail: `${stream}${at}` } };
  }

  #keep(key: string, sighting: Sighting): void {
    this.#old.delete(key);
    this.#young.set(key, sighting);
    if (2 * this.#young.size < this.#most) return;
    this.#old = this.#young;
    this.#young = new Map();
  }

  /** km/h between two places, when that is more than goods can have. */
  #speed(known: Sighting, seen: TagObservation): number | null {
    if (known.stream === seen.stream) return null;
    const [from, to] = [this.#places.get(known.stream), this.#places.get(seen.stream)];
    if (from === undefined || to === undefined) return null;
    const metres = metresBetween(from, to) - NEAR_METRES;
    // What comes late lies before what is known.
    const ms = CLOCKS_MS + Math.max(0, seen.first - known.last, known.first - seen.last);
    const kmh = Math.min(MOST_KMH, Math.round((metres / ms) * 3600));
    return kmh > FASTEST_KMH ? kmh : null;
  }
}

const EARTH_METRES = 6_371_000;

/** Along the great circle (haversine). */
function metresBetween(a: Place, b: Place): number {
  const [aLat, bLat] = [radians(a.latitude), radians(b.latitude)];
  const lon = radians(b.longitude - a.longitude);
  const h = Math.sin((bLat - aLat) / 2) ** 2 + Math.cos(aLat) * Math.cos(bLat) * Math.sin(lon / 2) ** 2;
  return 2 * EARTH_METRES * Math.asin(Math.min(1, Math.sqrt(h)));
}

function radians(degrees: number): number {
  return (degrees * Math.PI) / 180;
}
