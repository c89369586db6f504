import type { Escalation } from '../domain/deciding.ts';
import type { Priority } from '../domain/alarm.ts';
import type { Checked } from '../domain/errors.ts';
import type { StreamSpec } from '../domain/stream.ts';
import { readActions } from './action-fields.ts';
import { SNAPSHOT } from './actions.ts';
import { Fields, Problems } from './fields.ts';
import { compileGuard, type Guard } from './guard.ts';
import { KINDS } from './kinds.ts';
import type { Kind } from './kinds/kind.ts';
import { silenceOver } from './kinds/silent.ts';
import type { Level, OnUnknown, Rule } from './rule.ts';
import { readSelector } from './selector.ts';
import type { Site } from './site.ts';
import { readDelay, readDuration, readFlag, readName, readPriority, readText, readTitle } from './values.ts';

const ID = /^[a-z][a-z0-9-]{0,47}$/;
const SHARED = ['priority', 'raise-after', 'clear-after'];
const KEYS = [
  'id',
  'title',
  'basis',
  'kind',
  'on',
  'levels',
  'latch',
  'escalate',
  'when',
  'on-unknown',
  'do',
  'shelving',
];
/** A record's text holds this many bytes; alarm ids and command ids are made of names. */
const TEXT_BYTES = 256;
/** Room for the cause in a command id, `   1023.9007199254740991.1` with its blanks. */
const COMMAND_CAUSE = 26;

/**
 * Checks the rules of a parsed file (a list) against the site, and gives them, or every problem
 * with its path. A rule that never could speak, or could never clear, is a problem too.
 *
 * @param taken ids of the rules of other files
 */
export function checkRules(
  raw: unknown,
  site: Site,
  taken: ReadonlySet<string> = new Set(),
): Checked<readonly Rule[]> {
  const problems = new Problems();
  if (!Array.isArray(raw)) {
    problems.add([], 'must be a list of rules, each beginning with "- id:"', raw);
    return { ok: false, problems: problems.list };
  }
  const seen = new Map<string, number | null>([...taken].map((id) => [id, null]));
  const rules = raw.flatMap((item: unknown, i): Rule[] => readRule(item, i, seen, site, problems));
  return problems.list.length > 0 ? { ok: false, problems: problems.list } : { ok: true, value: rules };
}

function readRule(
  raw: unknown,
  i: number,
  seen: Map<string, number | null>,
  site: Site,
  problems: Problems,
): Rule[] {
  const named: unknown = typeof raw === 'object' && raw !== null ? Reflect.get(raw, 'kind') : undefined;
  const kind = Object.entries<Kind>(KINDS).find(([name]) => name === named)?.[1] ?? null;
  const rule = Fields.of(raw, [i], problems, [...KEYS, ...SHARED, ...keysOf(kind)]);
  if (rule === null) return [];
  const before = problems.list.length;
  const id = readId(rule, i, seen);
  const title = readTitle(rule);
  const basis = readText(rule, 'basis', 'why this rule exists, e.g. the clause it follows');
  const name = readName(rule, 'kind', Object.keys(KINDS), 'a kind of rule');
  const streams = readStreams(rule, site);
  const when = readGuard(rule, site, streams?.list ?? []);
  const latch = readFlag(rule, 'latch');
  const shelving = readShelving(rule);
  const escalate = rule.has('escalate') ? readEscalation(rule) : null;
  const actions = readActions(rule, site);
  const { levels, priorities } = readLevels(rule, kind, streams?.list ?? []);
  const unknown = readOnUnknown(rule);
  if (escalate !== null && priorities?.every((priority) => escalate.to >= priority) === true) {
    rule.fail('escalate', 'must lead to a higher priority than the rule begins with');
  }
  if (problems.list.length > before) return [];
  if (id === null || title === null || basis === null || name === null || streams === null) return [];
  const priority = mostSevere(levels);
  const alarm = { rule: id, title, basis, priority, latch, escalate, ...shelving };
  const own = { id, kind: name, alarm, on: streams.on, levels, when, onUnknown: unknown.tell, actions };
  const all = unknown.alarm === null ? [own] : [own, companionOf(own, unknown.alarm)];
  return isNameable(all, rule, streams.list) ? all : [];
}

function readId(rule: Fields, i: number, seen: Map<string, number | null>): string | null {
  const id = readText(rule, 'id', 'a name of this rule, such as cold-room-warm');
  if (id === null) return null;
  if (!ID.test(id))
    return rule.fail('id', 'must be small letters, digits and "-", at most 48, a letter first');
  const first = seen.get(id);
  if (first !== undefined) {
    const where = first === null ? 'a rule of another file' : `rule ${first + 1}`;
    return rule.fail('id', `is also the id of ${where}; each id stands once`);
  }
  seen.set(id, i);
  return id;
}

/** `never`, or the longest time an operator may shelve it for. */
function readShelving(rule: Fields): { readonly shelvingMs?: number } {
  if (!rule.has('shelving')) return {};
  if (rule.raw('shelving') === 'never') return { shelvingMs: 0 };
  const shelvingMs = readDuration(rule, 'shelving', 60_000);
  return shelvingMs === null ? {} : { shelvingMs };
}

type Selected = { readonly on: Rule['on']; readonly list: readonly StreamSpec[] };

function readStreams(rule: Fields, site: Site): Selected | null {
  const on = readSelector(rule);
  if (on === null) return null;
  const list = site.streams.filter((stream) => on(stream, site.zones));
  if (list.length === 0 && mayComeYet(rule.raw('on'), site)) return null;
  if (list.length === 0) {
    const known = site.streams.slice(0, 5).map((s) => `${s.id} (${s.quantity} in ${s.place})`);
    return rule.fail(
      'on',
      `names no stream; there are ${known.join(', ') || 'none'}${site.streams.length > 5 ? ', …' : ''}`,
    );
  }
  return { on, list };
}

/** Whether what `on` names can be of a device entry that is wrong: no name in it is one that nobody has. */
function mayComeYet(raw: unknown, site: Site): boolean {
  if (site.complete || typeof raw !== 'object' || raw === null) return false;
  const nameAt = (key: string): string | null => {
    const value: unknown = Reflect.get(raw, key);
    return typeof value === 'string' && !/[*?]/.test(value) ? value : null;
  };
  const [device, stream, zone] = [nameAt('device'), nameAt('stream'), nameAt('zone')];
  const devices = [device, stream?.split('/')[0] ?? null].filter((name) => name !== null);
  return (zone === null || site.zones.has(zone)) && devices.every((name) => site.isPending(name));
}

function readGuard(rule: Fields, site: Site, streams: readonly StreamSpec[]): Guard | null {
  if (!rule.has('when')) return null;
  const text = readText(rule, 'when', "a condition such as zone.mode != 'defrost'");
  if (text === null) return null;
  const compiled = compileGuard(text, site.zones);
  if (!compiled.ok) return rule.fail('when', compiled.message);
  for (const stream of streams) {
    for (const healthy of [true, false]) {
      try {
        compiled.guard({ stream, zones: site.zones, healthy });
      } catch (error) {
        // E.g. a division by zero: types alone do not show it, the site's own facts do.
        const why = error instanceof Error ? error.message.split('\n')[0] : String(error);
        return rule.fail('when', `fails on stream ${stream.id}: ${why}`);
      }
    }
  }
  return compiled.guard;
}

function readEscalation(rule: Fields): Escalation | null {
  const fields = Fields.of(rule.raw('escalate'), rule.at('escalate'), rule.problems, ['after', 'to']);
  if (fields === null) return null;
  const afterMs = readDuration(fields, 'after', 1);
  const to = readPriority(fields, 'to');
  return afterMs === null || to === null ? null : { afterMs, to };
}

/** The levels that are right, and every priority of the rule; null when not all of these are. */
type Levels = { readonly levels: readonly Level[]; readonly priorities: readonly Priority[] | null };

/** A rule whose kind or streams are wrong is read all the same, as far as it does not depend on them. */
function readLevels(rule: Fields, kind: Kind | null, streams: readonly StreamSpec[]): Levels {
  if (!rule.has('levels')) return allOf([readLevel(rule, kind, streams)]);
  const raw = rule.raw('levels');
  if (!Array.isArray(raw) || raw.length === 0) {
    rule.fail('levels', 'must be a list with one entry for each priority');
    return { levels: [], priorities: null };
  }
  const used = new Set<Priority>();
  const keys = [...SHARED, ...keysOf(kind)];
  const read = raw.map((item: unknown, j): ReadLevel => {
    const fields = Fields.of(item, [...rule.at('levels'), j], rule.problems, keys, rule);
    if (fields === null) return { priority: null, level: null };
    const one = readLevel(fields, kind, streams);
    if (one.priority === null) return one;
    if (used.has(one.priority)) fields.fail('priority', 'stands twice; each level has its own priority');
    used.add(one.priority);
    return one;
  });
  return allOf(read);
}

type ReadLevel = { readonly priority: Priority | null; readonly level: Level | null };

function allOf(read: readonly ReadLevel[]): Levels {
  const priorities = read.map((one) => one.priority).filter((priority) => priority !== null);
  return {
    levels: read.map((one) => one.level).filter((level) => level !== null),
    priorities: priorities.length === read.length ? priorities : null,
  };
}

function readLevel(fields: Fields, kind: Kind | null, streams: readonly StreamSpec[]): ReadLevel {
  const priority = readPriority(fields, 'priority');
  const clear = readDelay(fields, 'clear-after');
  if (kind === null) {
    // Whether it must be there depends on the kind, what it may say does not.
    if (fields.has('raise-after')) readDelay(fields, 'raise-after');
    return { priority, level: null };
  }
  const bind = kind.check(fields, streams);
  const raise = kind.raiseAfter ? readDelay(fields, 'raise-after') : { ms: 0 };
  if (!kind.raiseAfter && fields.has('raise-after')) {
    fields.fail('raise-after', `does not apply here; this kind waits by its own ${kind.keys.join(', ')}`);
  }
  if (priority === null || raise === null || clear === null || bind === null)
    return { priority, level: null };
  return { priority, level: { priority, raise, clear, bind } };
}

function keysOf(kind: Kind | null): readonly string[] {
  return kind === null ? Object.values<Kind>(KINDS).flatMap((k) => k.keys) : kind.keys;
}

type UnknownAlarm = {
  readonly priority: Priority;
  readonly silence: Level['bind'];
  readonly clear: Level['clear'];
};

/** `tell`, `ignore`, or `{ alarm: medium, after: 2m, clear-after: 3 samples }`: an alarm of its own. */
function readOnUnknown(rule: Fields): { tell: OnUnknown; alarm: UnknownAlarm | null } {
  const raw = rule.raw('on-unknown') ?? 'tell';
  if (raw === 'tell' || raw === 'ignore') return { tell: raw, alarm: null };
  if (typeof raw === 'string') {
    rule.fail('on-unknown', 'must be tell, ignore or { alarm: …, after: …, clear-after: … }');
    return { tell: 'tell', alarm: null };
  }
  const keys = ['alarm', 'after', 'clear-after'];
  const fields = Fields.of(raw, rule.at('on-unknown'), rule.problems, keys);
  const priority = fields === null ? null : readPriority(fields, 'alarm');
  const afterMs = fields === null ? null : readDuration(fields, 'after', 1);
  const clear = fields === null ? null : readDelay(fields, 'clear-after');
  if (priority === null || afterMs === null || clear === null) return { tell: 'tell', alarm: null };
  const silence = silenceOver(() => afterMs);
  return { tell: 'tell', alarm: { priority, silence, clear } };
}

/** An input that stays unusable or silent is an alarm of its own, beside the one it blinds. */
function companionOf(rule: Rule, unknown: UnknownAlarm): Rule {
  const { title } = rule.alarm;
  const id = `${rule.id}.unknown`;
  return {
    ...rule,
    id,
    kind: 'silent',
    alarm: {
      ...rule.alarm,
      rule: id,
      title: { en: `${title.en}: not known`, zh: `${title.zh}:状态未知` },
      priority: unknown.priority,
      escalate: null,
    },
    levels: [{ priority: unknown.priority, raise: { ms: 0 }, clear: unknown.clear, bind: unknown.silence }],
  };
}

function mostSevere(levels: readonly Level[]): Priority {
  return levels.reduce<Priority>((least, { priority }) => (priority < least ? priority : least), 4);
}

/** Alarm and command ids must fit into a record. */
function isNameable(rules: readonly Rule[], fields: Fields, streams: readonly StreamSpec[]): boolean {
  for (const rule of rules) {
    const devices = rule.actions.map((action) => {
      if (action.kind === 'notify') return 0;
      const verbs = action.kind === 'snapshot' ? [SNAPSHOT] : [action.on, action.off];
      return action.device.length + Math.max(...verbs.map((verb) => verb.length)) + COMMAND_CAUSE;
    });
    const room = TEXT_BYTES - rule.id.length - 1 - Math.max(0, ...devices);
    const long = streams.find((s) => s.id.length > room);
    if (long === undefined) continue;
    fields.fail('id', `with stream ${long.id} makes an alarm or command id of more than ${TEXT_BYTES} bytes`);
    return false;
  }
  return true;
}
