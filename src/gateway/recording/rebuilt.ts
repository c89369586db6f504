import { EVENTS_SLOT, RecordType, type ActBody, type LogRecord } from '../../domain/record.ts';
import { recordText } from '../../domain/text.ts';
import { decode } from '../../evidence/cbor.ts';
import { Deciding, type OpenGoods } from '../../intake/deciding.ts';
import { UnreadableState } from '../../intake/deciding-state.ts';
import { OnRecord } from '../../intake/on-record.ts';
import { GATEWAY_ROLE } from '../../rules/rolled-back.ts';
import type { RuleSet } from '../../rules/rule-set.ts';
import { recordsOf, recordsOfSegment, type RecordStore } from './record-walk.ts';

export type StateStore = RecordStore & {
  size(): number;
  snapshot(): { readonly bytes: Uint8Array } | null;
};

/** The verb of the act that says that a start did not go on from its stored state. */
const REBUILD = 'rebuild-state';

/**
 * Deciding as the newest snapshot has it. One that this build does not understand, as after going back to an
 * older build, keeps no gateway from starting: what stands is then read off the records.
 */
export function readOrRebuild(
  set: RuleSet,
  journal: StateStore,
  goods: OpenGoods | null,
): { readonly deciding: Deciding; readonly unreadable: string | null } {
  const snapshot = journal.snapshot();
  try {
    const state = snapshot === null ? null : decode(snapshot.bytes);
    return { deciding: Deciding.decode(set, state, goods), unreadable: null };
  } catch (error) {
    if (!(error instanceof UnreadableState)) throw error;
    return { deciding: rebuild(set, journal, goods), unreadable: error.message };
  }
}

function rebuild(set: RuleSet, journal: StateStore, goods: OpenGoods | null): Deciding {
  const onRecord = new OnRecord();
  for (let no = 0; no < journal.size(); no += 1) {
    const events = journal.segment(no, EVENTS_SLOT);
    if (events !== null) for (const record of recordsOfSegment(EVENTS_SLOT, events)) onRecord.take(record);
  }
  const deciding = Deciding.decode(set, onRecord.state(set), goods);
  // What is known of goods and of their tags follows from all records, one after the other.
  for (let no = 0; no < journal.size(); no += 1) {
    for (const record of recordsOf(journal, no)) {
      deciding.goods?.take(record);
      deciding.tags.take(record);
    }
  }
  deciding.commit();
  return deciding;
}

export function rebuiltAct(why: string): ActBody {
  const reason = recordText(`from the records: ${why}`);
  return [0, GATEWAY_ROLE, REBUILD, 'deciding', null, null, reason, 0];
}

/** Whether a record is that act. */
export function isRebuilt({ type, body }: LogRecord): boolean {
  const [actor, role, verb] = body;
  return type === RecordType.act && actor === 0 && role === GATEWAY_ROLE && verb === REBUILD;
}
