import { Quality } from '../domain/reading.ts';
import { RecordType, type Value } from '../domain/record.ts';
import type { InputRecord } from './input.ts';

/** Places in the bodies of a reading and of a tag observation. */
const QUALITY = 1;
const SOURCE_AT = 2;
const FIRST_SEEN = 3;
const TAG_QUALITY = 7;

/**
 * Bit 32 says exactly whether the device's own time lies more than max_gap before `t` (evidence
 * section 4.1), so it is set here, where `t` is final, and not by drivers.
 */
export function markBackfilled(record: InputRecord, maxGapMs: number): readonly Value[] {
  const { body, t, type } = record;
  if (type !== RecordType.reading && type !== RecordType.observation) return body;
  const isTag = type === RecordType.observation;
  const sourceAt = body[isTag ? FIRST_SEEN : SOURCE_AT];
  const place = isTag ? TAG_QUALITY : QUALITY;
  const q = body[place];
  if (typeof sourceAt !== 'number' || typeof q !== 'number') return body;
  const marked = sourceAt < t - maxGapMs ? q | Quality.backfilled : q & ~Quality.backfilled;
  return marked === q ? body : body.with(place, marked);
}
