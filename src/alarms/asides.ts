import { AlarmState } from '../domain/alarm.ts';
import type { AlarmTransition } from '../domain/deciding.ts';
import type { RecordRef } from '../domain/record.ts';
import { apply, move, restore } from './machine.ts';
import type { Roster } from './roster.ts';
import { atRest, type Aside, type Standing } from './standing.ts';
import type { AlarmsState, Maintenance } from './state.ts';
import { TRANSITIONS } from './transitions.ts';

/**
 * The three ways in which an alarm is not shown though its condition is evaluated: shelved by a
 * person for a time, suppressed while its zone is in maintenance, out of service until put back.
 */

const NONE: readonly AlarmTransition[] = [];

export function shelve(
  roster: Roster,
  alarms: AlarmsState,
  alarm: string,
  by: Aside,
  ms: number,
): readonly AlarmTransition[] {
  const s = known(roster, alarms, alarm, by);
  if (s === null || TRANSITIONS[s.state].shelve === undefined) return NONE;
  const shelved = { ...s, shelved: { ...by, until: by.at + ms } };
  if (s.state !== AlarmState.shelved) return apply(alarms, shelved, 'shelve', by.at, by.act);
  alarms.put(shelved);
  return NONE;
}

export function unshelve(
  { rules }: Roster,
  alarms: AlarmsState,
  alarm: string,
  t: number,
  ref: RecordRef,
): readonly AlarmTransition[] {
  const s = alarms.get(alarm);
  if (s === undefined || s.shelved === null) return NONE;
  const without = { ...s, shelved: null };
  if (s.state === AlarmState.shelved) return restore(rules, alarms, without, t, ref);
  alarms.put(without);
  return NONE;
}

export function takeOut(
  roster: Roster,
  alarms: AlarmsState,
  alarm: string,
  by: Aside,
): readonly AlarmTransition[] {
  const s = known(roster, alarms, alarm, by);
  return s === null ? NONE : apply(alarms, { ...s, out: by }, 'take-out', by.at, by.act);
}

export function putBack(
  { rules }: Roster,
  alarms: AlarmsState,
  alarm: string,
  t: number,
  ref: RecordRef,
): readonly AlarmTransition[] {
  const s = alarms.get(alarm);
  if (s?.state !== AlarmState.outOfService) return NONE;
  return restore(rules, alarms, { ...s, out: null }, t, ref);
}

/** Begins the maintenance of a zone, or sets another end to it. */
export function maintain(
  roster: Roster,
  alarms: AlarmsState,
  maintenance: Maintenance,
): readonly AlarmTransition[] {
  alarms.maintain(maintenance);
  return suppressZone(roster, alarms, maintenance, maintenance.at, maintenance.act);
}

/** Alarms that a rule set brings while its zone is in maintenance are suppressed like the others. */
export function suppressNew(
  roster: Roster,
  alarms: AlarmsState,
  t: number,
  ref: RecordRef,
): readonly AlarmTransition[] {
  return alarms.maintained().flatMap((m) => suppressZone(roster, alarms, m, t, ref));
}

export function endMaintenance(
  { rules }: Roster,
  alarms: AlarmsState,
  zone: string,
  t: number,
  ref: RecordRef,
): readonly AlarmTransition[] {
  alarms.endMaintenance(zone);
  return alarms.list().flatMap((s) => {
    if (s.suppressedBy !== zone) return [];
    const free = { ...s, suppressedBy: null };
    if (s.state === AlarmState.suppressed) return restore(rules, alarms, free, t, ref);
    alarms.put(free);
    return [];
  });
}

/**
 * Ends every shelving and maintenance with an end ≤ until, by (end, id); maintenance first.
 *
 * @param blockStart t0 of the open block: no output is earlier
 */
export function endInTime(
  roster: Roster,
  alarms: AlarmsState,
  until: number,
  blockStart: number,
): readonly AlarmTransition[] {
  if (!alarms.isDue(until)) return NONE;
  const maintained = alarms
    .maintained()
    .filter((m) => m.until <= until)
    .sort((a, b) => a.until - b.until)
    .flatMap((m) => endMaintenance(roster, alarms, m.zone, Math.max(m.until, blockStart), m.act));
  const unshelved = alarms
    .list()
    .flatMap(({ alarm, shelved }) =>
      shelved !== null && shelved.until <= until ? { alarm, ...shelved } : [],
    )
    .sort((a, b) => a.until - b.until)
    .flatMap((end) => unshelve(roster, alarms, end.alarm, Math.max(end.until, blockStart), end.act));
  return [...maintained, ...unshelved];
}

function suppressZone(
  roster: Roster,
  alarms: AlarmsState,
  { zone, ...by }: Maintenance,
  t: number,
  ref: RecordRef,
): readonly AlarmTransition[] {
  return roster.inZone(zone).flatMap((alarm) => {
    const s = known(roster, alarms, alarm, by);
    if (s === null || s.suppressedBy === zone) return [];
    const suppressed = { ...s, suppressedBy: zone };
    const state = TRANSITIONS[s.state].suppress;
    if (state !== undefined) return move(alarms, suppressed, { state, escalateAt: Infinity }, t, ref);
    alarms.put(suppressed);
    return [];
  });
}

/** The alarm as it is, at rest too; null for one that no rule in force can raise. */
function known(roster: Roster, alarms: AlarmsState, alarm: string, by: Aside): Standing | null {
  const standing = alarms.get(alarm);
  if (standing !== undefined) return standing;
  const rule = roster.ruleOf(alarm);
  return rule === undefined ? null : atRest(alarm, rule.rule, rule.priority, by.at, by.act);
}
