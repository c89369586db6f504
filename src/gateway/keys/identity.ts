import { openArchive } from '../../buffer/archive.ts';
import type { SqliteJournal } from '../../buffer/journal.ts';
import { ConfigError, StorageError } from '../../domain/errors.ts';
import { parseOrigin } from '../../evidence/checkpoint.ts';
import { hasLogKey } from './keys.ts';

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

/** The origin of the newest epoch of a data directory. @throws StorageError IO where it holds none */
export function originIn(directory: string): string {
  using archive = openArchive(directory);
  const found = identityOf(archive);
  if (found === null) throw new StorageError('IO', `${directory} holds the log of no gateway yet`);
  return found.origin;
}

/** Number of the epoch that ends an origin. */
export function epochOf(origin: string): number {
  return Number(origin.slice(origin.lastIndexOf('/') + 1));
}

/** The origin of another epoch of the same log. */
export function originOf(origin: string, epoch: number): string {
  return `${origin.slice(0, origin.lastIndexOf('/'))}/${epoch}`;
}

/** The note that keeps an origin, for a new journal. */
export function originNote(origin: string): { readonly key: string; readonly value: string } {
  return { key: ORIGIN, value: origin };
}

/** The identity of a data directory that is only read. */
export function identityOf(archive: { meta(key: string): string | null }): Identity | null {
  const origin = archive.meta(ORIGIN);
  const parsed = origin === null ? null : parseOrigin(origin);
  return origin === null || parsed === null ? null : { gw: Buffer.from(parsed.gw, 'hex'), origin };
}
