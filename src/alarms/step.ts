import { AlarmState, Priority } from '../domain/alarm.ts';
import type { RecordRef, Value } from '../domain/record.ts';

/** A transition as its record tells it. */
export type Step = {
  readonly alarm: string;
  readonly from: AlarmState;
  readonly to: AlarmState;
  readonly priority: Priority;
  readonly cause: RecordRef;
};

/** Null for a record that no gateway wrote. */
export function stepOf([alarm, before, after, level, slot, seq]: readonly Value[]): Step | null {
  const [from, to] = [stateOf(before), stateOf(after)];
  const priority = Object.values(Priority).find((p) => p === level);
  if (typeof alarm !== 'string' || from === undefined || to === undefined || priority === undefined)
    return null;
  return { alarm, from, to, priority, cause: { slot: Number(slot), seq: Number(seq) } };
}

function stateOf(value: Value | undefined): AlarmState | undefined {
  return Object.values(AlarmState).find((state) => state === value);
}
