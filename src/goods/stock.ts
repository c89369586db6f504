import type { Aggregations, Parted } from './aggregation.ts';
import type { Counts, CountsTaken } from './counts.ts';
import type { Item } from './item.ts';
import type { Items } from './items.ts';
import type { Bulk, Lots } from './lots.ts';
import type { Readers, ZoneSight } from './readers.ts';
import type { ScaleFact, Scales } from './scales.ts';
import type { Strangers } from './strangers.ts';

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
};

const SURE = 10_000;
/** Windows that the read rate is taken from. */
const WINDOWS = 3;

export function zoneList(parts: Stocked, zone: string, now: number): ZoneList {
  const sight = parts.readers.sight(zone, now);
  const all = [...parts.items.inZone(zone)];
  const rate = readRate(all, zone, sight.windowMs, now);
  const own = all.filter((item) => item.zone === zone).sort((a, b) => (a.epc < b.epc ? -1 : 1));
  const items = own.map((item) => ({
    epc: item.epc,
    lot: item.lot,
    seenAt: item.seenAt < 0 ? null : item.seenAt,
    ...presenceIn(parts, item, sight, rate, now),
  }));
  const guests = all.filter((item) => item.zone !== zone && isSeen(item, zone, sight.windowMs, now));
  const unknown = parts.strangers.inZone(zone, now - sight.windowMs);
  const strangers = [...guests.map(({ epc }) => epc), ...unknown].sort();
  const count = (presence: Presence): number => items.filter((item) => item.presence === presence).length;
  return {
    zone,
    why: sight.why,
    since: sight.since,
    expected: items.length,
    seen: count('seen'),
    missing: count('missing'),
    elsewhere: count('elsewhere'),
    unknown: count('unknown'),
    unexpected: strangers.length,
    readRate: rate,
    readers: sight.points,
    bulks: parts.lots.bulksIn(zone),
    scales: parts.scales.inZone(zone, now),
    receipts: parts.items.receiptsIn(zone),
    counts: parts.counts.of(zone),
    parted: parts.aggregations.allParted(now, longestWindow(parts, now)).filter((p) => p.parentZone === zone),
    items,
    strangers,
  };
}

/** Whether one thing is where it was put, by the same rules as a whole zone. */
export function itemPresence(parts: Stocked, item: Item, now: number): ItemPresence {
  if (item.zone === '') return { presence: 'missing', confidence: SURE };
  const sight = parts.readers.sight(item.zone, now);
  const rate = readRate(parts.items.inZone(item.zone), item.zone, sight.windowMs, now);
  return presenceIn(parts, item, sight, rate, now);
}

/** The longest time in which a tag that stays is told again, over all read points, ms. */
export function longestWindow({ readers }: Stocked, now: number): number {
  return Math.max(0, ...readers.zones.map((zone) => readers.sight(zone, now).windowMs));
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
  const from = Math.max(sight.since ?? Infinity, placedAt);
  if (sight.why !== null || now - from < sight.windowMs) return { presence: 'unknown', confidence: null };
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
