import { valueAt, type Problems } from './problems.ts';
import type { Path, Source } from './source.ts';

/**
 * Reads a list whose entries bear an `id` of their own; nothing there is an empty list. Entries
 * that are wrong are left out, with their problems noted.
 */
export function readEntries<T extends { readonly id: string }>(
  source: Source,
  problems: Problems,
  path: Path,
  kind: string,
  read: (path: Path, raw: unknown) => T | undefined,
): T[] {
  const raw = valueAt(source.value, path) ?? [];
  if (!Array.isArray(raw)) {
    problems.at(source, path, `must be a list: one entry for each ${kind}`);
    return [];
  }
  const lines = new Map<string, number>();
  return raw.flatMap((entry: unknown, i): T[] => {
    const at = [...path, i, 'id'];
    const id = valueAt(source.value, at);
    const first = typeof id === 'string' ? lines.get(id) : undefined;
    if (first !== undefined) {
      problems.at(source, at, `is a second ${kind} of this id; the first stands on line ${first}`);
    } else if (typeof id === 'string') lines.set(id, source.place(at, 'value').line);
    const value = read([...path, i], entry);
    return value === undefined ? [] : [value];
  });
}

/** The ids written in a list, also those of entries that are wrong elsewhere. */
export function idsOf(source: Source, path: Path): string[] {
  const raw = valueAt(source.value, path);
  if (!Array.isArray(raw)) return [];
  return raw.flatMap((entry: unknown) => {
    const id = valueAt(entry, ['id']);
    return typeof id === 'string' ? [id] : [];
  });
}
