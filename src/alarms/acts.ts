import { ALARM_STATE_NAMES, AlarmState, Priority } from '../domain/alarm.ts';
import type { AlarmTransition } from '../domain/deciding.ts';
import { suggestion } from '../domain/nearest.ts';
import type { ActBody, RecordRef } from '../domain/record.ts';
import { formatDuration, parseDuration } from '../domain/units.ts';
import { endMaintenance, maintain, putBack, shelve, takeOut, unshelve } from './asides.ts';
import { apply } from './machine.ts';
import type { Roster } from './roster.ts';
import type { Aside, Standing } from './standing.ts';
import type { AlarmsState } from './state.ts';
import { TRANSITIONS } from './transitions.ts';

/** No shelving lasts longer, whatever the rule allows, nor a maintenance, ms. */
export const LONGEST_SHELVING_MS = 24 * 3_600_000;
export const LONGEST_MAINTENANCE_MS = 24 * 3_600_000;
const SHORTEST_MS = 60_000;

/** What a person may do to an alarm, and to a zone, by the verb of the act. */
export const ALARM_VERBS = [
  'acknowledge',
  'reset',
  'shelve',
  'unshelve',
  'take-out',
  'put-back',
  'comment',
] as const;
export type AlarmVerb = (typeof ALARM_VERBS)[number];
export const ZONE_VERBS = ['maintain', 'end-maintenance'] as const;
export type ZoneVerb = (typeof ZONE_VERBS)[number];

/** Why something may not be done; `isUnknown` for an alarm that there is none of. */
export type Objection = { readonly isUnknown: boolean; readonly why: string };

/** What a person's act does; an act that was refused (result 1) does nothing. */
export function onAct(
  roster: Roster,
  alarms: AlarmsState,
  act: ActBody,
  t: number,
  ref: RecordRef,
): readonly AlarmTransition[] {
  const [actor, role, verb, object, , change, reason, result] = act;
  if (result !== 0) return [];
  const by: Aside = { actor, role, reason, at: t, act: { slot: ref.slot, seq: ref.seq } };
  const ms = change === null ? null : parseDuration(change);
  const standing = alarms.get(object);
  switch (verb) {
    case 'acknowledge':
    case 'reset':
      return standing === undefined ? [] : apply(alarms, standing, verb, t, ref);
    case 'shelve':
      return ms === null ? [] : shelve(roster, alarms, object, by, ms);
    case 'unshelve':
      return unshelve(roster, alarms, object, t, ref);
    case 'take-out':
      return takeOut(roster, alarms, object, by);
    case 'put-back':
      return putBack(roster, alarms, object, t, ref);
    case 'maintain':
      return ms === null ? [] : maintain(roster, alarms, { ...by, zone: object, until: t + ms });
    case 'end-maintenance':
      return endMaintenance(roster, alarms, object, t, ref);
    default:
      return [];
  }
}

/**
 * Null when `verb` may be done to the alarm now, else why not.
 *
 * @param ms how long, for a shelving
 */
export function permits(
  roster: Roster,
  alarms: AlarmsState,
  verb: string,
  alarm: string,
  ms: number | null = null,
): Objection | null {
  const known = ALARM_VERBS.find((v) => v === verb);
  if (known === undefined) {
    const why = `"${verb}" is nothing one can do to an alarm${suggestion(verb, ALARM_VERBS)}`;
    return { isUnknown: false, why };
  }
  const rule = roster.ruleOf(alarm);
  const standing = alarms.get(alarm);
  if (rule === undefined && standing === undefined) {
    return { isUnknown: true, why: `there is no alarm "${alarm}"` };
  }
  if (known === 'comment') return null;
  const state = standing?.state ?? AlarmState.normal;
  if (!isPossible(known, state, standing)) {
    const isResting = standing === undefined;
    const is = isResting ? `does not stand` : `is ${wordsOf(state)}`;
    return { isUnknown: isResting, why: `alarm "${alarm}" ${is}: there is nothing to ${known}` };
  }
  if (known !== 'shelve') return null;
  const why = shelvingObjection(standing?.priority ?? rule?.priority, rule?.shelvingMs, ms);
  return why === null ? null : { isUnknown: false, why: `alarm "${alarm}" ${why}` };
}

/** Null when this may be done to the zone now, else why not. */
export function permitsZone(
  roster: Roster,
  alarms: AlarmsState,
  verb: ZoneVerb,
  zone: string,
  ms: number | null,
): Objection | null {
  if (verb === 'end-maintenance') {
    if (alarms.maintenanceOf(zone) !== undefined) return null;
    return { isUnknown: true, why: `zone "${zone}" is not in maintenance` };
  }
  if (roster.inZone(zone).length === 0) {
    return { isUnknown: true, why: `there is no zone "${zone}" that alarms are about` };
  }
  const why = lengthObjection('maintenance', ms, LONGEST_MAINTENANCE_MS);
  return why === null ? null : { isUnknown: false, why };
}

function isPossible(verb: AlarmVerb, state: AlarmState, s: Standing | undefined): boolean {
  if (verb === 'unshelve') return s !== undefined && s.shelved !== null;
  if (verb === 'put-back') return state === AlarmState.outOfService;
  if (verb === 'comment') return true;
  return TRANSITIONS[state][verb] !== undefined;
}

function shelvingObjection(
  priority: Priority | undefined,
  longest: number = LONGEST_SHELVING_MS,
  ms: number | null,
): string | null {
  if (longest === 0) return 'may never be shelved: its rule forbids it';
  if (priority === Priority.urgent) return 'is urgent: what is urgent is never shelved';
  return lengthObjection('may be shelved: this', ms, Math.min(longest, LONGEST_SHELVING_MS));
}

function lengthObjection(what: string, ms: number | null, longest: number): string | null {
  if (ms !== null && ms >= SHORTEST_MS && ms <= longest) return null;
  const found = ms === null ? 'nothing' : formatDuration(ms);
  return `${what} takes ${formatDuration(SHORTEST_MS)} to ${formatDuration(longest)}, not ${found}`;
}

function wordsOf(state: AlarmState): string {
  return ALARM_STATE_NAMES[state].replaceAll(/[A-Z]/g, (c) => ` ${c.toLowerCase()}`);
}
