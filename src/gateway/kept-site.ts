import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { isAlias, isMap, isScalar, isSeq, parseDocument, type Node } from 'yaml';
import type { ConfigFile } from '../config/configuration.ts';
import { isReference } from '../config/secret.ts';
import type { Checked } from '../domain/errors.ts';
import { loadSite, type SiteConfiguration } from './site.ts';

/** Files that a journal kept of one configuration: its main file first. */
export type KeptFiles = {
  readonly configuration: readonly ConfigFile[];
  readonly rules: readonly ConfigFile[];
};

/** Room above the configuration's folder for rule files that it names by `../`. */
const DEPTH = 'a/b/c/d/e/f/g/h';

/**
 * Checks a configuration that the journal kept, as it was then and on any machine: its secrets and
 * certificates need not be here, since no decision depends on them.
 */
export async function loadKeptSite(kept: KeptFiles): Promise<Checked<SiteConfiguration>> {
  const root = mkdtempSync(join(tmpdir(), 'bailee-replay-'));
  try {
    const folder = join(root, DEPTH);
    const [main, ...profiles] = kept.configuration;
    if (main === undefined) return refused('the kept configuration lists no file');
    for (const { name, bytes } of [
      { name: main.name, bytes: withoutOutside(main) },
      ...profiles,
      ...kept.rules,
    ]) {
      const path = resolve(folder, name);
      if (!path.startsWith(`${root}/`)) return refused(`a kept file is named ${name}, far outside its folder`);
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, bytes);
    }
    return await loadSite(join(folder, main.name), { checked: false });
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
}

function refused(message: string): Checked<never> {
  return { ok: false, problems: [{ path: [], message }] };
}

/** The main file with each reference to a secret or certificate replaced in place by one that needs no file. */
function withoutOutside(main: ConfigFile): Uint8Array {
  const text = new TextDecoder().decode(main.bytes);
  const document = parseDocument(text, { prettyErrors: false });
  const edits = references(document.contents).map((range) => ({ range, by: 'credential:kept' }));
  const certificate = document.getIn(['listen', 'tls', 'certificate'], true);
  if (isScalar(certificate) && certificate.range) {
    edits.push({ range: certificate.range, by: JSON.stringify(main.name) });
  }
  edits.sort((a, b) => b.range[0] - a.range[0]);
  const replaced = edits.reduce(
    (whole, { range, by }) => whole.slice(0, range[0]) + by + whole.slice(range[1]),
    text,
  );
  return new TextEncoder().encode(replaced);
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
