import type { SqliteArchive } from '../../buffer/archive.ts';
import { EVENTS_SLOT, isAct, RecordType, type LogRecord } from '../../domain/record.ts';
import { eventsBetween } from './event-walk.ts';

export type AlarmHistoryArgs = {
  readonly alarm: string;
  /** The zone it is about: its maintenance is part of the alarm's story; null for none. */
  readonly zone: string | null;
  /** [from, to) in evidence time, ms. */
  readonly from: number;
  readonly to: number;
  /** Least seq wanted. */
  readonly after: number;
  readonly limit: number;
};

/** Records about one alarm, in their order; `next` is the seq to go on from, null after the last. */
export type StoredAlarmHistory = { readonly records: readonly LogRecord[]; readonly next: number | null };

const ZONE_VERBS: readonly string[] = ['maintain', 'end-maintenance'];

/** Every transition of an alarm and every act of a person on it or on its zone. @throws StorageError */
export function readAlarmHistory(archive: SqliteArchive, args: AlarmHistoryArgs): StoredAlarmHistory {
  const { from, to, after, limit } = args;
  const records: LogRecord[] = [];
  for (const record of eventsBetween(archive, from, to)) {
    if (record.seq < after || !isAbout(record, args)) continue;
    if (records.length === limit) return { records, next: record.seq };
    records.push(record);
  }
  return { records, next: null };
}

function isAbout({ slot, type, body }: LogRecord, { alarm, zone }: AlarmHistoryArgs): boolean {
  if (slot !== EVENTS_SLOT) return false;
  if (type === RecordType.alarm) return body[0] === alarm;
  if (type !== RecordType.act || !isAct(body)) return false;
  const [, , verb, object] = body;
  return object === alarm || (zone !== null && object === zone && ZONE_VERBS.includes(verb));
}
