import { Quality } from '../domain/reading.ts';
import { RecordType, type Value } from '../domain/record.ts';
import type { InputRecord } from './input.ts';

/**
 * Bit 32 says exactly whether the device's own time lies more than max_gap before `t` (evidence
 * section 4.1), so it is set here, where `t` is final, and not by drivers.
 */
export function markBackfilled(record: InputRecord, maxGapMs: number): readonly Value[] {
  const { body, t, type } = record;
  const sourceAt = body[2];
  const q = body[1];
  if (type !== RecordType.reading || typeof sourceAt !== 'number' || typeof q !== 'number') return body;
  const marked = sourceAt < t - maxGapMs ? q | Quality.backfilled : q & ~Quality.backfilled;
  return marked === q ? body : [body[0] ?? null, marked, ...body.slice(2)];
}
