import type { CallRoute, CallStep } from '../domain/calling.ts';
import { Priority } from '../domain/alarm.ts';
import { changesOf, onDuty, onDutyAt, peopleOf, type Roster } from '../domain/roster.ts';
import { parseDuration } from '../domain/units.ts';
import type { Channel, Person } from './configuration.ts';
import { idsOf, readEntries } from './entries.ts';
import * as schema from './people-schema.ts';
import { notOneOf, valueAt, type Problems } from './problems.ts';
import type { Path, Source } from './source.ts';

type Around = {
  readonly channels: readonly Channel[];
  readonly people: readonly Person[];
  readonly roster: Roster;
};

const M = 60_000;

/** When each step comes that does not say it, ms after the call; beyond these an alarm does not climb. */
const USUAL: Readonly<Record<Priority, readonly number[]>> = {
  [Priority.urgent]: [0, 3 * M, 10 * M],
  [Priority.high]: [5 * M, 15 * M, 60 * M],
  [Priority.medium]: [15 * M, 60 * M],
  [Priority.low]: [60 * M],
};

/** How long a route waits after its last step, ms, where the steps do not show it. */
const LAST_WAIT_MS = 10 * M;

/** Reads `notify.routes`: one role and its channels, or the steps of a chain. */
export function readRoutes(source: Source, problems: Problems, around: Around): readonly CallRoute[] {
  return readEntries(source, problems, ['notify', 'routes'], 'route', (path, raw): CallRoute | undefined => {
    const route = problems.read(source, path, raw, schema.route);
    const listed = valueAt(raw, ['steps']);
    const isChain = listed !== undefined;
    const places = Array.isArray(listed) ? listed.map((_, i) => [...path, 'steps', i]) : [path];
    for (const place of places) checkStep(source, problems, place, around);
    if (isChain === (valueAt(raw, ['role']) !== undefined || valueAt(raw, ['channels']) !== undefined)) {
      problems.at(source, path, 'must have a role and channels, or steps which have them');
    }
    if (route === undefined) return undefined;
    const { id, role, channels, steps } = route;
    if (steps === undefined) {
      if (role === undefined || channels === undefined) {
        problems.at(source, path, 'must have a role and channels');
        return undefined;
      }
      return built(id, [{ role, channels, afterMs: { 1: 0, 2: 0, 3: 0, 4: 0 } }], null, around);
    }
    const chain = steps.map((step, i): CallStep => ({ ...step, afterMs: aftersOf(step.after, i) }));
    checkOrder(source, problems, path, chain);
    return built(id, chain, answerTime(chain), around);
  });
}

const NO_ROUTE = 'none';
/** The role whose route takes what no rule sends anywhere. */
const ON_DUTY = 'duty';

/**
 * Reads `notify.alarm-system`: whom the alarms of the alarm machine itself go to (a flood, stale and
 * chattering alarms). Left out, the first route that begins with the role on duty; null for nobody.
 */
export function readOwnRoute(
  source: Source,
  problems: Problems,
  routes: readonly CallRoute[],
): CallRoute | null {
  const path = ['notify', 'alarm-system'];
  const wanted = valueAt(source.value, path);
  if (wanted === undefined) return routes.find(({ steps }) => steps[0]?.role === ON_DUTY) ?? null;
  if (wanted === NO_ROUTE) return null;
  const found = routes.find(({ id }) => id === wanted);
  if (found !== undefined) return found;
  const ids = [...idsOf(source, ['notify', 'routes']), NO_ROUTE];
  // A route with a problem of its own is told once, where it is.
  if (typeof wanted !== 'string' || !ids.includes(wanted)) {
    problems.at(source, path, notOneOf('route', typeof wanted === 'string' ? wanted : '', ids));
  }
  return null;
}

function built(id: string, steps: readonly CallStep[], answerMs: number | null, around: Around): CallRoute {
  const { roster, channels } = around;
  const addressed = new Map(
    channels.flatMap((c) => (addressKind(c) === null ? [] : [[c.id, addressKind(c)]])),
  );
  return {
    id,
    steps: steps.map(({ role, channels: through, afterMs }) => ({ role, channels: through, afterMs })),
    answerMs,
    people: (role, channel, t) => (addressed.has(channel) ? onDuty(roster, role, t) : []),
    smsAtOnce: smsAtOnce(steps[0], around),
  };
}

/** Which address of a person a channel needs; null where it calls a group or a device. */
export function addressKind(channel: Channel): 'phone' | 'mail' | 'push' | null {
  if (channel.kind === 'sms-http' || channel.kind === 'sms-modem') return 'phone';
  if (channel.kind === 'web-push') return 'push';
  if (channel.kind === 'smtp' && channel.to.length === 0) return 'mail';
  return null;
}

function smsAtOnce(step: CallStep | undefined, { channels, roster }: Around): number {
  const role = roster.roles.get(step?.role ?? '');
  if (step === undefined || role === undefined) return 0;
  const bySms = channels.some((c) => step.channels.includes(c.id) && addressKind(c) === 'phone');
  const isAtOnce = step.afterMs[Priority.urgent] === 0 && step.afterMs[Priority.high] === 0;
  if (!bySms || !isAtOnce) return 0;
  return Math.min(...changesOf([role]).map((minute) => onDutyAt(role, minute).length));
}

type After = string | Readonly<Record<string, string | undefined>> | undefined;

function aftersOf(after: After, i: number): Record<Priority, number | null> {
  const of = (name: keyof typeof Priority): number | null => {
    const written = typeof after === 'string' ? after : after?.[name];
    if (written !== undefined) return parseDuration(written);
    return after === undefined ? (USUAL[Priority[name]][i] ?? null) : null;
  };
  return { 1: of('urgent'), 2: of('high'), 3: of('medium'), 4: of('low') };
}

/** As long as the last step was waited for before it came. */
function answerTime(steps: readonly CallStep[]): number {
  const times = steps.map(({ afterMs }) => afterMs[Priority.urgent]).filter((ms) => ms !== null);
  const [before, last] = times.slice(-2);
  return before === undefined || last === undefined ? LAST_WAIT_MS : last - before;
}

function checkOrder(source: Source, problems: Problems, path: Path, steps: readonly CallStep[]): void {
  for (const [i, step] of steps.entries()) {
    for (const priority of Object.values(Priority)) {
      const now = step.afterMs[priority];
      const before = steps.slice(0, i).findLast((s) => s.afterMs[priority] !== null)?.afterMs[priority] ?? -1;
      if (now === null || now > before) continue;
      const at = [...path, 'steps', i];
      problems.at(source, at, 'comes no later than the step before it; each step waits longer than the last');
      break;
    }
  }
}

/** Looks at each name by itself: the channels there are, the role, and whether its people have the address. */
function checkStep(source: Source, problems: Problems, path: Path, around: Around): void {
  const raw = valueAt(source.value, path);
  const ids = idsOf(source, ['notify', 'channels']);
  const roleId = valueAt(raw, ['role']);
  const named = valueAt(raw, ['channels']);
  for (const [i, id] of Array.isArray(named) ? named.entries() : []) {
    const at = [...path, 'channels', i];
    if (typeof id !== 'string' || problems.has(source, at)) continue;
    if (!ids.includes(id)) problems.at(source, at, notOneOf('channel', id, ids));
    const channel = around.channels.find((c) => c.id === id);
    const kind = channel === undefined ? null : addressKind(channel);
    if (kind === null || typeof roleId !== 'string') continue;
    const role = around.roster.roles.get(roleId);
    const written = idsOf(source, ['notify', 'roles']);
    if (role === undefined && !written.includes(roleId)) {
      const message = `${notOneOf('role', roleId, written)}; ${id} calls people by name, so a role of notify.roles is needed`;
      if (!problems.has(source, [...path, 'role'])) problems.at(source, [...path, 'role'], message);
    }
    const without = (role === undefined ? [] : peopleOf(role)).filter((who) =>
      around.people.some((p) => p.id === who && p[kind] === null),
    );
    if (without.length > 0) {
      problems.at(source, at, `needs a ${kind} of ${without.join(', ')}; give it in notify.people`);
    }
  }
}
