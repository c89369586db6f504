import { INCIDENT_MS, IncidentWalk, type Incident, type Places } from '../../alarms/incidents.ts';
import { ToldList, type Told, type Unanswered } from '../../alarms/told.ts';
import type { SqliteArchive } from '../../buffer/archive.ts';
import { EVENTS_SLOT, RecordType, type LogRecord } from '../../domain/record.ts';
import { formatScaled } from '../../domain/units.ts';
import { decodeDescriptor, type Descriptor } from '../../evidence/descriptor.ts';
import { eventsAfter, quietSeedBefore, type Seed } from './alarm-seed.ts';
import { openEvents } from './event-walk.ts';
import { recordsOfSegment } from '../recording/record-walk.ts';

/** Incidents that touch [from, to) in evidence time, ms; the newest `limit` of them. */
export type IncidentsArgs = { readonly from: number; readonly to: number; readonly limit: number };
/** The one that began with this record of the gateway's events. */
export type IncidentArgs = { readonly seq: number };

/** An incident as the journal of one epoch has it, and the zone it is about; null for none. */
export type StoredIncident = Incident & { readonly zone: string | null };

/** A measured value with its UCUM unit. */
export type StoredValue = { readonly text: string; readonly unit: string };

export type StoredStory = {
  readonly incident: StoredIncident;
  /** Streams of its alarms. */
  readonly streams: readonly string[];
  /** In their order; `value` of an alarm that rose. */
  readonly records: readonly { readonly record: LogRecord; readonly value: StoredValue | null }[];
  /** So many more are left out. */
  readonly left: number;
  readonly told: readonly Told[];
  readonly unanswered: readonly Unanswered[];
};

/** What is said of an incident later than so long after its end is no part of it, ms. */
const STORY_MS = 24 * 3_600_000;
const MOST_RECORDS = 2000;

/** Newest first. @throws StorageError */
export function readIncidents(archive: SqliteArchive, { from, to, limit }: IncidentsArgs): StoredIncident[] {
  const site = siteOf(archive);
  const { walk, events } = walkFrom(archive, site, quietSeedBefore(archive, from));
  for (const record of events) {
    if (record.t >= to + INCIDENT_MS && !walk.hasOpen(to, record.t)) break;
    walk.take(record);
  }
  return walk.incidents
    .filter((i) => i.from < to && (i.to === null || i.to >= from))
    .toReversed()
    .slice(0, limit)
    .map((i) => ({ ...i, zone: site.zoneOf(i.place) }));
}

/** Null where none began with that record. @throws StorageError */
export function readStory(archive: SqliteArchive, { seq }: IncidentArgs): StoredStory | null {
  const t = timeOf(archive, seq);
  if (t === null) return null;
  const site = siteOf(archive);
  const { walk, events } = walkFrom(archive, site, quietSeedBefore(archive, t));
  const records: StoredStory['records'][number][] = [];
  const list = new ToldList();
  let left = 0;
  for (const record of events) {
    const found = walk.incident(seq);
    if (found === null && record.t > t) return null;
    if (found !== null && found.to !== null && record.t > found.to + STORY_MS) break;
    if (!walk.take(record).includes(seq)) continue;
    if (record.type === RecordType.notice) list.take(record.t, record.body);
    if (records.length === MOST_RECORDS) left++;
    else records.push({ record, value: valueIn(record, walk, site) });
  }
  const incident = walk.incident(seq);
  if (incident === null) return null;
  const streams = incident.alarms.map(({ alarm }) => subjectOf(alarm)).filter((id) => site.streams.has(id));
  return {
    incident: { ...incident, zone: site.zoneOf(incident.place) },
    streams: [...new Set(streams)],
    records,
    left,
    told: list.told,
    unanswered: list.unanswered,
  };
}

type WalkedSite = Places & {
  readonly streams: ReadonlyMap<string, Descriptor>;
  zoneOf(place: string): string | null;
};

/** Where things are, by the descriptors of streams. */
function siteOf(archive: SqliteArchive): WalkedSite {
  const rows = archive.streams().map((row) => ({ ...row, d: decodeDescriptor(row.descriptor) }));
  const streams = new Map(rows.map(({ dev, ch, d }) => [`${dev}/${ch}`, d]));
  const zones = new Set(rows.map(({ d }) => d.place).filter((place) => place !== ''));
  const devices = new Map(rows.filter(({ d }) => d.place !== '').map(({ dev, d }) => [dev, d.place]));
  const placeOf = (subject: string): string => {
    const place = streams.get(subject)?.place ?? devices.get(subject) ?? '';
    return place === '' ? subject : place;
  };
  return {
    streams,
    zoneOf: (place) => (zones.has(place) ? place : null),
    ofAlarm: (alarm) => placeOf(subjectOf(alarm)),
    ofDevice: (device) => devices.get(device) ?? null,
  };
}

function subjectOf(alarm: string): string {
  return alarm.slice(0, Math.max(0, alarm.lastIndexOf('/')));
}

function walkFrom(archive: SqliteArchive, places: Places, seed: Seed | null) {
  // Alarms that stand in the first state of an epoch rose before it; elsewhere the walk knows their rise.
  const walk = new IncidentWalk(places, seed?.standing ?? []);
  return { walk, events: eventsAfter(archive, seed, Infinity) };
}

/** Evidence time of an event of the gateway; null for one that is not there. */
function timeOf(archive: SqliteArchive, seq: number): number | null {
  const { size, open } = openEvents(archive);
  let [low, high] = [0, size];
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    const segment = archive.segment(middle, EVENTS_SLOT);
    if (segment !== null && segment.seq0 + segment.n <= seq) low = middle + 1;
    else high = middle;
  }
  const segment = low < size ? archive.segment(low, EVENTS_SLOT) : null;
  const records = segment === null ? open.values() : recordsOfSegment(EVENTS_SLOT, segment);
  return records.find((r) => r.seq === seq)?.t ?? null;
}

function valueIn({ type, body }: LogRecord, walk: IncidentWalk, site: WalkedSite): StoredValue | null {
  if (type !== RecordType.alarm) return null;
  const alarm = String(body[0]);
  const v = walk.valueOf(alarm);
  const d = site.streams.get(subjectOf(alarm));
  return v === null || d === undefined ? null : { text: formatScaled(v, d.exp), unit: d.unit };
}
