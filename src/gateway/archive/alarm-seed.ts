import { isShown, type Standing } from '../../alarms/standing.ts';
import { AlarmsState } from '../../alarms/state.ts';
import type { SqliteArchive } from '../../buffer/archive.ts';
import { EVENTS_SLOT, RecordType, type LogRecord } from '../../domain/record.ts';
import { decode } from '../../evidence/cbor.ts';
import { partsOf } from '../../intake/deciding-state.ts';
import { openEvents } from './event-walk.ts';
import { recordsOfSegment } from '../recording/record-walk.ts';

/** A record that put a rule set in force, where it is, and the alarms that stood right before it. */
export type Seed = {
  readonly block: number;
  readonly seq: number;
  readonly t: number;
  readonly standing: readonly Standing[];
};

/** The newest of `t` or before in a sealed block; null where there is none. @throws StorageError */
export function seedBefore(archive: SqliteArchive, t: number): Seed | null {
  for (let no = Math.min(archive.blocksBetween(0, t).b, archive.size()) - 1; no >= 0; no--) {
    const segment = archive.segment(no, EVENTS_SLOT);
    if (segment === null) continue;
    const start = recordsOfSegment(EVENTS_SLOT, segment)
      .filter((r) => r.type === RecordType.ruleSet && r.t <= t)
      .reduce<LogRecord | null>((_, r) => r, null);
    if (start !== null) return seedOf(archive, no, start);
  }
  return null;
}

/** The newest of `t` or before at which no alarm was shown; else the first of the epoch. @throws StorageError */
export function quietSeedBefore(archive: SqliteArchive, t: number): Seed | null {
  for (let at = t; ;) {
    const seed = seedBefore(archive, at);
    if (seed === null) return firstSeed(archive);
    const since = seed.standing.filter((s) => isShown(s.state)).map((s) => s.since);
    if (since.length === 0) return seed;
    // At none between the rise of an alarm and this one nothing was shown.
    at = Math.min(seed.t, ...since) - 1;
  }
}

/** Events of the gateway behind a seed, with t < to, sealed or not; without a seed all. @throws StorageError */
export function* eventsAfter(archive: SqliteArchive, seed: Seed | null, to: number): Generator<LogRecord> {
  const { size, open } = openEvents(archive);
  const isWanted = (r: LogRecord): boolean => r.seq > (seed?.seq ?? -1) && r.t < to;
  for (const segment of archive.segmentsOf(EVENTS_SLOT, seed?.block ?? 0, size)) {
    yield* recordsOfSegment(EVENTS_SLOT, segment).filter(isWanted);
  }
  yield* open.filter(isWanted);
}

/** The first of an epoch, sealed or not. @throws StorageError */
export function firstSeed(archive: SqliteArchive): Seed | null {
  const size = archive.size();
  for (let no = 0; no < size; no++) {
    const segment = archive.segment(no, EVENTS_SLOT);
    const first =
      segment === null
        ? undefined
        : recordsOfSegment(EVENTS_SLOT, segment).find((r) => r.type === RecordType.ruleSet);
    if (first !== undefined) return seedOf(archive, no, first);
  }
  const open = openEvents(archive).open.find((r) => r.type === RecordType.ruleSet);
  return open === undefined ? null : seedOf(archive, size, open);
}

/** Without its snapshot nothing is known to have stood: what rises from there on is counted all the same. */
function seedOf(archive: SqliteArchive, block: number, { seq, t, body }: LogRecord): Seed {
  const hash = body[2];
  const bytes = hash instanceof Uint8Array ? archive.file(hash) : null;
  // Whether a rule latches says only how an alarm of the first form ends, which nobody asks here.
  const { alarms } = bytes === null ? {} : partsOf(decode(bytes), () => false);
  return { block, seq, t, standing: alarms === undefined ? [] : AlarmsState.decode(alarms).list() };
}
