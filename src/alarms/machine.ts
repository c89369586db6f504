import { AlarmState, Priority } from '../domain/alarm.ts';
import type { AlarmRule, AlarmTransition, LevelFinding } from '../domain/deciding.ts';
import { FindingPhase, type RecordRef } from '../domain/record.ts';
import type { Roster } from './roster.ts';
import { atRest, isShown, type Standing } from './standing.ts';
import type { AlarmsState } from './state.ts';
import { TRANSITIONS, type AlarmEvent } from './transitions.ts';

const NONE: readonly AlarmTransition[] = [];

/** What a finding does to its alarm. Unknown and known again do nothing: unknown never clears. */
export function onFinding(
  { rules }: Roster,
  alarms: AlarmsState,
  finding: LevelFinding,
): readonly AlarmTransition[] {
  const rule = rules.get(finding.rule);
  if (rule === undefined) return NONE;
  const alarm = `${finding.subject}/${finding.rule}`;
  const { t, cause, priority } = finding;
  if (finding.phase === FindingPhase.opened || finding.phase === FindingPhase.peak) {
    const s = alarms.get(alarm) ?? atRest(alarm, rule.rule, priority, t, cause);
    return raise(rule, alarms, s, priority, t, cause);
  }
  if (finding.phase === FindingPhase.closed) return clear(rule.latch, alarms, alarms.get(alarm), t, cause);
  return NONE;
}

/**
 * Fires every escalation with a deadline ≤ until, by (deadline, alarm id). At one deadline it comes
 * after the timers of rules.
 *
 * @param blockStart t0 of the open block: no output is earlier
 */
export function fireEscalations(
  { rules }: Roster,
  alarms: AlarmsState,
  until: number,
  blockStart: number,
): readonly AlarmTransition[] {
  if (!alarms.isDue(until)) return NONE;
  const due = alarms.list().filter((s) => s.escalateAt <= until);
  return due
    .sort((a, b) => a.escalateAt - b.escalateAt)
    .flatMap((s) => {
      const to = rules.get(s.rule)?.escalate?.to;
      const priority = to === undefined || to > s.priority ? s.priority : to;
      alarms.put({ ...s, priority, escalateAt: Infinity });
      if (priority === s.priority) return [];
      const t = Math.max(s.escalateAt, blockStart);
      const { alarm, rule, state, cause } = s;
      return [{ alarm, rule, from: state, to: state, priority, t, cause }];
    });
}

/**
 * Brings the alarms in line with a rule set newly in force: an alarm whose rule is gone returns to
 * normal, one whose rule no longer says so clears.
 *
 * @param isOpen whether a finding of this alarm is open
 * @param ref the record that put the rule set in force
 */
export function reconcile(
  { rules }: Roster,
  alarms: AlarmsState,
  isOpen: (alarm: string) => boolean,
  t: number,
  ref: RecordRef,
): readonly AlarmTransition[] {
  return alarms.list().flatMap((s) => {
    const rule = rules.get(s.rule);
    if (rule === undefined) return move(alarms, s, { state: AlarmState.normal, isActive: false }, t, ref);
    return s.isActive && !isOpen(s.alarm) ? clear(rule.latch, alarms, s, t, ref) : [];
  });
}

/** Applies one event of the table; nothing when it does not apply in this state. */
export function apply(
  alarms: AlarmsState,
  s: Standing,
  event: AlarmEvent,
  t: number,
  ref: RecordRef,
): readonly AlarmTransition[] {
  const state = TRANSITIONS[s.state][event];
  return state === undefined ? NONE : move(alarms, s, { state, escalateAt: Infinity }, t, ref);
}

/**
 * Something no longer holds an alarm back (`s` says so already): it comes back as its condition is
 * now, or what else holds it back comes into view.
 */
export function restore(
  rules: Roster['rules'],
  alarms: AlarmsState,
  s: Standing,
  t: number,
  ref: RecordRef,
): readonly AlarmTransition[] {
  const state = TRANSITIONS[s.state][restoringOf(s)];
  const rule = rules.get(s.rule);
  const isCalling = state === AlarmState.unacknowledged && rule !== undefined;
  const escalateAt = isCalling ? escalationOf(rule, s.priority, t) : Infinity;
  if (state !== undefined) return move(alarms, s, { state, escalateAt }, t, ref);
  alarms.put(s);
  return NONE;
}

function restoringOf(s: Standing): AlarmEvent {
  if (s.suppressedBy !== null && s.state === AlarmState.outOfService) return 'restore-suppressed';
  if (s.shelved !== null) return 'restore-shelved';
  if (s.isActive) return 'restore-active';
  return s.isLatched ? 'restore-latched' : 'restore-normal';
}

export function move(
  alarms: AlarmsState,
  s: Standing,
  change: Partial<Standing>,
  t: number,
  cause: RecordRef,
): AlarmTransition[] {
  const next = { ...s, ...change };
  alarms.put(isShown(next.state) ? next : { ...next, isStale: false });
  const { alarm, rule, priority } = next;
  return [{ alarm, rule, from: s.state, to: next.state, priority, t, cause }];
}

function raise(
  rule: AlarmRule,
  alarms: AlarmsState,
  s: Standing,
  priority: Priority,
  t: number,
  cause: RecordRef,
): readonly AlarmTransition[] {
  // While it stands an alarm's priority only rises; after a return it is what the rule says now.
  const now = s.isActive && s.priority < priority ? s.priority : priority;
  const isLatched = s.isLatched || rule.latch;
  const since = s.isActive || isShown(s.state) ? s.since : t;
  const active = { isActive: true, priority: now, cause, isLatched, since };
  if (s.state === AlarmState.shelved && now === Priority.urgent && s.priority !== now) {
    // Nobody shelves what is urgent: an alarm that becomes so is not left on the shelf.
    return restore(new Map([[rule.rule, rule]]), alarms, { ...s, ...active, shelved: null }, t, cause);
  }
  const state = TRANSITIONS[s.state].raise;
  if (state !== undefined) {
    return move(alarms, s, { ...active, state, escalateAt: escalationOf(rule, now, t) }, t, cause);
  }
  if (s.state === AlarmState.unacknowledged && now < s.priority) {
    return move(
      alarms,
      s,
      { ...active, escalateAt: isPending(rule, now) ? s.escalateAt : Infinity },
      t,
      cause,
    );
  }
  alarms.put({ ...s, ...active });
  return NONE;
}

function clear(
  latch: boolean,
  alarms: AlarmsState,
  s: Standing | undefined,
  t: number,
  cause: RecordRef,
): readonly AlarmTransition[] {
  if (s === undefined) return NONE;
  const quiet = { ...s, isActive: false };
  const moved = apply(alarms, quiet, latch ? 'clear-latching' : 'clear', t, cause);
  if (moved.length === 0) alarms.put(quiet);
  return moved;
}

function escalationOf(rule: AlarmRule, priority: Priority, t: number): number {
  return rule.escalate !== null && isPending(rule, priority) ? t + rule.escalate.afterMs : Infinity;
}

function isPending({ escalate }: AlarmRule, priority: Priority): boolean {
  return escalate !== null && escalate.to < priority;
}
