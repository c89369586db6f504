import { createHash } from 'node:crypto';
import type { Configuration, ConfigFile } from './configuration.ts';
import { parseSource } from './source.ts';

type Files = Configuration<never, never>['files'];

/**
 * One difference between two sets of rules. `path` is where it stands, ids in place of numbers in a
 * list (`rules/cold-room-warm/above`); null: it was not there, or is not there any more.
 */
export type Change = { readonly path: string; readonly old: string | null; readonly new: string | null };

/** Sections of the main file by which rules are bound and decide. */
const SECTIONS = ['zones', 'devices', 'goods', 'notify', 'profile', 'interlocks', 'rule-changes'] as const;

/** A value as it stands in a configuration, and the thing with an id that it belongs to. */
type Leaf = { readonly text: string; readonly thing: string | null };
type Leaves = Map<string, Leaf>;

/**
 * What changed of all that decides: rules, and what of the configuration they go by. Comments, the
 * order of keys and of things with ids, and all other sections decide nothing.
 */
export function changesBetween(before: Files, after: Files): Change[] {
  const [was, is] = [leavesOf(before), leavesOf(after)];
  const [wasThings, isThings] = [thingsOf(was), thingsOf(is)];
  const changes = new Map<string, Change>();
  for (const path of [...new Set([...was.keys(), ...is.keys()])].sort()) {
    const [old, now] = [was.get(path), is.get(path)];
    if (old?.text === now?.text) continue;
    const thing = now?.thing ?? old?.thing ?? null;
    const isWhole = thing !== null && wasThings.has(thing) !== isThings.has(thing);
    const at = isWhole ? thing : path;
    if (changes.has(at)) continue;
    const [oldText, newText] = isWhole ? [wasThings.get(thing), isThings.get(thing)] : [old?.text, now?.text];
    changes.set(at, { path: at, old: oldText ?? null, new: newText ?? null });
  }
  return [...changes.values()];
}

/** Equal for two sets of files between which `changesBetween` finds nothing; SHA-256 in hex. */
export function decidingDigest(files: Files): string {
  const sorted = [...leavesOf(files)].map(([path, { text }]) => `${path}: ${text}`).sort();
  return createHash('sha256').update(JSON.stringify(sorted)).digest('hex');
}

function leavesOf({ configuration: [main, ...profiles], rules }: Files): Leaves {
  const leaves: Leaves = new Map();
  const whole = main === undefined ? null : valueOf(main);
  for (const name of SECTIONS) {
    const value = mapOf(whole)?.[name];
    if (value !== undefined) flatten(leaves, name, value, null);
  }
  for (const file of rules) flatten(leaves, 'rules', valueOf(file), null);
  // Maps of registers and of corridors: whoever wants to know more compares the files.
  for (const { name, bytes } of profiles) {
    leaves.set(name, { text: `sha256:${createHash('sha256').update(bytes).digest('hex')}`, thing: null });
  }
  return leaves;
}

function valueOf({ name, bytes }: ConfigFile): unknown {
  const source = parseSource(name, bytes);
  return source.ok ? source.value.value : null;
}

function flatten(leaves: Leaves, path: string, value: unknown, thing: string | null): void {
  const map = mapOf(value);
  if (Array.isArray(value) && value.length > 0) {
    value.forEach((item: unknown, i) => {
      const id = mapOf(item)?.['id'];
      if (typeof id !== 'string') flatten(leaves, `${path}/${i}`, item, thing);
      else flatten(leaves, `${path}/${id}`, item, thing ?? `${path}/${id}`);
    });
  } else if (map !== null && Object.keys(map).length > 0) {
    for (const [key, inner] of Object.entries(map)) flatten(leaves, `${path}/${key}`, inner, thing);
  } else leaves.set(path, { text: typeof value === 'string' ? value : JSON.stringify(value), thing });
}

/** Each thing with an id, and in one line all that is said of it. */
function thingsOf(leaves: Leaves): Map<string, string> {
  const things = new Map<string, string[]>();
  for (const [path, { text, thing }] of leaves) {
    if (thing === null) continue;
    const key = path.slice(thing.length + 1);
    const parts = things.get(thing) ?? [];
    things.set(thing, parts);
    if (key !== 'id') parts.push(`${key}: ${text}`);
  }
  return new Map([...things].map(([thing, parts]) => [thing, parts.join(', ')]));
}

function mapOf(value: unknown): Readonly<Record<string, unknown>> | null {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? Object.fromEntries(Object.entries(value))
    : null;
}
