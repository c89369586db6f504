import { AlarmState } from '../domain/alarm.ts';
import type { Value } from '../domain/record.ts';

type Earlier = { readonly [name in 'rules' | 'alarms' | 'calls' | 'fires']: Value };

/** Fields of an alarm before it could be set aside. */
const FIRST_FIELDS = 9;

/**
 * States of deciding as earlier builds wrote them: first [rules, alarms], alarms a list of nine fields each; then [rules, [alarms, zones in
 * maintenance, rises], calls?, fires?]. Null for neither.
 */
export function earlierParts(state: readonly Value[], isLatching: (rule: string) => boolean): Earlier | null {
  const [rules, alarms, calls = [], fires = []] = state;
  if (rules === undefined || !isList(alarms) || state.length > 4) return null;
  if (!isFirstForm(alarms)) return { rules, alarms, calls, fires };
  if (state.length > 2) return null;
  return { rules, alarms: [alarms.map((row) => grown(row, isLatching)), [], []], calls, fires };
}

/** A list of alarms, each of which begins with its id; the later form begins with a list. */
function isFirstForm(alarms: readonly Value[]): boolean {
  return alarms.every((row) => isList(row) && typeof row[0] === 'string');
}

/** What it did not say: nothing was set aside then, and whether it is stale is found anew by its age. */
function grown(row: Value, isLatching: (rule: string) => boolean): Value {
  const fields = isList(row) ? row : [];
  if (fields.length !== FIRST_FIELDS) return row;
  const [, rule, state, , isActive] = fields;
  const stands = state === AlarmState.latchedUnacknowledged || state === AlarmState.latchedAcknowledged;
  const isLatched = stands || (isActive === 1 && typeof rule === 'string' && isLatching(rule));
  return [...fields, isLatched ? 1 : 0, null, null, null, 0];
}

function isList(value: Value | undefined): value is readonly Value[] {
  return Array.isArray(value);
}
