import { createHash } from 'node:crypto';
import { openArchive } from '../../src/buffer/archive.ts';
import { AlarmState } from '../../src/domain/alarm.ts';
import { NoticeResult, RecordType, type LogRecord } from '../../src/domain/record.ts';
import { journalRecords } from '../journal-records.ts';

/** A notice that the journal asked for. `id` is how its receivers know it. */
export type Asked = { readonly id: string; readonly channel: string };

/** What became of the notices to one recipient about one alarm. */
export type Count = { queued: number; delivered: number; failed: number };

const { unacknowledged } = AlarmState;
/** Channel of the record that a step went unanswered. */
const NOBODY = '-';

/**
 * Every notice that the journal says was queued, with the id that follows from what called: written
 * here once more, from the records alone.
 *
 * @param stepOf the place of a role in the route, from 0
 */
export function askedNotices(data: string, origin: string, stepOf: (role: string) => number): Asked[] {
  const calls = new Map<string, string>();
  return records(data).flatMap(({ type, body }) => {
    if (type === RecordType.alarm) {
      const [alarm, , to, priority, slot, seq] = body;
      if (to === unacknowledged)
        calls.set(String(alarm), `${String(slot)}.${String(seq)}.${String(priority)}`);
      return [];
    }
    const [alarm, channel, role, , result] = body.map(String);
    if (channel === undefined || role === undefined || channel === NOBODY) return [];
    if (result !== String(NoticeResult.queued)) return [];
    const step = stepOf(role);
    const key = `${alarm} ${channel} ${role} ${calls.get(String(alarm))}${step === 0 ? '' : `.${step}`}`;
    return [{ id: createHash('sha256').update(`${origin} ${key}`).digest('hex'), channel }];
  });
}

/** By alarm, channel and role: how often queued, delivered, tried in vain. */
export function outcomes(data: string): Map<string, Count> {
  const counts = new Map<string, Count>();
  for (const { type, body } of records(data)) {
    if (type !== RecordType.notice || body[1] === NOBODY) continue;
    const about = body.slice(0, 3).join(' ');
    const count = counts.get(about) ?? { queued: 0, delivered: 0, failed: 0 };
    if (body[4] === NoticeResult.queued) count.queued++;
    else if (body[4] === NoticeResult.delivered) count.delivered++;
    else count.failed++;
    counts.set(about, count);
  }
  return counts;
}

/** The steps of each alarm that a journal holds, `from to`, in their order. */
export function transitionsOf(data: string): Map<string, string[]> {
  const found = new Map<string, string[]>();
  for (const { type, body } of records(data)) {
    if (type !== RecordType.alarm) continue;
    const [alarm, from, to] = body.map(String);
    const own = found.get(alarm ?? '') ?? [];
    own.push(`${from} ${to}`);
    found.set(alarm ?? '', own);
  }
  return found;
}

/** The same, worked out from nothing but the readings of each stream: above the limit it rises, below it returns. */
export function expectedTransitions(data: string, channel: string, limit: number): Map<string, string[]> {
  using archive = openArchive(data);
  const { normal, returnedUnacknowledged } = AlarmState;
  const expected = new Map<string, string[]>();
  for (const { slot, dev, ch } of archive.streams()) {
    if (ch !== channel) continue;
    let state: number = normal;
    const steps: string[] = [];
    for (const { body } of journalRecords(data, RecordType.reading).filter((r) => r.slot === slot)) {
      const isHigh = Number(body[0]) > limit;
      if (isHigh === (state === unacknowledged) || (!isHigh && state === normal)) continue;
      const next = isHigh ? unacknowledged : returnedUnacknowledged;
      steps.push(`${state} ${next}`);
      state = next;
    }
    expected.set(`${dev}/${ch}`, steps);
  }
  return expected;
}

function records(data: string): LogRecord[] {
  const both = [RecordType.alarm, RecordType.notice].flatMap((type) => journalRecords(data, type));
  return both.sort((a, b) => a.seq - b.seq);
}
