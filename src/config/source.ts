import { isUtf8 } from 'node:buffer';
import { closeSync, constants, existsSync, fstatSync, openSync, readFileSync } from 'node:fs';
import {
  isAlias,
  isCollection,
  isMap,
  isScalar,
  LineCounter,
  parseDocument,
  type Document,
  type Node,
  type Tags,
} from 'yaml';
import type { Checked, Problem } from '../domain/errors.ts';
import { codeOf } from './secret.ts';

/** Keys and indexes from the root of a document. */
export type Path = readonly (string | number)[];

/** One YAML file, its bytes, its value, and where each part of it stands. */
export type Source = {
  readonly file: string;
  readonly bytes: Uint8Array;
  readonly value: unknown;
  /** Line and column, from 1, of the value at `path` or of its key; its parent's when it is missing. */
  place(path: Path, part: 'value' | 'key'): { readonly line: number; readonly column: number };
  /** The value at `path` as it was written, one short line; undefined when there is none. */
  written(path: Path): string | undefined;
};

const LARGEST = 1024 * 1024;
const DEEPEST = 32;
const TOO_DEEP = `is nested more than ${DEEPEST} deep, or an alias holds itself`;
const MOST_ALIASES = 100;

/** Reads and parses one YAML 1.2 file of at most 1 MiB; every problem carries file, line and column. */
export function readSource(file: string): Checked<Source> {
  const bytes = readBytes(file);
  if (!bytes.ok) return bytes;
  return parseSource(file, bytes.value);
}

/** Where the files of a configuration are read. */
export type SourceFiles = {
  read(file: string): Checked<Source>;
  has(file: string): boolean;
};

export const ON_DISK: SourceFiles = { read: readSource, has: existsSync };

/** Files by their absolute paths, as they were once, in place of those that stand there now. */
export function keptFiles(kept: ReadonlyMap<string, Uint8Array>): SourceFiles {
  return {
    has: (file) => kept.has(file),
    read: (file) => {
      const bytes = kept.get(file);
      return bytes === undefined ? refused(file, 'was not kept') : parseSource(file, bytes);
    },
  };
}

export function parseSource(file: string, bytes: Uint8Array): Checked<Source> {
  const bad = firstBadLine(bytes);
  if (bad !== null) return refused(file, 'is not UTF-8 text; save it as UTF-8', bad, 1);
  const text = new TextDecoder().decode(bytes);
  const lines = new LineCounter();
  try {
    const document = parseDocument(text, {
      lineCounter: lines,
      prettyErrors: false,
      stringKeys: true,
      customTags: plainNumbers,
    });
    const faults = [...document.errors, ...document.warnings];
    if (faults.some((e) => e.code === 'RESOURCE_EXHAUSTION')) return refused(file, TOO_DEEP, 1, 1);
    const problems = faults.map((e): Problem => {
      const { line, col } = lines.linePos(e.pos[0]);
      return { path: [], message: yamlMessage(e.code, e.message), file, line, column: col };
    });
    if (problems.length > 0) return { ok: false, problems };
    if (document.contents === null) return refused(file, 'is empty', 1, 1);
    const value: unknown = document.toJS({ maxAliasCount: MOST_ALIASES });
    if (isTooDeep(value)) return refused(file, TOO_DEEP, 1, 1);
    return { ok: true, value: located(file, bytes, text, value, document, lines) };
  } catch (error) {
    // The parser recurses over nesting, and refuses alias bombs by throwing.
    if (error instanceof RangeError) return refused(file, TOO_DEEP, 1, 1);
    if (error instanceof ReferenceError) return refused(file, `is not YAML: ${error.message}`, 1, 1);
    throw error;
  }
}

/**
 * Numbers that lose nothing: hexadecimal up to 32 bits, no octal, no leading zeros, nothing beyond
 * 2^53. Whatever else looks like a number, an address of 0x… or an id of digits, stays text.
 */
function plainNumbers(tags: Tags): Tags {
  const others = tags.filter((tag) => typeof tag !== 'object' || tag.tag !== INTEGER);
  return [
    ...others,
    { tag: INTEGER, default: true, test: /^[-+]?(?:0|[1-9][0-9]{0,14})$/, resolve: Number },
    { tag: INTEGER, default: true, test: /^0x[0-9a-fA-F]{1,8}$/, resolve: Number },
  ];
}

const INTEGER = 'tag:yaml.org,2002:int';

function readBytes(file: string): Checked<Uint8Array> {
  let fd: number;
  try {
    fd = openSync(file, constants.O_RDONLY | constants.O_NONBLOCK);
  } catch (error) {
    const code = codeOf(error);
    return refused(file, code === 'ENOENT' ? 'does not exist' : `cannot be opened: ${code}`);
  }
  try {
    const stat = fstatSync(fd);
    if (stat.isDirectory()) return refused(file, 'is a directory, not a file');
    if (!stat.isFile()) return refused(file, 'is not a regular file');
    if (stat.size > LARGEST) return refused(file, `is larger than 1 MiB (${stat.size} bytes)`);
    return { ok: true, value: readFileSync(fd) };
  } catch (error) {
    return refused(file, `cannot be read: ${codeOf(error)}`);
  } finally {
    closeSync(fd);
  }
}

function refused(file: string, message: string, line?: number, column?: number): Checked<never> {
  const at = line === undefined || column === undefined ? {} : { line, column };
  return { ok: false, problems: [{ path: [], message, file, ...at }] };
}

function firstBadLine(bytes: Uint8Array): number | null {
  if (isUtf8(bytes)) return null;
  let line = 1;
  let start = 0;
  for (let end = bytes.indexOf(10); end !== -1; end = bytes.indexOf(10, start)) {
    if (!isUtf8(bytes.subarray(start, end))) return line;
    line++;
    start = end + 1;
  }
  return line;
}

function yamlMessage(code: string, message: string): string {
  if (code === 'DUPLICATE_KEY') return 'this key stands twice in one map; keep one';
  if (code === 'TAB_AS_INDENT') return 'tabs cannot indent YAML; use spaces';
  if (code === 'MULTIPLE_DOCS') return 'holds more than one YAML document; keep one';
  return `is not YAML: ${message.split('\n')[0] ?? message}`;
}

/** Whether values nest more than DEEPEST, as those of an alias to its own parent do without end. */
function isTooDeep(root: unknown): boolean {
  const waiting: { value: unknown; depth: number }[] = [{ value: root, depth: 0 }];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    if (typeof next.value !== 'object' || next.value === null) continue;
    if (next.depth === DEEPEST) return true;
    for (const child of Object.values(next.value)) waiting.push({ value: child, depth: next.depth + 1 });
  }
  return false;
}

function located(
  file: string,
  bytes: Uint8Array,
  text: string,
  value: unknown,
  document: Document,
  lines: LineCounter,
): Source {
  const position = (offset: number): { line: number; column: number } => {
    const { line, col } = lines.linePos(offset);
    return { line: Math.max(line, 1), column: Math.max(col, 1) };
  };
  const find = (path: Path): { key: number; node: Node | null; found: boolean } => {
    let node: Node | null = document.contents;
    let key = node?.range?.[0] ?? 0;
    for (const part of path) {
      const step = descend(node, part, document);
      if (step === null) return { key, node, found: false };
      key = step.key;
      node = step.node;
    }
    return { key, node, found: true };
  };
  return {
    file,
    bytes,
    value,
    place: (path, part) => {
      const { key, node, found } = find(path);
      return position(found && part === 'value' && isScalar(node) ? (node.range?.[0] ?? key) : key);
    },
    written: (path) => {
      const { node, found } = find(path);
      if (!found || node === null) return undefined;
      if (isCollection(node)) return isMap(node) ? 'a map' : 'a list';
      const range = node.range ?? [0, 0];
      const line = text.slice(range[0], range[1]).split('\n')[0]?.trim() ?? '';
      return line.length > 60 ? `${line.slice(0, 60)}…` : line;
    },
  };
}

function descend(
  parent: Node | null,
  part: string | number,
  document: Document,
): { key: number; node: Node | null } | null {
  const node = isAlias(parent) ? (parent.resolve(document) ?? null) : parent;
  if (!isCollection(node)) return null;
  if (isMap(node)) {
    const pair = node.items.find((item) => isScalar(item.key) && item.key.value === part);
    if (pair === undefined) return null;
    const key = isScalar(pair.key) ? (pair.key.range?.[0] ?? 0) : 0;
    return { key, node: asNode(pair.value) };
  }
  const item = asNode(typeof part === 'number' ? node.items[part] : undefined);
  return item === null ? null : { key: item.range?.[0] ?? 0, node: item };
}

function asNode(value: unknown): Node | null {
  return isScalar(value) || isCollection(value) || isAlias(value) ? value : null;
}
