import type { SqliteJournal } from '../../buffer/journal.ts';
import { AlarmState } from '../../domain/alarm.ts';
import { EVENTS_SLOT, RecordType, type LogRecord } from '../../domain/record.ts';
import { rootAt } from '../../evidence/log-tree.ts';
import { Live } from './live.ts';
import { sha256 } from '../site/primitives.ts';
import { recordsOfSegment, unsealedRecords } from './record-walk.ts';
import { nodesOf } from './recovery.ts';

/** A month of blocks of ten minutes: an alarm that stands longer is shown without its past. */
const MOST_BLOCKS = 4320;

const TELLING: readonly RecordType[] = [RecordType.finding, RecordType.alarm, RecordType.act];

/**
 * What is true after a start: of each alarm that stands its last value and who acknowledged it, as
 * far back as the journal says that it left normal. Call it right after the core has started.
 */
export function recall(journal: SqliteJournal, standing: readonly { readonly alarm: string }[]): Live {
  const live = new Live();
  const size = journal.size();
  const block = size === 0 ? null : journal.block(size - 1);
  if (block !== null) live.sealed = { size, root: rootAt(sha256, size, nodesOf(journal)), t1: block.t1 };
  const sought = new Set(standing.map(({ alarm }) => alarm));
  const parts: LogRecord[][] = [[...unsealedRecords(journal, () => true)]];
  strikeOff(sought, parts[0]);
  for (let no = size - 1; no >= Math.max(0, size - MOST_BLOCKS) && sought.size > 0; no--) {
    const segment = journal.segment(no, EVENTS_SLOT);
    if (segment === null) continue;
    const records = recordsOfSegment(EVENTS_SLOT, segment).filter(({ type }) => TELLING.includes(type));
    parts.push([...records]);
    strikeOff(sought, parts.at(-1));
  }
  for (const records of parts.toReversed()) live.take(records);
  return live;
}

/** An alarm's past begins where it left normal. */
function strikeOff(sought: Set<string>, records: readonly LogRecord[] = []): void {
  for (const { type, body } of records) {
    if (type === RecordType.alarm && body[1] === AlarmState.normal) sought.delete(String(body[0]));
  }
}
