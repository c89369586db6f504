import { AlarmState, Priority } from '../domain/alarm.ts';
import { Overlay } from '../domain/overlay.ts';
import type { RecordRef, Value } from '../domain/record.ts';

/** An alarm that is not at rest. Times are evidence time, ms. */
export type Standing = {
  /** `<subject>/<rule>`. */
  readonly alarm: string;
  readonly rule: string;
  readonly state: AlarmState;
  readonly priority: Priority;
  /** Whether the condition holds, in the states that do not show it too. */
  readonly isActive: boolean;
  /** When it left normal. */
  readonly since: number;
  /** The record behind its last raise. */
  readonly cause: RecordRef;
  /** When its priority rises unless someone acknowledges; Infinity for never. */
  readonly escalateAt: number;
};

const FIELDS = 9;

/** Every alarm that stands, with an undo log back to the last commit. */
export class AlarmsState {
  readonly #standing = new Overlay<string, Standing>();
  #next = Infinity;

  get(alarm: string): Standing | undefined {
    return this.#standing.get(alarm);
  }

  /** All that stand, by id. */
  list(): Standing[] {
    return [...this.#standing.entries()].map(([, s]) => s).sort(byAlarm);
  }

  put(standing: Standing): void {
    if (standing.state === AlarmState.normal) this.#standing.delete(standing.alarm);
    else this.#standing.set(standing.alarm, standing);
    this.#recount();
  }

  /** Evidence time of the next escalation, ms; Infinity for never. */
  nextDeadline(): number {
    return this.#next;
  }

  isDue(until: number): boolean {
    return this.#next <= until;
  }

  /** A clock step: timers and stored instants move with the clock. */
  shift(a: number): void {
    for (const s of this.list()) {
      this.put({ ...s, since: s.since + a, escalateAt: s.escalateAt + a });
    }
  }

  commit(): void {
    this.#standing.commit();
  }

  discard(): void {
    this.#standing.discard();
    this.#recount();
  }

  /** For the snapshot and its hash, by alarm id. */
  encode(): Value {
    return this.list().map((s) => [
      s.alarm,
      s.rule,
      s.state,
      s.priority,
      s.isActive ? 1 : 0,
      s.since,
      s.cause.slot,
      s.cause.seq,
      s.escalateAt === Infinity ? null : s.escalateAt,
    ]);
  }

  /** @throws TypeError when the value is no encoded state */
  static decode(value: Value): AlarmsState {
    if (!Array.isArray(value)) throw new TypeError('alarms state: not a list');
    const state = new AlarmsState();
    for (const row of value as readonly Value[]) state.put(decodeStanding(row));
    state.commit();
    return state;
  }

  #recount(): void {
    let next = Infinity;
    for (const [, { escalateAt }] of this.#standing.entries()) if (escalateAt < next) next = escalateAt;
    this.#next = next;
  }
}

function byAlarm(a: Standing, b: Standing): number {
  if (a.alarm === b.alarm) return 0;
  return a.alarm < b.alarm ? -1 : 1;
}

function decodeStanding(row: Value): Standing {
  if (!Array.isArray(row) || row.length !== FIELDS) throw new TypeError('alarms state: no alarm');
  const [alarm, rule, state, priority, isActive, since, slot, seq, escalateAt] = row as readonly Value[];
  if (typeof alarm !== 'string' || typeof rule !== 'string') throw new TypeError('alarms state: no name');
  return {
    alarm,
    rule,
    state: oneOf(state, Object.values(AlarmState)),
    priority: oneOf(priority, Object.values(Priority)),
    isActive: oneOf(isActive, [0, 1]) === 1,
    since: integer(since),
    cause: { slot: integer(slot), seq: integer(seq) },
    escalateAt: escalateAt === null ? Infinity : integer(escalateAt),
  };
}

function oneOf<T extends number>(value: Value | undefined, known: readonly T[]): T {
  const found = known.find((k) => k === value);
  if (found === undefined)
    throw new TypeError(`alarms state: ${String(value)} is none of ${known.join(', ')}`);
  return found;
}

function integer(value: Value | undefined): number {
  if (typeof value !== 'number' || !Number.isSafeInteger(value)) {
    throw new TypeError(`alarms state: ${String(value)} is not an integer`);
  }
  return value;
}
