import { resolve } from 'node:path';
import type { Checked } from '../domain/errors.ts';
import type { ConfigFile } from './configuration.ts';
import { placed, valueAt, type Problems } from './problems.ts';
import { ruleChanges, ruleFile } from './schema.ts';
import type { Source, SourceFiles } from './source.ts';

type Rules<R> = { readonly rules: readonly R[]; readonly files: readonly ConfigFile[] };

/** Reads the listed rule files in their order; a rule's id is unique over all of them. */
export function readRules<R extends { readonly id: string }>(
  source: Source,
  problems: Problems,
  { directory, disk }: { readonly directory: string; readonly disk: SourceFiles },
  check: (raw: unknown) => Checked<readonly R[]>,
): Rules<R> {
  const raw = valueAt(source.value, ['rules']) ?? [];
  if (!Array.isArray(raw)) {
    problems.at(source, ['rules'], 'must be a list of rule files');
    return { rules: [], files: [] };
  }
  const rules: R[] = [];
  const files: ConfigFile[] = [];
  const owners = new Map<string, string>();
  for (const [i, entry] of raw.entries()) {
    const path = ['rules', i];
    const name = problems.read(source, path, entry, ruleFile);
    if (name === undefined) continue;
    if (files.some((f) => f.name === name)) problems.at(source, path, 'is listed twice; keep one');
    const read = disk.read(resolve(directory, name));
    if (!read.ok) {
      reportUnreadable(source, problems, path, read.problems);
      continue;
    }
    files.push({ name, bytes: read.value.bytes });
    const checked = check(read.value.value);
    for (const problem of checked.ok ? [] : checked.problems) problems.add(placed(read.value, problem));
    checkOnce(read.value, problems, owners, name);
    if (checked.ok) rules.push(...checked.value);
  }
  return { rules, files };
}

/** Ids as written: a rule that is wrong has its id all the same. Within a file the checker looks. */
function checkOnce(file: Source, problems: Problems, owners: Map<string, string>, name: string): void {
  const entries = Array.isArray(file.value) ? file.value : [];
  for (const j of entries.keys()) {
    const id = valueAt(file.value, [j, 'id']);
    if (typeof id !== 'string') continue;
    const owner = owners.get(id);
    if (owner === undefined) owners.set(id, name);
    else if (owner !== name)
      problems.at(file, [j, 'id'], `is a second rule of this id; the first is in ${owner}`);
  }
}

/** A file that is not there is a problem of the line that lists it, a faulty one of its own lines. */
function reportUnreadable(
  source: Source,
  problems: Problems,
  path: readonly (string | number)[],
  found: readonly {
    readonly message: string;
    readonly line?: number;
    readonly path: readonly [] | readonly (string | number)[];
  }[],
): void {
  for (const problem of found) {
    if (problem.line === undefined) problems.at(source, path, `names a file that ${problem.message}`);
    else problems.add(problem);
  }
}

/** Within which time a changed rule set must be confirmed, ms; null for never. */
export function readRuleChanges(source: Source, problems: Problems): number | null {
  const raw = valueAt(source.value, ['rule-changes']) ?? {};
  const within = problems.read(source, ['rule-changes'], raw, ruleChanges)?.['confirm-within'];
  return within === undefined || within === 'never' ? null : within;
}
