import type { Problem } from '../domain/errors.ts';
import { suggestion } from '../domain/nearest.ts';

export type Path = readonly (string | number)[];

/** Collects every problem of a rule file, so that one run of `check` shows them all. */
export class Problems {
  readonly list: Problem[] = [];

  add(path: Path, message: string, found?: unknown): null {
    this.list.push({ path, message, ...(found === undefined ? {} : { found: display(found) }) });
    return null;
  }
}

/** One mapping of a rule file. A level falls back to the rule it belongs to. */
export class Fields {
  readonly path: Path;
  readonly problems: Problems;
  readonly #raw: Readonly<Record<string, unknown>>;
  readonly #parent: Fields | null;

  private constructor(
    raw: Readonly<Record<string, unknown>>,
    path: Path,
    problems: Problems,
    parent: Fields | null,
  ) {
    this.#raw = raw;
    this.path = path;
    this.problems = problems;
    this.#parent = parent;
  }

  /** Null, with a problem told, when `raw` is no mapping; unknown keys are told and passed over. */
  static of(
    raw: unknown,
    path: Path,
    problems: Problems,
    known: readonly string[],
    parent: Fields | null = null,
  ): Fields | null {
    if (!isMapping(raw)) return problems.add(path, 'must be a mapping of keys to values', raw);
    for (const key of Object.keys(raw)) {
      if (known.includes(key)) continue;
      problems.add([...path, key], `"${key}" is not a key here${suggestion(key, known)}`);
    }
    return new Fields(raw, path, problems, parent);
  }

  has(key: string): boolean {
    return this.raw(key) !== undefined;
  }

  raw(key: string): unknown {
    return this.#owner(key).#own(key);
  }

  /** Where the value of `key` stands, or would stand. */
  at(key: string): Path {
    return [...this.#owner(key).path, key];
  }

  fail(key: string, message: string): null {
    return this.problems.add(this.at(key), message, this.raw(key));
  }

  missing(key: string, expected: string): null {
    return this.problems.add(this.at(key), `is missing; expected ${expected}`);
  }

  #owner(key: string): Fields {
    return this.#own(key) === undefined && this.#parent?.has(key) === true ? this.#parent.#owner(key) : this;
  }

  #own(key: string): unknown {
    return Object.hasOwn(this.#raw, key) ? (this.#raw[key] ?? undefined) : undefined;
  }
}

function isMapping(raw: unknown): raw is Readonly<Record<string, unknown>> {
  return typeof raw === 'object' && raw !== null && !Array.isArray(raw);
}

/** The value as the user wrote it, one line of at most 80 characters. */
export function display(value: unknown): string {
  const text = typeof value === 'string' ? value : (JSON.stringify(value) ?? String(value));
  return text.length > 80 ? `${text.slice(0, 79)}…` : text;
}
