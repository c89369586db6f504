import * as z from 'zod';
import type { Checked, Problem } from '../domain/errors.ts';
import { suggestion } from '../domain/nearest.ts';
import { formatDuration, parseDuration } from '../domain/units.ts';

/**
 * An object that takes only the keys of `shape`. The message of its issue is the list of known
 * keys, which `check` turns into "did you mean": zod's issue names the unknown keys alone.
 */
export function closed<S extends z.core.$ZodLooseShape>(shape: S) {
  return z.strictObject(shape, {
    error: (issue) => (issue.code === 'unrecognized_keys' ? Object.keys(shape).join(', ') : undefined),
  });
}

/**
 * A time as people write it (`300ms`, `10s`), ms, within [least, most]. Whatever else stands there, a
 * bare number or nothing at all, is told how a time is written.
 */
export function duration(least: number, most: number) {
  const what = `must be a time with its unit from ${formatDuration(least)} to ${formatDuration(most)}, e.g. 100ms, 10s or 5m`;
  return z.unknown().transform((value, ctx) => {
    const ms = typeof value === 'string' ? parseDuration(value) : null;
    return ms !== null && ms >= least && ms <= most ? ms : fail(ctx, what);
  });
}

/** Reports a problem from within a transform. */
export function fail(ctx: z.core.$RefinementCtx, message: string): never {
  ctx.addIssue({ code: 'custom', message });
  return z.NEVER;
}

/** The id of a device or connection as it stands in stream ids and evidence. */
export const deviceId = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/, 'must be letters, digits, ".", "_" or "-", at most 64');

/** `file:/etc/bailee/x` or `credential:x`: secrets stand in no configuration file. */
export const secretReference = z
  .string()
  .regex(/^(file|credential):.+$/, 'must be a reference, file:PATH or credential:NAME');

/** Parses `raw`, or gives every problem with path, value found and what would be right. */
export function check<T>(schema: z.ZodType<T>, raw: unknown): Checked<T> {
  const result = schema.safeParse(raw);
  if (result.success) return { ok: true, value: result.data };
  return { ok: false, problems: result.error.issues.flatMap((issue) => problemsOf(issue, raw)) };
}

/**
 * The fields of `raw` that are as they should be, whatever the others are: what one field must be
 * because of another is then told together with what is wrong in a third.
 * @param fields of which none is required, such as `schema.partial()`
 */
export function readable<T>(fields: z.ZodType<T>, raw: unknown): T {
  const written = mapOf(raw);
  const result = fields.safeParse(written);
  if (result.success) return result.data;
  const wrong = result.error.issues.flatMap((i) => (i.code === 'unrecognized_keys' ? i.keys : [i.path[0]]));
  return fields.parse(Object.fromEntries(Object.entries(written).filter(([key]) => !wrong.includes(key))));
}

/** What stands in `raw` if it is a map, else an empty one. */
export function mapOf(raw: unknown): Readonly<Record<string, unknown>> {
  if (typeof raw !== 'object' || raw === null || Array.isArray(raw)) return {};
  return Object.fromEntries(Object.entries(raw).filter(([, value]) => value !== undefined));
}

/** The maps in the list under `key`, an empty one for each item that is none. */
export function mapsIn(raw: unknown, key: string): Readonly<Record<string, unknown>>[] {
  const list = mapOf(raw)[key];
  return Array.isArray(list) ? list.map(mapOf) : [];
}

function problemsOf(issue: z.core.$ZodIssue, raw: unknown): Problem[] {
  const path = issue.path.map((key) => (typeof key === 'symbol' ? String(key) : key));
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => ({
      path: [...path, key],
      message: `is not a known key${suggestion(key, issue.message.split(', '))}`,
    }));
  }
  if (issue.code === 'invalid_union' && issue.errors.length > 0) {
    const nearestBranch =
      [...issue.errors].sort((a, b) => depth(b) - depth(a) || a.length - b.length)[0] ?? [];
    return nearestBranch.flatMap((inner) =>
      problemsOf({ ...inner, path: [...issue.path, ...inner.path] }, raw),
    );
  }
  const value = valueAt(raw, path);
  if (value === undefined) return [{ path, message: `is missing; it ${sentence(issue)}` }];
  return [{ path, message: sentence(issue), found: display(value) }];
}

function depth(issues: readonly z.core.$ZodIssue[]): number {
  return Math.max(0, ...issues.map((issue) => issue.path.length));
}

function sentence(issue: z.core.$ZodIssue): string {
  return issue.code === 'custom' || issue.code === 'invalid_format'
    ? issue.message
    : `must be ${expectedOf(issue)}`;
}

function expectedOf(issue: z.core.$ZodIssue): string {
  switch (issue.code) {
    case 'invalid_type':
      return KINDS[issue.expected] ?? issue.expected;
    case 'invalid_value':
      return issue.values.length === 1 ? String(issue.values[0]) : `one of ${issue.values.join(', ')}`;
    case 'too_small':
      return `at least ${issue.minimum}${SIZED.has(issue.origin) ? ' long' : ''}`;
    case 'too_big':
      return `at most ${issue.maximum}${SIZED.has(issue.origin) ? ' long' : ''}`;
    case 'invalid_union':
      return 'options' in issue ? `one of ${String(issue.options)}` : issue.message;
    case 'invalid_format':
    case 'not_multiple_of':
    case 'unrecognized_keys':
    case 'invalid_key':
    case 'invalid_element':
    case 'custom':
    default:
      return issue.message;
  }
}

const KINDS: Readonly<Record<string, string>> = {
  string: 'text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'a mapping of keys to values',
  record: 'a mapping of keys to values',
};

const SIZED: ReadonlySet<string> = new Set(['string', 'array', 'set', 'map']);

function valueAt(raw: unknown, path: readonly (string | number)[]): unknown {
  let value: unknown = raw;
  for (const key of path) {
    if (typeof value !== 'object' || value === null) return undefined;
    value = Reflect.get(value, key);
  }
  return value;
}

/** The value as the user wrote it, at most 80 characters. */
export function display(value: unknown): string {
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return text.length > 80 ? `${text.slice(0, 79)}…` : text;
}
