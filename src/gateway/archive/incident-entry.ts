import type { IncidentEntry } from '../../api/incident-types.ts';
import { stepOf } from '../../alarms/step.ts';
import { ALARM_STATE_NAMES, PRIORITY_NAMES } from '../../domain/alarm.ts';
import { isAct, RecordType, type Value } from '../../domain/record.ts';
import { nameOf } from '../showing/alarm-view.ts';
import type { StoredStory } from './incidents.ts';

/** Channel of the record that a step went unanswered. */
const NOBODY = '-';
/** By NoticeResult, and by CommandStep. */
const RESULTS = ['queued', 'delivered', 'failed'] as const;
const STEPS = ['ordered', 'sent', 'done', 'failed', 'unknown'] as const;

/** One record of an incident in the words of the API; null for one that no gateway wrote. */
export function entryOf(
  { record, value }: StoredStory['records'][number],
  users: ReadonlyMap<number, string>,
): IncidentEntry | null {
  const { seq, t, type, body } = record;
  if (type === RecordType.alarm) {
    const step = stepOf(body);
    if (step === null) return null;
    const { alarm, from, to, priority } = step;
    const moved = { from: ALARM_STATE_NAMES[from], to: ALARM_STATE_NAMES[to] };
    return { seq, t, kind: 'alarm', alarm, ...moved, priority: PRIORITY_NAMES[priority], value };
  }
  if (type === RecordType.act && isAct(body)) {
    const [actor, role, verb, object, , change, reason, result] = body;
    const by = nameOf(users, actor, role);
    return { seq, t, kind: 'act', by, role, verb, object, change, reason, isRefused: result === 1 };
  }
  if (type === RecordType.notice) return noticeOf({ seq, t }, body);
  if (type === RecordType.command) {
    const [, device, verb, , , , , step] = body;
    return {
      seq,
      t,
      kind: 'order',
      device: String(device),
      verb: String(verb),
      step: STEPS[Number(step)] ?? 'unknown',
    };
  }
  const [sha256, bytes, mediaType, source, takenAt] = body;
  if (type !== RecordType.blob || !(sha256 instanceof Uint8Array)) return null;
  return {
    seq,
    t,
    kind: 'picture',
    sha256: Buffer.from(sha256).toString('hex'),
    bytes: Number(bytes),
    mediaType: String(mediaType),
    source: String(source),
    takenAt: Number(takenAt),
  };
}

function noticeOf(at: { readonly seq: number; readonly t: number }, body: readonly Value[]): IncidentEntry {
  const [alarm, channel, called, , result] = body;
  const about = { alarm: String(alarm), called: String(called) };
  if (channel === NOBODY) return { ...at, kind: 'unanswered', ...about };
  return {
    ...at,
    kind: 'notice',
    ...about,
    channel: String(channel),
    result: RESULTS[Number(result)] ?? 'queued',
  };
}
