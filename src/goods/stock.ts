import type { Aggregations, Parted } from './aggregation.ts';
import type { Counts, CountsTaken } from './counts.ts';
import type { Item } from './item.ts';
import { receiptsOfLists, type Items } from './items.ts';
import type { Bulk, Lots } from './lots.ts';
import type { Readers, ZoneSight } from './readers.ts';
import type { ScaleFact, Scales } from './scales.ts';
import type { Strangers } from './strangers.ts';
import { canTell, tallies, WINDOWS } from './tally.ts';

/** The parts that stock is told from. */
export type Stocked = {
  readonly items: Items;
  readonly readers: Readers;
  readonly strangers: Strangers;
  readonly aggregations: Aggregations;
  readonly lots: Lots;
  readonly scales: Scales;
  readonly counts: CountsTaken;
};

/**
 * Whether a thing is where it was put. `elsewhere`: another zone's reader sees it now. `unknown`:
 * nobody who is well and had the time to read it looks there, so that it may be there or not.
 */
type Presence = 'seen' | 'missing' | 'elsewhere' | 'unknown';

export type ItemPresence = {
  readonly presence: Presence;
  /**
   * How sure that is, hundredths of a per cent, truncated: 10000 for what is seen; for what is missing
   * 1 - (1 - r)^n, r the share of the zone's things that are read again in each window, n the windows
   * without it; null for what is not known.
   */
  readonly confidence: number | null;
};

export type ZoneStock = {
  readonly zone: string;
  /** Why absence is not known here; null where it is. */
  readonly why: ZoneSight['why'];
  readonly since: number | null;
  readonly expected: number;
  readonly seen: number;
  readonly missing: number;
  readonly elsewhere: number;
  readonly unknown: number;
  /** Tags seen here that were put elsewhere, or are on no record. */
  readonly unexpected: number;
  /** Of the things seen here within three windows, the share seen in the last one; hundredths of a per cent. */
  readonly readRate: number | null;
  readonly readers: ZoneSight['points'];
  readonly bulks: readonly Bulk[];
  readonly scales: readonly ScaleFact[];
  readonly receipts: readonly string[];
  readonly counts: Counts | null;
  readonly parted: readonly Parted[];
};

/** The things behind the figures, sorted by EPC. */
export type ZoneList = ZoneStock & {
  readonly items: readonly (ItemPresence & {
    readonly epc: string;
    readonly lot: string;
    readonly seenAt: number | null;
  })[];
  readonly strangers: readonly string[];
  /** The EPC after which the rest of the things stand; null where all are here. */
  readonly next: string | null;
};

const SURE = 10_000;
/** Things of one answer. */
const MOST_LISTED = 2000;

/** @param after EPC of the last thing of the list before; all are told from the first on with '' */
export function zoneList(parts: Stocked, zone: string, now: number, after = ''): ZoneList {
  const [figures] = zoneFigures(parts, [zone], now);
  if (figures === undefined) throw new Error(`no figures of zone ${zone}`);
  const sight = parts.readers.sight(zone, now);
  const all = [...parts.items.inZone(zone)].sort((a, b) => (a.epc < b.epc ? -1 : 1));
  const own = all.filter((item) => item.zone === zone && item.epc > after);
  const listed = own.slice(0, MOST_LISTED);
  const guests = all.filter((item) => item.zone !== zone && isSeen(item, zone, sight.windowMs, now));
  const unknown = parts.strangers.inZone(zone, now - sight.windowMs);
  return {
    ...figures,
    items: listed.map((item) => ({
      epc: item.epc,
      lot: item.lot,
      seenAt: item.seenAt < 0 ? null : item.seenAt,
      ...presenceIn(parts, item, sight, figures.readRate, now),
    })),
    strangers: [...guests.map(({ epc }) => epc), ...unknown].sort().slice(0, MOST_LISTED),
    next: own.length > listed.length ? (listed.at(-1)?.epc ?? null) : null,
  };
}

/** What lies in each of these zones, without the things by name. */
export function zoneFigures(parts: Stocked, zones: readonly string[], now: number): readonly ZoneStock[] {
  const { readers, items, strangers, lots, scales, counts, aggregations } = parts;
  // What was put into one zone may be seen in any other.
  const sights = new Map([...readers.zones, ...zones].map((zone) => [zone, readers.sight(zone, now)]));
  const found = tallies(items.places, sights, now);
  const parted = aggregations.allParted(now, readers.longestWindowMs);
  return zones.flatMap((zone) => {
    const [sight, tally] = [sights.get(zone), found.get(zone)];
    if (sight === undefined || tally === undefined) return [];
    const { guests, last, several, receipts, ...expected } = tally;
    return {
      zone,
      why: sight.why,
      since: sight.since,
      ...expected,
      unexpected: guests + strangers.inZone(zone, now - sight.windowMs).length,
      readRate: several === 0 ? null : Math.floor((last * SURE) / several),
      readers: sight.points,
      bulks: lots.bulksIn(zone),
      scales: scales.inZone(zone, now),
      receipts: receiptsOfLists(receipts, items.places.word),
      counts: counts.of(zone),
      parted: parted.filter((one) => one.parentZone === zone),
    };
  });
}

/** Whether one thing is where it was put, by the same rules as a whole zone. */
export function itemPresence(parts: Stocked, item: Item, now: number): ItemPresence {
  if (item.zone === '') return { presence: 'missing', confidence: SURE };
  const sight = parts.readers.sight(item.zone, now);
  const rate = readRate(parts.items.inZone(item.zone), item.zone, sight.windowMs, now);
  return presenceIn(parts, item, sight, rate, now);
}

function presenceIn(
  { readers }: Stocked,
  item: Item,
  sight: ZoneSight,
  rate: number | null,
  now: number,
): ItemPresence {
  const { zone, placedAt, seenZone, seenAt } = item;
  if (isSeen(item, zone, sight.windowMs, now)) return { presence: 'seen', confidence: SURE };
  if (
    seenZone !== zone &&
    seenAt > placedAt &&
    isSeen(item, seenZone, readers.sight(seenZone, now).windowMs, now)
  )
    return { presence: 'elsewhere', confidence: SURE };
  if (!canTell(sight, placedAt, now)) return { presence: 'unknown', confidence: null };
  const from = Math.max(sight.since ?? 0, placedAt);
  const last = seenZone === zone ? Math.max(seenAt, from) : from;
  const windows = Math.floor((now - last) / sight.windowMs);
  const missed = (1 - (rate ?? 0) / SURE) ** windows;
  return { presence: 'missing', confidence: Math.min(SURE - 1, Math.floor((1 - missed) * SURE)) };
}

function isSeen({ seenZone, seenAt }: Item, zone: string, windowMs: number, now: number): boolean {
  return seenZone === zone && seenAt >= 0 && seenAt + windowMs > now;
}

function readRate(items: Iterable<Item>, zone: string, windowMs: number, now: number): number | null {
  let last = 0;
  let several = 0;
  for (const item of items) {
    if (isSeen(item, zone, windowMs, now)) last++;
    if (isSeen(item, zone, windowMs * WINDOWS, now)) several++;
  }
  return several === 0 ? null : Math.floor((last * SURE) / several);
}
