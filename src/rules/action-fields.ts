import { Priority } from '../domain/alarm.ts';
import { suggestion } from '../domain/nearest.ts';
import { LOCK, SNAPSHOT } from './actions.ts';
import { display, Fields, type Path, type Problems } from './fields.ts';
import { closingVerb } from './interlocks.ts';
import type { Action, DriveAction } from './rule.ts';
import type { Site } from './site.ts';
import type { StreamSpec } from '../domain/stream.ts';
import { readDuration, readName, readPriority, readText } from './values.ts';

const UNTIL = ['acknowledged', 'cleared', 'either'] as const;

/** A horn stops at clear or acknowledge, whichever is first; light and relay show the condition. */
const DRIVEN = { siren: 'either', light: 'cleared', relay: 'cleared' } as const;
const KEYS = [...Object.keys(DRIVEN), SNAPSHOT, LOCK, 'notify'];

const DRIVE_EXPIRY_MS = 5 * 60_000;
const LOCK_EXPIRY_MS = 60_000;
const NOTICE_EXPIRY_MS = 24 * 3_600_000;

/** Reads `do:`, a list of one-key maps such as `siren: dock` or `notify: { route: sms, role: duty }`. */
export function readActions(rule: Fields, site: Site, streams: readonly StreamSpec[]): Action[] {
  const raw = rule.raw('do') ?? [];
  if (!Array.isArray(raw)) {
    rule.fail('do', 'must be a list such as [ siren: dock, notify: duty ]');
    return [];
  }
  const before = rule.problems.list.length;
  const actions = raw.flatMap((item, i) => readAction(item, [...rule.at('do'), i], rule.problems, site));
  if (rule.problems.list.length > before) return actions;
  checkOutputs(rule, actions);
  if (site.profile === 'gsp') checkFan(rule, actions, streams);
  return actions;
}

/** The same order twice is one order: which of two times or priorities it goes by, nobody could say. */
function checkOutputs(rule: Fields, actions: readonly Action[]): void {
  const first = new Map<string, number>();
  for (const [i, action] of actions.entries()) {
    const what = whatIsAsked(action);
    const before = first.get(what);
    if (before === undefined) first.set(what, i);
    else {
      const how = action.kind === 'drive' ? ', or put the other in a rule of its own' : '';
      const why = `asks for ${what}, as action ${before + 1} of this rule does`;
      rule.problems.add([...rule.at('do'), i], `${why}; leave one out${how}`);
    }
  }
}

function whatIsAsked(action: Action): string {
  if (action.kind === 'snapshot') return `${SNAPSHOT} of "${action.device}"`;
  if (action.kind === 'lock') return `${LOCK} of "${action.device}"`;
  if (action.kind === 'drive') return `${action.on} of "${action.device}"`;
  const { id, steps } = action.route;
  return `notify "${id}" (${steps.map((step) => step.role).join(', ')})`;
}

/** GSP annex 3 §6: who is told of a temperature or humidity out of range are at least three people, by SMS. */
function checkFan(rule: Fields, actions: readonly Action[], streams: readonly StreamSpec[]): void {
  const isClimate = streams.some(({ quantity }) => quantity === 'temperature' || quantity === 'humidity');
  if (rule.raw('kind') !== 'limit' || !isClimate) return;
  const most = Math.max(0, ...actions.map((a) => (a.kind === 'notify' ? a.route.smsAtOnce : 0)));
  if (most >= GSP_SMS) return;
  rule.fail(
    'do',
    `tells ${most} people by SMS at once; under the profile gsp it must be ${GSP_SMS}: notify a route whose first step has "after: 0s", an SMS channel, and a role with ${GSP_SMS} people at every hour`,
  );
}

const GSP_SMS = 3;

function readAction(raw: unknown, path: Path, problems: Problems, site: Site): Action[] {
  const fields = Fields.of(raw, path, problems, KEYS);
  if (fields === null) return [];
  const used = KEYS.filter((key) => fields.has(key));
  const [verb] = used;
  if (verb === undefined || used.length > 1) {
    problems.add(path, `must have exactly one of ${KEYS.join(', ')}`, raw);
    return [];
  }
  if (verb === 'notify') return readNotify(fields, site);
  if (verb === LOCK) return readLock(fields, site);
  const action = verb === SNAPSHOT ? readSnapshot(fields, site) : readDrive(fields, verb, site);
  return action === null ? [] : [action];
}

function readNotify(fields: Fields, site: Site): Action[] {
  const inner = longForm(fields, 'notify', 'route', ['route', 'role', 'from', 'expiry']);
  if (inner === null) return [];
  const name = readName(inner, 'route', [...site.routes.keys()], 'a route or notification channel');
  const route = name === null ? undefined : site.routes.get(name);
  const role = inner.has('role') ? readText(inner, 'role', 'the role told, such as duty') : undefined;
  const rest = readCommon(inner, NOTICE_EXPIRY_MS);
  if (route === undefined || role === null || rest === null) return [];
  if (role !== undefined && route.steps.length > 1) {
    inner.fail('role', `is given by each step of the route "${route.id}"; leave it out`);
  }
  const calling = role === undefined ? route : { ...route, steps: route.steps.map((s) => ({ ...s, role })) };
  return [{ kind: 'notify', route: calling, ...rest }];
}

function readDrive(fields: Fields, verb: string, site: Site): Action | null {
  const inner = longForm(fields, verb, 'device', ['device', 'until', 'from', 'expiry']);
  if (inner === null) return null;
  const { device, known } = readActuator(inner, site);
  const verbs = verbsOf(verb, known);
  if (device !== null && verbs === null) {
    const wanted = `${verb}-on and ${verb}-off, or on and off`;
    inner.fail('device', `"${device}" does not take the verbs ${wanted}; it takes ${known.join(', ')}`);
  }
  const until = readUntil(inner, Object.entries(DRIVEN).find(([name]) => name === verb)?.[1] ?? 'cleared');
  const rest = readCommon(inner, DRIVE_EXPIRY_MS);
  if (device === null || verbs === null || until === null || rest === null) return null;
  return { kind: 'drive', device, ...verbs, until, ...rest };
}

/** `snapshot: cam-dock`; a picture that comes too late shows something else. */
function readSnapshot(fields: Fields, site: Site): Action | null {
  const inner = longForm(fields, SNAPSHOT, 'device', ['device', 'from', 'expiry']);
  if (inner === null) return null;
  const { device, known } = readActuator(inner, site);
  const rest = readCommon(inner, DRIVE_EXPIRY_MS);
  if (device === null || rest === null) return null;
  if (known.includes(SNAPSHOT)) return { kind: 'snapshot', device, ...rest };
  return inner.fail('device', `"${device}" takes no pictures; it takes ${known.join(', ')}`);
}

/** `lock: gate-1` closes it; the interlocks say whether it may. */
function readLock(fields: Fields, site: Site): Action[] {
  const inner = longForm(fields, LOCK, 'device', ['device', 'from', 'expiry']);
  if (inner === null) return [];
  const { device, known } = readActuator(inner, site);
  const rest = readCommon(inner, LOCK_EXPIRY_MS);
  if (device === null || rest === null) return [];
  const verb = closingVerb(known);
  if (verb !== undefined) return [{ kind: 'lock', device, verb, ...rest }];
  inner.fail('device', `"${device}" cannot be closed; it takes ${known.join(', ')}`);
  return [];
}

/** The device an action is for, null when it cannot be it, and the verbs that it takes. */
function readActuator(inner: Fields, site: Site): { device: string | null; known: readonly string[] } {
  const names = [...site.actuators.keys()];
  const named = inner.raw('device');
  // With a device entry that is wrong the device may well be the one that is missing here.
  const mayBeMeant =
    !site.complete && typeof named === 'string' && !names.includes(named) && site.isPending(named);
  const device = mayBeMeant ? null : readName(inner, 'device', names, 'an actuator');
  if (device !== null && (site.profile ?? 'none') !== 'none' && site.climate?.includes(device) === true) {
    inner.fail(
      'device',
      `"${device}" drives temperature, and under the profile ${site.profile} monitoring is kept apart from that; leave it to its own controller`,
    );
  }
  return { device, known: device === null ? [] : (site.actuators.get(device) ?? []) };
}

/** A board with several outputs names them (`siren-on`), a device of one takes `on`. */
function verbsOf(output: string, known: readonly string[]): { on: string; off: string } | null {
  for (const [on, off] of [[`${output}-on`, `${output}-off`] as const, ['on', 'off'] as const]) {
    if (known.includes(on) && known.includes(off)) return { on, off };
  }
  return null;
}

/** `siren: dock` is short for `siren: { device: dock }`. */
function longForm(fields: Fields, key: string, short: string, keys: readonly string[]): Fields | null {
  const raw = fields.raw(key);
  const long = typeof raw === 'string' ? { [short]: raw } : raw;
  return Fields.of(long, fields.at(key), fields.problems, keys);
}

function readUntil(fields: Fields, usual: DriveAction['until']): DriveAction['until'] | null {
  const raw = fields.raw('until') ?? usual;
  const until = UNTIL.find((word) => word === raw);
  return (
    until ?? fields.fail('until', `must be one of ${UNTIL.join(', ')}${suggestion(display(raw), UNTIL)}`)
  );
}

function readCommon(fields: Fields, usualMs: number): { from: Priority; expiryMs: number } | null {
  const from = fields.has('from') ? readPriority(fields, 'from') : Priority.low;
  const expiryMs = fields.has('expiry') ? readDuration(fields, 'expiry', 1000) : usualMs;
  return from === null || expiryMs === null ? null : { from, expiryMs };
}
