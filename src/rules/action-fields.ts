import { Priority } from '../domain/alarm.ts';
import { suggestion } from '../domain/nearest.ts';
import { display, Fields, type Path, type Problems } from './fields.ts';
import type { Action, DriveAction } from './rule.ts';
import type { Site } from './site.ts';
import { readDuration, readName, readPriority, readText } from './values.ts';

const UNTIL = ['acknowledged', 'cleared', 'either'] as const;

/** A horn stops at clear or acknowledge, whichever is first; light and relay show the condition. */
const DRIVEN = { siren: 'either', light: 'cleared', relay: 'cleared' } as const;
const KEYS = [...Object.keys(DRIVEN), 'notify'];

const DRIVE_EXPIRY_MS = 5 * 60_000;
const NOTICE_EXPIRY_MS = 24 * 3_600_000;

/** Reads `do:`, a list of one-key maps such as `siren: dock` or `notify: { channel: sms, role: duty }`. */
export function readActions(rule: Fields, site: Site): Action[] {
  const raw = rule.raw('do') ?? [];
  if (!Array.isArray(raw)) {
    rule.fail('do', 'must be a list such as [ siren: dock, notify: duty ]');
    return [];
  }
  return raw.flatMap((item, i) => {
    const action = readAction(item, [...rule.at('do'), i], rule.problems, site);
    return action === null ? [] : [action];
  });
}

function readAction(raw: unknown, path: Path, problems: Problems, site: Site): Action | null {
  const fields = Fields.of(raw, path, problems, KEYS);
  if (fields === null) return null;
  const used = KEYS.filter((key) => fields.has(key));
  const [verb] = used;
  if (verb === undefined || used.length > 1) {
    return problems.add(path, `must have exactly one of ${KEYS.join(', ')}`, raw);
  }
  return verb === 'notify' ? readNotify(fields, site) : readDrive(fields, verb, site);
}

function readNotify(fields: Fields, site: Site): Action | null {
  const inner = longForm(fields, 'notify', 'channel', ['channel', 'role', 'from', 'expiry']);
  if (inner === null) return null;
  const channel = readName(inner, 'channel', site.channels, 'a notification channel');
  const role = inner.has('role') ? readText(inner, 'role', 'the role told, such as duty') : 'duty';
  const rest = readCommon(inner, NOTICE_EXPIRY_MS);
  if (channel === null || role === null || rest === null) return null;
  return { kind: 'notify', channel, role, ...rest };
}

function readDrive(fields: Fields, verb: string, site: Site): Action | null {
  const inner = longForm(fields, verb, 'device', ['device', 'until', 'from', 'expiry']);
  if (inner === null) return null;
  const device = readName(inner, 'device', [...site.actuators.keys()], 'an actuator');
  const verbs = device === null ? [] : (site.actuators.get(device) ?? []);
  const lacking = device === null ? undefined : ['on', 'off'].find((needed) => !verbs.includes(needed));
  if (lacking !== undefined) {
    inner.fail('device', `"${device}" does not take the verb ${lacking}; it takes ${verbs.join(', ')}`);
  }
  const until = readUntil(inner, Object.entries(DRIVEN).find(([name]) => name === verb)?.[1] ?? 'cleared');
  const rest = readCommon(inner, DRIVE_EXPIRY_MS);
  if (device === null || lacking !== undefined || until === null || rest === null) return null;
  return { kind: 'drive', device, until, ...rest };
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
