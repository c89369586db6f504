import type { SqliteJournal } from '../buffer/journal.ts';
import { ConfigError, StorageError } from '../domain/errors.ts';
import { parseOrigin } from '../evidence/checkpoint.ts';
import { formatNoteKey, parseNoteKey, type NoteKey } from '../evidence/note-key.ts';
import { hasLogKey } from './keys.ts';
import { sha256 } from './primitives.ts';

/** Whose journal this is. */
export type Identity = { readonly gw: Uint8Array; readonly origin: string };

const ORIGIN = 'origin';

/**
 * The origin of this data directory's log; written at the first start and compared ever after, so
 * that one gateway's readings never continue another's log.
 * @throws ConfigError when the configuration names another gateway, StorageError FORK when the
 * journal of a log that was signed before has been taken away
 */
export function identify(
  journal: SqliteJournal,
  directory: string,
  gateway: { readonly id: string; readonly domain: string },
): Identity {
  const kept = journal.meta(ORIGIN);
  const parsed = kept === null ? null : parseOrigin(kept);
  if (kept !== null && (parsed?.gw !== gateway.id || parsed.domain !== gateway.domain)) {
    const message = `names gateway ${gateway.id} of ${gateway.domain}, but the data directory holds the log ${kept}; give each gateway a directory of its own`;
    throw new ConfigError([{ path: ['gateway'], message }]);
  }
  if (kept === null && hasLogKey(directory)) {
    const found = `${directory} has a log key, but its journal is gone`;
    throw new StorageError(
      'FORK',
      `${found}: the log would be told a second time; restore the journal, or take the directory away`,
    );
  }
  const origin = kept ?? `${gateway.domain}/gw/${gateway.id}/0`;
  if (kept === null) journal.putMeta(ORIGIN, origin);
  return { gw: Buffer.from(gateway.id, 'hex'), origin };
}

/** The identity of a data directory that is only read. */
export function identityOf(archive: { meta(key: string): string | null }): Identity | null {
  const origin = archive.meta(ORIGIN);
  const parsed = origin === null ? null : parseOrigin(origin);
  return origin === null || parsed === null ? null : { gw: Buffer.from(parsed.gw, 'hex'), origin };
}

/** Under which a note's key of this kind is kept, as a verifier enrols it. */
const keyName = (kind: NoteKey['kind']): string => `note-key ${kind}`;

/**
 * Keeps the public keys that sign this log's heads beside the journal, for policies and audits.
 * @throws StorageError FORK when the log key is not the one that signed this log so far
 */
export function keepKeys(journal: Pick<SqliteJournal, 'meta' | 'putMeta'>, keys: readonly NoteKey[]): void {
  for (const key of keys) {
    const text = formatNoteKey(key);
    const kept = journal.meta(keyName(key.kind));
    if (kept !== null && kept !== text && key.kind === 'ed25519') {
      throw new StorageError('FORK', `log.key is ${text}, but this log is signed by ${kept}`);
    }
    if (kept !== text) journal.putMeta(keyName(key.kind), text);
  }
}

/** The kept key of this kind; null where none was. @throws StorageError CORRUPT for one that is none */
export function keptKey(
  archive: { meta(key: string): string | null },
  kind: NoteKey['kind'],
): NoteKey | null {
  const text = archive.meta(keyName(kind));
  if (text === null) return null;
  const parsed = parseNoteKey(sha256, text);
  if (!parsed.ok) throw new StorageError('CORRUPT', `the kept ${kind} key ${parsed.why}`);
  return parsed.key;
}
