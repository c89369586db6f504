import type { Priority } from '../domain/alarm.ts';
import type { StreamSpec } from '../domain/stream.ts';
import { Fields } from './fields.ts';
import { KINDS } from './kinds.ts';
import type { Kind, Scope } from './kinds/kind.ts';
import type { Level } from './rule.ts';
import { readDelay, readPriority } from './values.ts';

/** Keys of every level; a rule may have them for all of its levels. */
export const SHARED = ['priority', 'raise-after', 'clear-after'];

/** The levels that are right, and every priority of the rule; null when not all of these are. */
type Levels = { readonly levels: readonly Level[]; readonly priorities: readonly Priority[] | null };

/** A rule whose kind or streams are wrong is read all the same, as far as it does not depend on them. */
export function readLevels(
  rule: Fields,
  kind: Kind | null,
  streams: readonly StreamSpec[],
  scope: Scope,
): Levels {
  if (!rule.has('levels')) return allOf([readLevel(rule, kind, streams, scope)]);
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
    const one = readLevel(fields, kind, streams, scope);
    if (one.priority === null) return one;
    if (used.has(one.priority)) fields.fail('priority', 'stands twice; each level has its own priority');
    used.add(one.priority);
    return one;
  });
  return allOf(read);
}

export function keysOf(kind: Kind | null): readonly string[] {
  return kind === null ? Object.values<Kind>(KINDS).flatMap((k) => k.keys) : kind.keys;
}

export function mostSevere(levels: readonly Level[]): Priority {
  return levels.reduce<Priority>((least, { priority }) => (priority < least ? priority : least), 4);
}

type ReadLevel = { readonly priority: Priority | null; readonly level: Level | null };

function allOf(read: readonly ReadLevel[]): Levels {
  const priorities = read.map((one) => one.priority).filter((priority) => priority !== null);
  return {
    levels: read.map((one) => one.level).filter((level) => level !== null),
    priorities: priorities.length === read.length ? priorities : null,
  };
}

function readLevel(
  fields: Fields,
  kind: Kind | null,
  streams: readonly StreamSpec[],
  scope: Scope,
): ReadLevel {
  const priority = readPriority(fields, 'priority');
  const clear = readDelay(fields, 'clear-after');
  if (kind === null) {
    // Whether it must be there depends on the kind, what it may say does not.
    if (fields.has('raise-after')) readDelay(fields, 'raise-after');
    return { priority, level: null };
  }
  const bind = kind.check(fields, streams, scope);
  const raise = kind.raiseAfter ? readDelay(fields, 'raise-after') : { ms: 0 };
  if (!kind.raiseAfter && fields.has('raise-after')) {
    fields.fail('raise-after', `does not apply here; this kind waits by its own ${kind.keys.join(', ')}`);
  }
  if (priority === null || raise === null || clear === null || bind === null)
    return { priority, level: null };
  return { priority, level: { priority, raise, clear, bind } };
}
