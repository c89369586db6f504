import { AlarmState, type Priority } from '../domain/alarm.ts';
import { calledName, type CallRoute, type CallStep } from '../domain/calling.ts';
import type { OutboxEntry } from '../domain/commit.ts';
import type { AlarmTransition, OutboxDraft } from '../domain/deciding.ts';
import { NoticeResult, RecordType, type NoticeBody, type RecordRef } from '../domain/record.ts';
import type { Call, CallsState } from './calls-state.ts';
import type { RuleSet } from './rule-set.ts';
import type { NotifyAction } from './rule.ts';

/** A notice that is queued, or, without an outbox entry, the record that a step went unanswered. */
export type CallOutput = Omit<OutboxDraft, 'outbox'> & { readonly outbox?: OutboxEntry };

const { unacknowledged, returnedUnacknowledged, latchedUnacknowledged } = AlarmState;

/** While nobody acknowledged. That the condition is over is no answer: a fence is cut in a second. */
const UNANSWERED: readonly AlarmState[] = [unacknowledged, returnedUnacknowledged, latchedUnacknowledged];

/** Channel of the record that a step went unanswered: no channel has this name. */
const UNANSWERED_STEP = '-';

/** A call along a route begins, anew where the alarm calls again; gives what is told at once. */
export function beginCall(
  calls: CallsState,
  action: NotifyAction,
  transition: AlarmTransition,
): OutboxDraft[] {
  const { route } = action;
  const { alarm, rule, priority, cause, t } = transition;
  const first = nextStep(route, priority, 0);
  const call: Call = { alarm, rule, route: route.id, priority, since: t, next: first, cause, dueAt: t };
  const isAtOnce = route.steps[first]?.afterMs[priority] === 0;
  climb(calls, route, call, isAtOnce ? first + 1 : first);
  return isAtOnce ? told(action, call, first, t) : [];
}

/** Whoever acknowledges, shelves or takes the alarm out of service ends its calls. */
export function endCalls(calls: CallsState, { alarm, to }: AlarmTransition): void {
  if (!UNANSWERED.includes(to)) calls.endAll(alarm);
}

/**
 * Fires every step with a deadline ≤ until, by (deadline, alarm, route): the record that the step
 * before went unanswered, then the notices of the step.
 *
 * @param blockStart t0 of the open block: no output is earlier
 */
export function fireCalls(set: RuleSet, calls: CallsState, until: number, blockStart: number): CallOutput[] {
  if (!calls.isDue(until)) return [];
  const due = calls.list().filter((call) => call.dueAt <= until);
  return due
    .sort((a, b) => a.dueAt - b.dueAt)
    .flatMap((call): CallOutput[] => {
      const action = actionOf(set, call);
      // The route is gone from the configuration: there is nobody to climb to.
      if (action === undefined) return calls.end(call) ?? [];
      const t = Math.max(call.dueAt, blockStart);
      const before = action.route.steps
        .slice(0, call.next)
        .findLast((s) => s.afterMs[call.priority] !== null);
      climb(calls, action.route, call, call.next + 1);
      return [
        ...(before === undefined ? [] : [unanswered(call, before.role, t)]),
        ...told(action, call, call.next, t),
      ];
    });
}

/** Puts the call where it waits for its step `from` or the first after it, or ends it at the route's end. */
function climb(calls: CallsState, route: CallRoute, call: Call, from: number): void {
  const next = nextStep(route, call.priority, from);
  const afterMs = route.steps[next]?.afterMs[call.priority] ?? lastWait(route, call.priority);
  if (afterMs === null || call.next >= route.steps.length) calls.end(call);
  else calls.put({ ...call, next, dueAt: call.since + afterMs });
}

/** First step from `from` on that this priority climbs to; the number of steps when there is none. */
function nextStep({ steps }: CallRoute, priority: Priority, from: number): number {
  const found = steps.findIndex((step, i) => i >= from && step.afterMs[priority] !== null);
  return found === -1 ? steps.length : found;
}

/** When the last step counts as unanswered, ms after the call; null for a route that does not wait. */
function lastWait({ steps, answerMs }: CallRoute, priority: Priority): number | null {
  const last = steps.findLast((step) => step.afterMs[priority] !== null)?.afterMs[priority] ?? null;
  return answerMs === null || last === null ? null : last + answerMs;
}

function told(action: NotifyAction, call: Call, index: number, t: number): OutboxDraft[] {
  const step = action.route.steps[index];
  if (step === undefined) return [];
  return noticesTo(action.route, step, call, t, t + action.expiryMs, index === 0 ? '' : `.${index}`);
}

/** @param suffix of the key: what tells this call of the same people from others of the same cause */
export function noticesTo(
  route: CallRoute,
  step: CallStep,
  { alarm, cause, priority }: Pick<Call, 'alarm' | 'cause' | 'priority'>,
  t: number,
  expiry: number,
  suffix: string,
): OutboxDraft[] {
  return recipients(route, step, t).map(({ channel, role }) => {
    const body: NoticeBody = [alarm, channel, role, 1, NoticeResult.queued];
    const order = { kind: 'notice', alarm, channel, role } as const;
    const key = `${alarm} ${channel} ${role} ${nameOf(cause, priority)}${suffix}`;
    return { t, type: RecordType.notice, body, outbox: { key, kind: 'notice', t, expiry, body: order } };
  });
}

/** One notice for each person and channel: each is told, tried and answered for by itself. */
function recipients(
  route: CallRoute,
  { role, channels }: CallStep,
  t: number,
): { channel: string; role: string }[] {
  return channels.flatMap((channel) => {
    const people = route.people(role, channel, t);
    const called = people.length === 0 ? [null] : people;
    return called.map((person) => ({ channel, role: calledName(role, person) }));
  });
}

function unanswered({ alarm }: Call, role: string, t: number): CallOutput {
  const body: NoticeBody = [alarm, UNANSWERED_STEP, role, 1, NoticeResult.queued];
  return { t, type: RecordType.notice, body };
}

function actionOf(set: RuleSet, call: Call): NotifyAction | undefined {
  const actions = set.actions.get(call.rule) ?? [];
  return actions.find((a): a is NotifyAction => a.kind === 'notify' && a.route.id === call.route);
}

/** Names the cause, so that a replay makes the same key and a restart repeats none. */
function nameOf({ slot, seq }: RecordRef, priority: Priority): string {
  return `${slot}.${seq}.${priority}`;
}
