import type { Priority } from './alarm.ts';

/** One rung of a route: who is called, through what, and how long after the alarm called. */
export type CallStep = {
  readonly role: string;
  readonly channels: readonly string[];
  /** ms; null: an alarm of this priority does not climb so far. */
  readonly afterMs: Readonly<Record<Priority, number | null>>;
};

/** A chain that climbs, step by step, until somebody acknowledges. */
export type CallRoute = {
  readonly id: string;
  readonly steps: readonly CallStep[];
  /** How long the last step is waited for before it stands as unanswered, ms; null: for ever. */
  readonly answerMs: number | null;
  /** People of the role on duty at `t` that the channel calls by name; none where it calls a place or a group. */
  people(role: string, channel: string, t: number): readonly string[];
  /** Set on the one that the alarms of the alarm machine itself go along. */
  readonly tellsOwnAlarms?: true;
  /** Least number of people whom its first step reaches by SMS, at the worst hour of the week. */
  readonly smsAtOnce: number;
};

/** A route of one step, for every priority at once, which waits for nobody. */
export function plainRoute(id: string, role: string, channels: readonly string[]): CallRoute {
  return {
    id,
    steps: [{ role, channels, afterMs: { 1: 0, 2: 0, 3: 0, 4: 0 } }],
    answerMs: null,
    people: () => [],
    smsAtOnce: 0,
  };
}

/** Whom a notice is for, as it stands in its record: a role, or one person of it. */
export function calledName(role: string, person: string | null): string {
  return person === null ? role : `${role}/${person}`;
}

/** The person a notice calls by name; null for a role as a whole. */
export function personOf(called: string): string | null {
  const slash = called.indexOf('/');
  return slash === -1 ? null : called.slice(slash + 1);
}
