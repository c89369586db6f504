import { AlarmsState } from '../alarms/state.ts';
import type { Value } from '../domain/record.ts';

/** Where slot and seq of a cause stand in an encoded alarm and in an encoded level of a rule. */
const CAUSE = 6;
/** Fields of a rule instance before its levels: rule, subject, truth, health, open. */
const HEAD = 5;

/**
 * An encoded state of deciding as the next epoch takes it over: what stands goes on standing, but
 * slots and numbers count anew, so the records behind it cannot be named any more. Their place is
 * taken by the epoch's first record.
 */
export function withoutCauses(state: Value): Value {
  const [rules, alarms] = listOf(state);
  return [
    listOf(rules).map((instance) => {
      const [...fields] = listOf(instance);
      return [...fields.slice(0, HEAD), ...fields.slice(HEAD).map(causeless)];
    }),
    recordless(alarms ?? null),
  ];
}

function recordless(value: Value): Value {
  const alarms = AlarmsState.decode(value);
  alarms.forgetRecords();
  return alarms.encode();
}

function causeless(row: Value): Value {
  return listOf(row).map((field, i) => (i === CAUSE || i === CAUSE + 1 ? 0 : field));
}

function listOf(value: Value | undefined): readonly Value[] {
  if (!Array.isArray(value)) throw new TypeError('deciding state: not a list');
  return value as readonly Value[];
}
