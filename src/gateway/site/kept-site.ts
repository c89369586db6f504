import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { isAlias, isMap, isNode, isScalar, isSeq, parseDocument, type Node } from 'yaml';
import type { ConfigFile } from '../../config/configuration.ts';
import { isReference } from '../../config/secret.ts';
import type { Checked } from '../../domain/errors.ts';
import { loadSite, type SiteConfiguration } from './site.ts';

/** Files that a journal kept of one configuration: its main file first. */
export type KeptFiles = {
  readonly configuration: readonly ConfigFile[];
  readonly rules: readonly ConfigFile[];
};

/** Room above the configuration's folder for rule files that it names by `../../`. */
const DEPTH = 'a/b/c/d/e/f/g/h';

/**
 * Checks a configuration that the journal kept, as it was then and on any machine: its secrets and
 * certificates need not be here, since no decision depends on them.
 * @param otherRules rule files to take instead of those it lists
 */
export async function loadKeptSite(
  kept: KeptFiles,
  otherRules: readonly ConfigFile[] | null,
): Promise<Checked<SiteConfiguration>> {
  const root = mkdtempSync(join(tmpdir(), 'bailee-replay-'));
  try {
    const folder = join(root, DEPTH);
    const [main, ...profiles] = kept.configuration;
    if (main === undefined) return refused('the kept configuration lists no file');
    const rules = otherRules ?? kept.rules;
    const bytes = edited(main, otherRules === null ? null : rules.map((file) => file.name));
    for (const { name, bytes: content } of [{ name: main.name, bytes }, ...profiles, ...rules]) {
      const path = resolve(folder, name);
      if (!path.startsWith(`${root}/`))
        return refused(`a kept file is named ${name}, far outside its folder`);
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, content);
    }
    return await loadSite(join(folder, main.name), { checked: false });
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
}

function refused(message: string): Checked<never> {
  return { ok: false, problems: [{ path: [], message }] };
}

type Edit = { readonly from: number; readonly to: number; readonly by: string };

/**
 * The main file with each reference to a secret file replaced in place by one that needs none,
 * without what `listen` says, since nobody asks for this gateway, and with other rule files listed
 * if they are given.
 */
function edited(main: ConfigFile, ruleNames: readonly string[] | null): Uint8Array {
  const text = new TextDecoder().decode(main.bytes);
  const { contents } = parseDocument(text, { prettyErrors: false });
  const listen = isMap(contents) ? contents.get('listen', true) : undefined;
  const [start = 0, end = 0] = isMap(listen) ? (listen.range ?? []) : [];
  const edits: Edit[] = references(contents)
    .filter(([from]) => from < start || from >= end)
    .map(([from, to]) => ({ from, to, by: 'credential:kept' }));
  if (end > start) edits.push({ from: start, to: end, by: '{}\n' });
  if (ruleNames !== null) edits.push(listing(contents, text.length, ruleNames));
  edits.sort((a, b) => b.from - a.from);
  const result = edits.reduce((whole, { from, to, by }) => whole.slice(0, from) + by + whole.slice(to), text);
  return new TextEncoder().encode(result);
}

function listing(contents: unknown, end: number, names: readonly string[]): Edit {
  const by = `rules: ${JSON.stringify(names)}`;
  const pairs = isMap(contents) ? contents.items : [];
  for (const { key, value } of pairs) {
    if (!isScalar(key) || key.value !== 'rules' || !key.range) continue;
    const to = isNode(value) ? value.range?.[1] : undefined;
    return { from: key.range[0], to: to ?? key.range[1] + 1, by };
  }
  return { from: end, to: end, by: `\n${by}\n` };
}

function references(node: unknown): (readonly [number, number, number])[] {
  const ranges: (readonly [number, number, number])[] = [];
  const waiting: unknown[] = [node];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    if (isMap(next)) waiting.push(...next.items.map((pair) => pair.value));
    else if (isSeq(next)) waiting.push(...next.items);
    else if (isFileReference(next)) ranges.push(next.range);
  }
  return ranges;
}

type Placed = Node & { readonly range: readonly [number, number, number] };

function isFileReference(node: unknown): node is Placed {
  if (isAlias(node) || !isScalar(node) || typeof node.value !== 'string') return false;
  return node.value.startsWith('file:') && isReference(node.value) && node.range !== undefined;
}
