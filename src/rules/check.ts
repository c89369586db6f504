import type { Escalation } from '../domain/deciding.ts';
import type { Checked } from '../domain/errors.ts';
import type { StreamSpec } from '../domain/stream.ts';
import { readActions } from './action-fields.ts';
import { companionsOf, readOnLate, readOnUnknown } from './companions.ts';
import { SNAPSHOT } from './actions.ts';
import { Fields, Problems } from './fields.ts';
import { compileGuard, type Guard } from './guard.ts';
import { KINDS } from './kinds.ts';
import type { Kind, Scope } from './kinds/kind.ts';
import { keysOf, mostSevere, readLevels, SHARED } from './levels.ts';
import type { About, Rule } from './rule.ts';
import { findLoops, type Placed } from './loops.ts';
import { readSelector } from './selector.ts';
import type { Site } from './site.ts';
import { isAbout, subjectsOf } from './subjects.ts';
import { readDuration, readFlag, readName, readPriority, readText, readTitle } from './values.ts';
import { readWhile } from './while.ts';

const ID = /^[a-z][a-z0-9-]{0,47}$/;
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
  'on-late',
  'optional',
  'while',
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
  const earlier = new Map<string, Rule>();
  const placed: Placed[] = [];
  const rules = raw.flatMap((item: unknown, i): Rule[] => {
    const before = [...seen].filter(([, at]) => at !== null).map(([id]) => id);
    const read = readRule(item, i, seen, { site, before, earlier }, problems);
    for (const rule of read) earlier.set(rule.id, rule);
    const [own] = read;
    if (own !== undefined) placed.push({ i, rule: own });
    return read;
  });
  findLoops(placed, site, problems);
  return problems.list.length > 0 ? { ok: false, problems: problems.list } : { ok: true, value: rules };
}

function readRule(
  raw: unknown,
  i: number,
  seen: Map<string, number | null>,
  scope: Scope,
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
  const isOptional = readFlag(rule, 'optional');
  // What an optional rule does not find here is not missed.
  const site = isOptional ? { ...scope.site, complete: false, isPending: () => true } : scope.site;
  const streams = readStreams(rule, kind?.about ?? 'stream', site, isOptional);
  const when = readGuard(rule, site, streams?.list ?? []);
  const latch = readFlag(rule, 'latch');
  const isGspTemperature =
    site.profile === 'gsp' && name === 'limit' && measuresTemperature(streams?.list ?? []);
  const shelving = readShelving(rule, isGspTemperature);
  const escalate = rule.has('escalate') ? readEscalation(rule) : null;
  const actions = readActions(rule, scope.site, streams?.list ?? []);
  const { levels, priorities } = readLevels(rule, kind, streams?.list ?? [], { ...scope, site });
  const unknown = readOnUnknown(rule);
  const late = readOnLate(rule);
  const gate = rule.has('while') ? readWhile(rule, streams?.list ?? [], site) : null;
  if (escalate !== null && priorities?.every((priority) => escalate.to >= priority) === true) {
    rule.fail('escalate', 'must lead to a higher priority than the rule begins with');
  }
  if (problems.list.length > before) return [];
  if (id === null || title === null || basis === null || kind === null || name === null) return [];
  if (streams === null) return [];
  const priority = mostSevere(levels);
  const alarm = { rule: id, title, basis, priority, latch, escalate, ...shelving };
  const own: Rule = {
    id,
    kind: name,
    alarm,
    about: kind.about,
    on: streams.on,
    levels: gate === null ? levels : levels.map((level) => ({ ...level, bind: gate(level.bind) })),
    when,
    onUnknown: unknown.tell,
    calls: true,
    actions,
  };
  const all = [own, ...companionsOf(own, kind, unknown.alarm, late)];
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

/**
 * `never`, or the longest time an operator may shelve it for.
 *
 * @param isGsp under the GSP profile nobody shelves a temperature (control rule R16), whatever the rule says
 */
function readShelving(rule: Fields, isGsp: boolean): { readonly shelvingMs?: number } {
  if (isGsp && rule.has('shelving') && rule.raw('shelving') !== 'never') {
    rule.fail('shelving', 'must be never: under the profile gsp a temperature is not shelved');
  }
  if (isGsp) return { shelvingMs: 0 };
  if (!rule.has('shelving')) return {};
  if (rule.raw('shelving') === 'never') return { shelvingMs: 0 };
  const shelvingMs = readDuration(rule, 'shelving', 60_000);
  return shelvingMs === null ? {} : { shelvingMs };
}

const WHAT = { stream: 'stream', point: 'read point', zone: 'zone', gateway: 'gateway' } as const;

function measuresTemperature(streams: readonly StreamSpec[]): boolean {
  return streams.some(({ quantity }) => quantity === 'temperature');
}

type Selected = { readonly on: Rule['on']; readonly list: readonly StreamSpec[] };

function readStreams(rule: Fields, about: About, site: Site, isOptional: boolean): Selected | null {
  if (about === 'gateway') return ofGateway(rule, site);
  const selected = readSelector(rule, 'on');
  if (selected === null) return null;
  const on: Rule['on'] = (stream, zones) => isAbout(about, stream) && selected(stream, zones);
  const list = subjectsOf(about, site.streams, site.zones).filter((stream) => on(stream, site.zones));
  if (list.length === 0 && (isOptional || mayComeYet(rule.raw('on'), site))) return null;
  if (list.length === 0) {
    const all = subjectsOf(about, site.streams, site.zones);
    const known = all
      .slice(0, 5)
      .map((s) => (about === 'zone' ? s.dev : `${s.id} (${s.quantity} in ${s.place})`));
    const more = all.length > 5 ? ', …' : '';
    return rule.fail('on', `names no ${WHAT[about]}; there are ${known.join(', ') || 'none'}${more}`);
  }
  return { on, list };
}

function ofGateway(rule: Fields, site: Site): Selected | null {
  if (rule.has('on')) return rule.fail('on', 'does not apply here; this kind is about the gateway itself');
  return {
    on: (stream) => isAbout('gateway', stream),
    list: subjectsOf('gateway', site.streams, site.zones),
  };
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

/** Alarm and command ids must fit into a record. */
function isNameable(rules: readonly Rule[], fields: Fields, streams: readonly StreamSpec[]): boolean {
  for (const rule of rules) {
    const devices = rule.actions.map((action) => {
      if (action.kind === 'notify') return 0;
      if (action.kind === 'lock') return action.device.length + action.verb.length + COMMAND_CAUSE;
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
