import { chmodSync, closeSync, existsSync, fsyncSync, mkdirSync, openSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { pathToFileURL } from 'node:url';
import { StorageError } from '../domain/errors.ts';
import { guarded } from './storage-failure.ts';

/** The journal's file in a data directory. */
export function journalPath(directory: string): string {
  return join(directory, 'journal.db');
}

type Pragma = readonly [name: string, set: string | number, readBack: string | number];

const PAGE = 4096;

/** The least page SQLite knows: no database file is shorter. */
const HEADER = 512;

/** The WAL is copied into the file when it has this many pages (8 MB): flash likes fewer, start-up likes more. */
const CHECKPOINT_PAGES = 2048;

/**
 * Order matters: auto_vacuum only counts before the first page is written, which journal_mode
 * does. FULL is what kept every acknowledged row in the power-cut runs; NORMAL lost some in most.
 */
const WRITER: readonly Pragma[] = [
  ['page_size', PAGE, PAGE],
  ['auto_vacuum', 'INCREMENTAL', 2],
  ['journal_mode', 'WAL', 'wal'],
  ['synchronous', 'FULL', 2],
  ['wal_autocheckpoint', CHECKPOINT_PAGES, CHECKPOINT_PAGES],
  ['journal_size_limit', 2 * CHECKPOINT_PAGES * PAGE, 2 * CHECKPOINT_PAGES * PAGE],
  // What is deleted is overwritten: the sealed tail, and leaves that are erased with their keys.
  ['secure_delete', 1, 1],
];

/** How long one waits for another process or thread, ms. */
const BUSY_MS = 500;

/** A negative cache_size is KiB. 2 MB each keeps the idle daemon small; the OS caches the rest. */
const EVERY_CONNECTION: readonly Pragma[] = [
  ['busy_timeout', BUSY_MS, BUSY_MS],
  ['foreign_keys', 1, 1],
  ['temp_store', 'MEMORY', 2],
  ['cache_size', -2048, -2048],
  ['mmap_size', 0, 0],
  ['cell_size_check', 1, 1],
  ['trusted_schema', 0, 0],
];

const READER: readonly Pragma[] = [['query_only', 1, 1]];

/** What must read back alike on a connection of this kind. */
export function pragmasOf(kind: 'writer' | 'reader'): readonly Pragma[] {
  return [...EVERY_CONNECTION, ...(kind === 'writer' ? WRITER : READER)];
}

function readPragma(db: DatabaseSync, name: string): unknown {
  const row = db.prepare(`PRAGMA ${name}`).get();
  return row === undefined ? undefined : Object.values(row)[0];
}

/** A pragma SQLite does not honour is silent; so each is read back. */
function apply(db: DatabaseSync, path: string, pragmas: readonly Pragma[]): void {
  for (const [name, set] of pragmas) db.exec(`PRAGMA ${name} = ${set}`);
  for (const [name, , wanted] of pragmas) {
    const found = readPragma(db, name);
    if (found !== wanted) {
      throw new StorageError('IO', `${path}: PRAGMA ${name} reads ${String(found)}, wanted ${wanted}`);
    }
  }
}

function closeOnFailure<T>(db: DatabaseSync, act: () => T): T {
  try {
    return act();
  } catch (error) {
    db.close();
    throw error;
  }
}

/** After it a power cut no longer takes names that were given in this directory. */
export function fsyncDirectory(directory: string): void {
  const fd = openSync(directory, 'r');
  try {
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
}

/** Makes the directory (0700) where it is missing; the mode of one that exists is the operator's choice. */
export function prepareDirectory(directory: string): void {
  guarded(`data directory ${directory}`, () => {
    const first = mkdirSync(directory, { recursive: true, mode: 0o700 });
    if (first !== undefined) fsyncDirectory(dirname(first));
  });
}

/**
 * Makes a file that only its owner can read. SQLite gives its -wal and -shm the mode of the file.
 * Without the directory's fsync a power cut can take the name of a file whose bytes are safe.
 */
export function prepareFile(path: string): void {
  if (existsSync(path)) {
    chmodSync(path, 0o600);
    return;
  }
  closeSync(openSync(path, 'a', 0o600));
  fsyncDirectory(dirname(path));
}

/** Opens the journal's file for the one writer. @throws StorageError */
export function openForWriting(path: string): DatabaseSync {
  return guarded(`opening ${path}`, () => {
    refuseStump(path);
    prepareFile(path);
    const db = new DatabaseSync(path, { timeout: BUSY_MS });
    return closeOnFailure(db, () => {
      apply(db, path, pragmasOf('writer'));
      refuseTruncated(db, path);
      return db;
    });
  });
}

/**
 * Before SQLite sees the file, because it mends in silence: it takes a file shorter than its header
 * for a new one, throws away a WAL beside an empty file, and fills up a last page that was cut.
 * With a WAL the file may end anywhere, since what is missing may be there.
 */
function refuseStump(path: string): void {
  const size = bytesOf(path);
  const wal = bytesOf(`${path}-wal`);
  const cut = wal === 0 ? size % PAGE !== 0 : size < HEADER;
  if (cut) throw new StorageError('CORRUPT', `${path} has ${size} bytes, and its write-ahead log ${wal}`);
}

/**
 * Once the WAL is copied in, the file must be as long as its header says. SQLite reads what is
 * missing as zeros, and a zeroed overflow page would be a wrong blob and no error.
 */
function refuseTruncated(db: DatabaseSync, path: string): void {
  const row = db.prepare('PRAGMA wal_checkpoint(TRUNCATE)').get();
  // Busy: a reader still holds the old WAL; then pages may be there only, and nothing can be said.
  if (row?.['busy'] !== 0) return;
  const should = Number(readPragma(db, 'page_count')) * PAGE;
  const { size } = statSync(path);
  if (size < should) {
    throw new StorageError('CORRUPT', `${path} has ${size} bytes, its header speaks of ${should}`);
  }
}

/** Opens the journal's file for reading, beside a live writer or in a copy. @throws StorageError */
export function openForReading(path: string): DatabaseSync {
  if (!existsSync(path)) throw new StorageError('IO', `${path} does not exist`);
  return guarded(`opening ${path} for reading`, () => {
    refuseStump(path);
    const db = openReadable(path);
    return closeOnFailure(db, () => {
      apply(db, path, pragmasOf('reader'));
      return db;
    });
  });
}

/**
 * A copy on a read-only medium has no place for the WAL index. It can be read all the same, as a
 * file that nobody changes, when it was copied after a clean stop and so has no WAL to read.
 */
function openReadable(path: string): DatabaseSync {
  // The first look meets a writer that opens or closes the file as well as any other.
  const db = new DatabaseSync(path, { readOnly: true, timeout: BUSY_MS });
  try {
    db.prepare('PRAGMA schema_version').get();
    return db;
  } catch (error) {
    db.close();
    const cannotOpen = error instanceof Error && 'errcode' in error && error.errcode === 14;
    if (!cannotOpen || bytesOf(`${path}-wal`) > 0) throw error;
    const url = pathToFileURL(path);
    url.searchParams.set('immutable', '1');
    return new DatabaseSync(url, { readOnly: true });
  }
}

/** Length of a file, 0 where there is none. */
export function bytesOf(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.size ?? 0;
}
