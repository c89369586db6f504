import { StorageError } from '../domain/errors.ts';
import { JsonNumber, parseStrictJson } from '../domain/strict-json.ts';
import { utf8 } from '../evidence/encodings.ts';

/**
 * A log that others hold to have been signed further than its journal goes: an old image was
 * restored, or somebody else has the key. Its origin is never signed again; what goes on is a new
 * epoch (evidence section 10).
 */
export type Rollback = {
  readonly origin: string;
  /** Size that others hold, and the size of the newest head that was signed here. */
  readonly size: number;
  readonly localSize: number;
  readonly by: 'witnesses' | 'ledger';
};

/** Where it stands in the journal's own notes. */
const ROLLBACK = 'rollback';
const MAX_BYTES = 4096;

type Notes = { meta(key: string): string | null; putMeta(key: string, value: string): void };

/** Remembers it: durable when it returns. The first one of an origin stays. */
export function keepRollback(journal: Notes, found: Rollback): void {
  if (keptRollback(journal, found.origin) === null) journal.putMeta(ROLLBACK, JSON.stringify(found));
}

/** What was found of this origin; null when nothing was. @throws StorageError CORRUPT for a note that is none */
export function keptRollback(journal: Pick<Notes, 'meta'>, origin: string): Rollback | null {
  const text = journal.meta(ROLLBACK);
  if (text === null) return null;
  const json = parseStrictJson(utf8(text), MAX_BYTES);
  const fields = json.ok && json.value instanceof Map ? json.value : new Map<string, never>();
  const [size, localSize] = ['size', 'localSize'].map((name) => {
    const value = fields.get(name);
    return value instanceof JsonNumber ? Number(value.text) : Number.NaN;
  });
  const [of, by] = [fields.get('origin'), fields.get('by')];
  const isRight = typeof of === 'string' && (by === 'witnesses' || by === 'ledger');
  if (!isRight || !Number.isSafeInteger(size) || !Number.isSafeInteger(localSize)) {
    throw new StorageError('CORRUPT', `the kept rollback is none: ${text.slice(0, 120)}`);
  }
  return of === origin ? { origin, size: size ?? 0, localSize: localSize ?? 0, by } : null;
}
