import { AlarmState } from '../domain/alarm.ts';
import type { AlarmTransition } from '../domain/deciding.ts';
import { suggestion } from '../domain/nearest.ts';
import type { ActBody, RecordRef } from '../domain/record.ts';
import { apply } from './machine.ts';
import type { AlarmsState } from './state.ts';
import { TRANSITIONS, type AlarmEvent } from './transitions.ts';

/** What a person may do to an alarm, by the verb of the act. */
const VERBS: ReadonlyMap<string, AlarmEvent> = new Map([
  ['acknowledge', 'acknowledge'],
  ['reset', 'reset'],
]);

const STATE_WORDS: ReadonlyMap<AlarmState, string> = new Map(
  Object.entries(AlarmState).map(([word, state]) => [
    state,
    word.replaceAll(/[A-Z]/g, (c) => ` ${c.toLowerCase()}`),
  ]),
);

/** What a person's act does; an act that was refused (result 1) does nothing. */
export function onAct(
  alarms: AlarmsState,
  act: ActBody,
  t: number,
  ref: RecordRef,
): readonly AlarmTransition[] {
  const [, , verb, object, , , , result] = act;
  const event = VERBS.get(verb);
  const standing = alarms.get(object);
  if (result !== 0 || event === undefined || standing === undefined) return [];
  return apply(alarms, standing, event, t, ref);
}

/** Null when `verb` may be done to the alarm now, else why not. */
export function permits(alarms: AlarmsState, verb: string, alarm: string): string | null {
  const event = VERBS.get(verb);
  if (event === undefined)
    return `"${verb}" is nothing one can do to an alarm${suggestion(verb, [...VERBS.keys()])}`;
  const standing = alarms.get(alarm);
  if (standing === undefined) return `alarm "${alarm}" does not stand`;
  if (TRANSITIONS[standing.state][event] !== undefined) return null;
  return `alarm "${alarm}" is ${STATE_WORDS.get(standing.state)}: there is nothing to ${verb}`;
}
