import { isTimeZone, minuteName, uncovered, type Role, type Roster, type Shift } from '../domain/roster.ts';
import type { Person } from './configuration.ts';
import { idsOf, readEntries } from './entries.ts';
import * as schema from './people-schema.ts';
import { notOneOf, valueAt, type Problems } from './problems.ts';
import type { SecretStore } from './secret.ts';
import type { Path, Source } from './source.ts';

const ZONE = 'must be a time zone such as Asia/Shanghai or Europe/Berlin';

/** Reads `people`, `shifts` and `roles` of `notify:`, and whether every role is somebody's at every hour. */
export function readRoster(
  source: Source,
  problems: Problems,
  secrets: SecretStore,
): { readonly people: readonly Person[]; readonly roster: Roster } {
  const people = readPeople(source, problems, secrets);
  const shifts = readEntries(
    source,
    problems,
    ['notify', 'shifts'],
    'shift',
    (path, raw): Shift | undefined => problems.read(source, path, raw, schema.shift),
  );
  const known = idsOf(source, ['notify', 'people']);
  const roles = readEntries(source, problems, ['notify', 'roles'], 'role', (path, raw): Role | undefined => {
    const role = problems.read(source, path, raw, schema.role);
    checkNames(source, problems, [...path, 'people'], 'person', known);
    const named = valueAt(raw, ['shifts']);
    for (const name of typeof named === 'object' && named !== null ? Object.keys(named) : []) {
      const at = [...path, 'shifts', name];
      const ids = idsOf(source, ['notify', 'shifts']);
      if (!ids.includes(name)) problems.at(source, at, notOneOf('shift', name, ids), 'key');
      checkNames(source, problems, at, 'person', known);
    }
    return role === undefined ? undefined : built(source, problems, path, role, shifts);
  });
  return {
    people,
    roster: { timeZone: readZone(source, problems), roles: new Map(roles.map((r) => [r.id, r])) },
  };
}

function readPeople(source: Source, problems: Problems, secrets: SecretStore): Person[] {
  return readEntries(source, problems, ['notify', 'people'], 'person', (path, raw): Person | undefined => {
    for (const key of ['phone', 'mail', 'push']) problems.secret(source, [...path, key], secrets);
    const p = problems.read(source, path, raw, schema.person);
    if (p === undefined) return undefined;
    const { id, name = { en: id, zh: id }, language, phone = null, mail = null, push = null } = p;
    return { id, name, language, phone, mail, push };
  });
}

/** The week of shifts is that of the site, wherever the gateway's own clock thinks it is. */
function readZone(source: Source, problems: Problems): string {
  const zone = valueAt(source.value, ['notify', 'time-zone']);
  const isAsked = idsOf(source, ['notify', 'shifts']).length > 0;
  if (typeof zone === 'string' && isTimeZone(zone)) return zone;
  if (zone !== undefined) problems.at(source, ['notify', 'time-zone'], ZONE);
  else if (isAsked) problems.at(source, ['notify', 'shifts'], `need notify.time-zone; it ${ZONE}`, 'key');
  return 'UTC';
}

type ReadRole = {
  readonly id: string;
  readonly people?: readonly string[] | undefined;
  readonly shifts?: Readonly<Record<string, readonly string[]>> | undefined;
};

function built(
  source: Source,
  problems: Problems,
  path: Path,
  { id, people = [], shifts: named = {} }: ReadRole,
  shifts: readonly Shift[],
): Role | undefined {
  const byShift = Object.entries(named).flatMap(([name, who]) => {
    const shift = shifts.find((s) => s.id === name);
    return shift === undefined ? [] : [{ shift, people: who }];
  });
  const role = { id, always: people, byShift };
  if (byShift.length < Object.keys(named).length) return role;
  const hole = uncovered(role);
  if (hole === null) return role;
  const message =
    people.length + byShift.length === 0
      ? 'has nobody: give it people, or people by shifts'
      : `has nobody at ${minuteName(hole)}: give it a shift that covers this, or people who always have it`;
  problems.at(source, path, message);
  return role;
}

/** Names in a list, each looked at by itself. */
function checkNames(
  source: Source,
  problems: Problems,
  path: Path,
  kind: string,
  known: readonly string[],
): void {
  const raw = valueAt(source.value, path);
  for (const [i, name] of Array.isArray(raw) ? raw.entries() : []) {
    const at = [...path, i];
    if (typeof name !== 'string' || known.includes(name) || problems.has(source, at)) continue;
    problems.at(source, at, notOneOf(kind, name, known));
  }
}
