import { openArchive, SqliteArchive } from '../src/buffer/archive.ts';
import { openForReading, journalPath } from '../src/buffer/connection.ts';
import { EVENTS_SLOT, RecordType } from '../src/domain/record.ts';
import { recordsOfSegment } from '../src/gateway/recording/record-walk.ts';
import { recordOf } from '../src/evidence/stored-record.ts';
import { CHANNELS, deviceName } from './site.ts';

/** Counts the readings in the journal of a running gateway. */
export function openCounter(directory: string): Disposable & { readings(): number } {
  const db = openForReading(journalPath(directory));
  const archive = new SqliteArchive(db);
  const sealed = db.prepare(`SELECT coalesce(sum(n), 0) AS n FROM segment WHERE id % 1024 <> ${EVENTS_SLOT}`);
  return {
    readings: () => {
      let n = Number(sealed.get()?.['n']);
      for (const { slot } of archive.tailLeaves()) if (slot !== EVENTS_SLOT) n++;
      return n;
    },
    [Symbol.dispose]: () => db.close(),
  };
}

/** What differs between the messages sent and the journal; all 0 is zero loss. */
export type Difference = { readonly missing: number; readonly twice: number; readonly strange: number };

/**
 * Reads the whole journal: each message's time field must be there exactly once in every channel
 * of its device, in the order it was sent.
 *
 * @param sent times by device, in the order sent
 */
export function compareJournal(directory: string, sent: readonly (readonly number[])[]): Difference {
  using archive = openArchive(directory);
  const found = timesBySlot(archive);
  const slots = new Map(archive.streams().map((s) => [`${s.dev}/${s.ch}`, s.slot]));
  const difference = { missing: 0, twice: 0, strange: 0 };
  for (const [i, times] of sent.entries()) {
    for (const channel of CHANNELS) {
      const kept = found.get(slots.get(`${deviceName(i)}/${channel}`) ?? -1) ?? [];
      const wanted = new Set(times);
      const once = new Set(kept);
      difference.missing += times.filter((t) => !once.has(t)).length;
      difference.twice += kept.length - once.size;
      difference.strange += kept.filter((t, at) => !wanted.has(t) || t <= (kept[at - 1] ?? 0)).length;
    }
  }
  return difference;
}

function timesBySlot(archive: SqliteArchive): Map<number, number[]> {
  const times = new Map<number, number[]>();
  const note = (slot: number, type: number, sourceAt: unknown): void => {
    if (type !== RecordType.reading) return;
    const known = times.get(slot);
    if (known === undefined) times.set(slot, [Number(sourceAt)]);
    else known.push(Number(sourceAt));
  };
  for (const { slot } of archive.streams()) {
    for (const segment of archive.segmentsOf(slot, 0, archive.size())) {
      for (const { type, body } of recordsOfSegment(slot, segment)) note(slot, type, body[2]);
    }
  }
  for (const leaf of archive.tailLeaves()) note(leaf.slot, leaf.type, recordOf(leaf).body[2]);
  return times;
}
