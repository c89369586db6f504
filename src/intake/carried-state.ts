import { AlarmsState } from '../alarms/state.ts';
import type { Value } from '../domain/record.ts';
import { encodeParts, partsOf } from './deciding-state.ts';

/** Where slot and seq of a cause stand in an encoded alarm, an encoded call and an encoded level of a rule. */
const CAUSE = 6;
/** Where a level of a rule that remembers has what it remembers: [meaning, slot, seq, v, cell*]. */
const MEMORY = 9;
/** Fields of a rule instance before its levels: rule, subject, truth, health, open. */
const HEAD = 5;

/**
 * An encoded state of deciding as the next epoch takes it over: what stands goes on standing, but
 * slots and numbers count anew, so the records behind it cannot be named any more. Their place is
 * taken by the epoch's first record.
 */
export function withoutCauses(state: Value): Value {
  const { rules = [], alarms, calls = [], ...others } = partsOf(state, () => false);
  return encodeParts({
    ...others,
    rules: listOf(rules).map((instance) => {
      const [...fields] = listOf(instance);
      return [...fields.slice(0, HEAD), ...fields.slice(HEAD).map(causelessLevel)];
    }),
    ...(alarms === undefined ? {} : { alarms: recordless(alarms) }),
    calls: listOf(calls).map(causeless),
  });
}

function recordless(value: Value): Value {
  const alarms = AlarmsState.decode(value);
  alarms.forgetRecords();
  return alarms.encode();
}

/** A level that remembers also has the record that it was last told of. */
function causelessLevel(row: Value): Value {
  const [...fields] = listOf(causeless(row));
  const memory = fields[MEMORY];
  if (memory === undefined) return fields;
  const [meaning = null, , , v = null, ...cells] = listOf(memory);
  fields[MEMORY] = [meaning, 0, 0, v, ...cells];
  return fields;
}

function causeless(row: Value): Value {
  return listOf(row).map((field, i) => (i === CAUSE || i === CAUSE + 1 ? 0 : field));
}

function listOf(value: Value | undefined): readonly Value[] {
  if (!Array.isArray(value)) throw new TypeError('deciding state: not a list');
  return value as readonly Value[];
}
