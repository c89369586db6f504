import type { AlarmRule } from '../domain/deciding.ts';
import { OWN_ALARMS } from './own-alarms.ts';

/** Which alarms there can be, by the rules in force; those of the machine itself among them. */
export type Roster = {
  /** By rule id. */
  readonly rules: ReadonlyMap<string, AlarmRule>;
  /** The rule of an alarm that may ever rise. */
  ruleOf(alarm: string): AlarmRule | undefined;
  /** Ids of the alarms about a zone. */
  inZone(zone: string): readonly string[];
};

/**
 * @param bound by alarm id, what a rule was bound to
 * @param rules by rule id
 */
export function rosterOf(
  bound: ReadonlyMap<
    string,
    { readonly rule: { readonly id: string }; readonly stream: { readonly place: string } }
  >,
  rules: ReadonlyMap<string, AlarmRule>,
): Roster {
  const own = [...OWN_ALARMS.values()].map((rule) => [rule.rule, rule] as const);
  return {
    rules: new Map([...rules, ...own]),
    ruleOf: (alarm) => OWN_ALARMS.get(alarm) ?? rules.get(bound.get(alarm)?.rule.id ?? ''),
    inZone: (zone) => [...bound].flatMap(([alarm, { stream }]) => (stream.place === zone ? [alarm] : [])),
  };
}
