import type { AlarmRule, AlarmTransition, LevelFinding } from '../domain/deciding.ts';
import { FindingPhase, type RecordRef } from '../domain/record.ts';
import { CHATTER_RULE, FLOOD_RULE, OWN_SUBJECT, STALE_RULE } from './own-alarms.ts';
import { staleAt, type AlarmsState } from './state.ts';

const NONE: readonly LevelFinding[] = [];

/** What the alarm machine finds of itself after a transition: a flood, a chatter, nothing stale any more. */
export function findByTransition(alarms: AlarmsState, transition: AlarmTransition): readonly LevelFinding[] {
  alarms.note(transition);
  return changes(alarms, transition.t, transition.cause);
}

/**
 * What it finds because time passed: an alarm became stale, a flood or a chatter is over.
 *
 * @param blockStart t0 of the open block: no output is earlier
 */
export function findByTime(alarms: AlarmsState, until: number, blockStart: number): readonly LevelFinding[] {
  if (!alarms.isDue(until)) return NONE;
  const stale = alarms.list().filter((s) => staleAt(s) <= until);
  for (const s of stale) alarms.put({ ...s, isStale: true });
  alarms.passTime(until);
  return changes(alarms, Math.max(until, blockStart), stale[0]?.cause ?? null);
}

/** The conditions of the machine's own alarms, in the order in which they are found. */
const CONDITIONS: readonly { readonly rule: AlarmRule; readonly holds: (alarms: AlarmsState) => boolean }[] =
  [
    { rule: FLOOD_RULE, holds: ({ watch }) => watch.isFlood },
    { rule: STALE_RULE, holds: (alarms) => alarms.hasStale() },
    { rule: CHATTER_RULE, holds: ({ watch }) => watch.hasChatter },
  ];

/** Whether the condition of this alarm of the machine itself holds; false for another alarm. */
export function isOwnOpen(alarms: AlarmsState, alarm: string): boolean {
  return CONDITIONS.some(({ rule, holds }) => alarm === `${OWN_SUBJECT}/${rule.rule}` && holds(alarms));
}

/** @param cause the record behind it; null: what raised the alarm stands behind its end too */
function changes(alarms: AlarmsState, t: number, cause: RecordRef | null): readonly LevelFinding[] {
  let found = NONE;
  for (const { rule: own, holds } of CONDITIONS) {
    const { rule, priority } = own;
    const standing = alarms.get(`${OWN_SUBJECT}/${rule}`);
    const isOpen = holds(alarms);
    if (isOpen === (standing?.isActive ?? false)) continue;
    const phase = isOpen ? FindingPhase.opened : FindingPhase.closed;
    const behind = cause ?? standing?.cause ?? { slot: 0, seq: 0 };
    found = [...found, { rule, subject: OWN_SUBJECT, phase, t, cause: behind, v: null, priority }];
  }
  return found;
}
