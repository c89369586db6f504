import type { z } from 'zod';
import type { Problem } from '../domain/errors.ts';
import { nearest, suggestion } from '../domain/nearest.ts';
import { isReference, isSecretPath, type SecretStore } from './secret.ts';
import type { Path, Source } from './source.ts';

/** Collects what is wrong, each thing once. */
export class Problems {
  readonly #list = new Map<string, Problem>();
  readonly #places = new Set<string>();

  get list(): readonly Problem[] {
    return [...this.#list.values()];
  }

  get count(): number {
    return this.#list.size;
  }

  /** Whether something was said about this very place. */
  has(source: Source, path: Path): boolean {
    return this.#places.has(JSON.stringify([source.file, path]));
  }

  /** A problem at `path` of `source`, with line, column and what was written there. */
  at(source: Source, path: Path, message: string, part: 'value' | 'key' = 'value'): void {
    this.add(placed(source, { path, message }, part));
  }

  add(problem: Problem): void {
    this.#places.add(JSON.stringify([problem.file, problem.path]));
    this.#list.set(JSON.stringify([problem.file, problem.path, problem.line, problem.message]), problem);
  }

  /** The value of `path` as `schema` reads it; undefined when there is none or something is wrong. */
  read<T>(source: Source, path: Path, raw: unknown, schema: z.ZodType<T>): T | undefined {
    const result = schema.safeParse(raw);
    if (result.success) return result.data;
    for (const issue of result.error.issues) this.#issue(source, path, raw, issue);
    return undefined;
  }

  /** Notes when the secret of this reference cannot be read; what is no reference, its schema tells. */
  secret(source: Source, path: Path, secrets: SecretStore): void {
    const reference = valueAt(source.value, path);
    if (typeof reference !== 'string' || !isReference(reference)) return;
    const objection = secrets.objection(reference);
    if (objection !== null) this.at(source, path, objection);
  }

  #issue(source: Source, base: Path, raw: unknown, issue: z.core.$ZodIssue): void {
    const inner = issue.path.map((key) => (typeof key === 'symbol' ? String(key) : key));
    const path = [...base, ...inner];
    if (issue.code === 'unrecognized_keys') {
      const known = issue.message.split(' ');
      for (const key of issue.keys) this.at(source, [...path, key], unknownKey(key, known), 'key');
    } else if (issue.code === 'custom' && issue.params?.['key'] === true) {
      const found = String(inner.at(-1));
      this.add(placed(source, { path, message: issue.message, found }, 'key'));
    } else if (valueAt(raw, inner) === undefined) {
      this.at(source, path, `is missing; it ${issue.message}`);
    } else {
      this.at(source, path, issue.message);
    }
  }
}

/** Completes a problem with its place in `source`; a secret's value is never told. */
export function placed(source: Source, problem: Problem, part: 'value' | 'key' = 'value'): Problem {
  const found = problem.found ?? source.written(problem.path);
  return {
    path: problem.path,
    message: problem.message,
    ...(found === undefined || mayHoldSecret(problem.path, found) ? {} : { found }),
    file: source.file,
    ...source.place(problem.path, part),
  };
}

function mayHoldSecret(path: Path, found: string): boolean {
  return isSecretPath(path) || /:\/\/[^/]*@/.test(found);
}

export function unknownKey(key: string, known: readonly string[]): string {
  const close = nearest(key, known);
  if (close !== null) return `is not a key here; did you mean "${close}"?`;
  return known.length === 1
    ? `is not a key here; the only one is ${known.join('')}`
    : `is not a key here; there are ${known.slice(0, -1).join(', ')} and ${known.at(-1)}`;
}

export function valueAt(raw: unknown, path: Path): unknown {
  let value = raw;
  for (const key of path) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return undefined;
    value = Reflect.get(value, key);
  }
  return value;
}

/** The sentence for a name that points at nothing, with the nearest that exists. */
export function notOneOf(kind: string, name: string, known: readonly string[]): string {
  return `is not a ${kind} of this configuration${suggestion(name, known)}`;
}
