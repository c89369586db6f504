import { AlarmState, type Priority } from '../domain/alarm.ts';
import type { AlarmTransition, OutboxDraft } from '../domain/deciding.ts';
import { CommandStep, RecordType, type CommandBody } from '../domain/record.ts';
import type { CallsState } from './calls-state.ts';
import { beginCall, endCalls } from './calls.ts';
import { outputOf, type RuleSet } from './rule-set.ts';
import type { DriveAction } from './rule.ts';

/** The verb by which a camera takes a picture. */
export const SNAPSHOT = 'snapshot';
/** Closes a barrier or a lock. */
export const LOCK = 'lock';

/** State and priority an alarm has now; undefined when it does not stand. */
export type AlarmLookup = (
  alarm: string,
) => { readonly state: AlarmState; readonly priority: Priority } | undefined;

const { unacknowledged, acknowledged, returnedUnacknowledged, latchedUnacknowledged } = AlarmState;

/** In which alarm states a device is wanted on. */
const WANTED: Readonly<Record<DriveAction['until'], readonly AlarmState[]>> = {
  acknowledged: [unacknowledged, returnedUnacknowledged, latchedUnacknowledged],
  cleared: [unacknowledged, acknowledged],
  either: [unacknowledged],
};

/**
 * What a transition asks of the world, in the order of the rule's `do:`. Each call (also at a rise
 * of priority) switches on, takes pictures and tells; a device goes off when the last alarm that wants
 * it lets go.
 *
 * @param lookup the alarms after this transition
 * @param calls what climbs along routes; an acknowledgement ends it
 */
export function actionsFor(
  set: RuleSet,
  transition: AlarmTransition,
  lookup: AlarmLookup,
  calls: CallsState,
): OutboxDraft[] {
  endCalls(calls, transition);
  const actions = set.actions.get(transition.rule);
  if (actions === undefined) return releaseAll(set, transition, lookup);
  const isCall = transition.to === unacknowledged;
  return actions.flatMap((action): OutboxDraft[] => {
    if (transition.priority > action.from) return [];
    if (action.kind === 'notify') return isCall ? beginCall(calls, action, transition) : [];
    if (action.kind === 'snapshot') return isCall ? [command(action, SNAPSHOT, transition)] : [];
    if (action.kind === 'lock') return isCall ? [command(action, action.verb, transition)] : [];
    if (isCall) return [command(action, action.on, transition)];
    const wanted = WANTED[action.until];
    const letsGo = wanted.includes(transition.from) && !wanted.includes(transition.to);
    return letsGo && !isWanted(set, action, lookup) ? [command(action, action.off, transition)] : [];
  });
}

/**
 * The rule is gone, and with it the knowledge of what it switched on: every device that the rules
 * use and no alarm wants goes off.
 */
function releaseAll(set: RuleSet, transition: AlarmTransition, lookup: AlarmLookup): OutboxDraft[] {
  return [...set.demands.values()].flatMap((demands) => {
    const [longest] = demands.map((d) => d.action).sort((a, b) => b.expiryMs - a.expiryMs);
    return longest === undefined || isWanted(set, longest, lookup)
      ? []
      : [command(longest, longest.off, transition)];
  });
}

function isWanted(set: RuleSet, output: DriveAction, lookup: AlarmLookup): boolean {
  return (set.demands.get(outputOf(output)) ?? []).some(({ alarm, action }) => {
    const now = lookup(alarm);
    return now !== undefined && now.priority <= action.from && WANTED[action.until].includes(now.state);
  });
}

/** Ids name their cause, so that a replay makes the same ones and a restart repeats none. */
function command(
  { device, expiryMs }: Pick<DriveAction, 'device' | 'expiryMs'>,
  verb: string,
  transition: AlarmTransition,
): OutboxDraft {
  const { alarm, t, cause, priority } = transition;
  const id = `${alarm} ${device} ${verb} ${cause.slot}.${cause.seq}.${priority}`;
  const expiry = t + expiryMs;
  const body: CommandBody = [id, device, verb, null, cause.slot, cause.seq, expiry, CommandStep.ordered];
  const order = { kind: 'command', id, device, verb, arg: null, cause } as const;
  return { t, type: RecordType.command, body, outbox: { key: id, kind: 'command', t, expiry, body: order } };
}
