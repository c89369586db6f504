import { AlarmState, Priority } from '../domain/alarm.ts';
import type { RecordRef, Value } from '../domain/record.ts';

/** Who set an alarm aside, when (evidence time, ms) and why; `act` is the record of it. */
export type Aside = {
  readonly actor: number;
  readonly role: string;
  readonly reason: string;
  readonly at: number;
  readonly act: RecordRef;
};

/** Ends by itself at `until`, evidence time, ms. */
export type TimedAside = Aside & { readonly until: number };

/** An alarm that is not at rest. Times are evidence time, ms. */
export type Standing = {
  /** `<subject>/<rule>`. */
  readonly alarm: string;
  readonly rule: string;
  readonly state: AlarmState;
  readonly priority: Priority;
  /** Whether the condition holds, in the states that do not show it too. */
  readonly isActive: boolean;
  /** When it left normal; of one that rose while it was set aside, when it rose. */
  readonly since: number;
  /** The record behind its last raise. */
  readonly cause: RecordRef;
  /** When its priority rises unless someone acknowledges; Infinity for never. */
  readonly escalateAt: number;
  /** It rose under a latching rule, and no person has reset it since. */
  readonly isLatched: boolean;
  /** Set aside for a time by a person; kept while it is suppressed or out of service. */
  readonly shelved: TimedAside | null;
  /** The zone whose maintenance suppresses it. */
  readonly suppressedBy: string | null;
  /** Out of service until a person puts it back. */
  readonly out: Aside | null;
  /** It was counted among the stale ones: it stands, and is shown, for longer than a day. */
  readonly isStale: boolean;
};

/** Whether a state is shown among the alarms that stand: neither at rest nor set aside. */
export function isShown(state: AlarmState): boolean {
  return state >= AlarmState.unacknowledged && state <= AlarmState.latchedAcknowledged;
}

/** An alarm at rest that something is about to happen to. */
export function atRest(
  alarm: string,
  rule: string,
  priority: Priority,
  since: number,
  cause: RecordRef,
): Standing {
  const { normal: state } = AlarmState;
  const nothing = { isActive: false, escalateAt: Infinity, isLatched: false, isStale: false };
  return {
    alarm,
    rule,
    state,
    priority,
    since,
    cause,
    ...nothing,
    shelved: null,
    suppressedBy: null,
    out: null,
  };
}

/** All its times `a` ms later: the clock was stepped. */
export function shifted(s: Standing, a: number): Standing {
  return {
    ...s,
    since: s.since + a,
    escalateAt: s.escalateAt + a,
    shelved: s.shelved && { ...s.shelved, at: s.shelved.at + a, until: s.shelved.until + a },
    out: s.out && { ...s.out, at: s.out.at + a },
  };
}

const FIELDS = 14;

export function encodeStanding(s: Standing): Value {
  return [
    s.alarm,
    s.rule,
    s.state,
    s.priority,
    s.isActive ? 1 : 0,
    s.since,
    s.cause.slot,
    s.cause.seq,
    s.escalateAt === Infinity ? null : s.escalateAt,
    s.isLatched ? 1 : 0,
    s.shelved && encodeAside(s.shelved, s.shelved.until),
    s.suppressedBy,
    s.out && encodeAside(s.out, null),
    s.isStale ? 1 : 0,
  ];
}

/** @throws TypeError for what is no encoded alarm */
export function decodeStanding(row: Value): Standing {
  const [alarm, rule, state, priority, isActive, since, slot, seq, escalateAt, latched, ...aside] = rowOf(
    row,
    FIELDS,
  );
  const [shelved, by, out, stale] = aside;
  const until = decodeAside(shelved ?? null);
  return {
    alarm: textOf(alarm),
    rule: textOf(rule),
    state: oneOf(state, Object.values(AlarmState)),
    priority: oneOf(priority, Object.values(Priority)),
    isActive: oneOf(isActive, [0, 1]) === 1,
    since: integerOf(since),
    cause: { slot: integerOf(slot), seq: integerOf(seq) },
    escalateAt: escalateAt === null ? Infinity : integerOf(escalateAt),
    isLatched: oneOf(latched, [0, 1]) === 1,
    shelved: until && { ...until.aside, until: integerOf(until.until) },
    suppressedBy: by === null ? null : textOf(by),
    out: decodeAside(out ?? null)?.aside ?? null,
    isStale: oneOf(stale, [0, 1]) === 1,
  };
}

/** Actor, role, reason, when, the act's slot and seq, and the end: null for none. */
export function encodeAside({ actor, role, reason, at, act }: Aside, until: number | null): Value {
  return [actor, role, reason, at, act.slot, act.seq, until];
}

/** @throws TypeError for what is none */
export function decodeAside(row: Value): { readonly aside: Aside; readonly until: Value } | null {
  if (row === null) return null;
  const [actor, role, reason, at, slot, seq, until] = rowOf(row, 7);
  const act = { slot: integerOf(slot), seq: integerOf(seq) };
  const aside = {
    actor: integerOf(actor),
    role: textOf(role),
    reason: textOf(reason),
    at: integerOf(at),
    act,
  };
  return { aside, until: until ?? null };
}

/** @throws TypeError for what is no list of so many */
export function rowOf(row: Value | undefined, fields: number): readonly Value[] {
  if (!Array.isArray(row) || row.length !== fields) {
    throw new TypeError(`alarms state: no list of ${fields}`);
  }
  return row as readonly Value[];
}

export function textOf(value: Value | undefined): string {
  if (typeof value !== 'string') throw new TypeError(`alarms state: ${String(value)} is no text`);
  return value;
}

export function integerOf(value: Value | undefined): number {
  if (typeof value !== 'number' || !Number.isSafeInteger(value)) {
    throw new TypeError(`alarms state: ${String(value)} is not an integer`);
  }
  return value;
}

function oneOf<T extends number>(value: Value | undefined, known: readonly T[]): T {
  const found = known.find((k) => k === value);
  if (found === undefined)
    throw new TypeError(`alarms state: ${String(value)} is none of ${known.join(', ')}`);
  return found;
}
