import type { DatabaseSync } from 'node:sqlite';
import { StorageError } from '../domain/errors.ts';
import { guarded } from './storage-failure.ts';
import { Transactions } from './transactions.ts';

/** `bail` in ASCII: tells our file from any other SQLite database. */
const APPLICATION_ID = 0x6261696c;

/**
 * `tail` is the hot table: the open block's leaves in the order of their commits (see VERSION_3).
 * A segment's id is no · 1024 + slot, so a sealed block is one range and one stream's part of it
 * one seek in a table that only grows at its end; `leaves` is last, so S is read without it.
 */
const VERSION_1 = `
CREATE TABLE tail (
  k INTEGER NOT NULL, slot INTEGER NOT NULL, seq INTEGER NOT NULL,
  t INTEGER NOT NULL, type INTEGER NOT NULL, body BLOB NOT NULL
) STRICT;
CREATE TABLE tail_key (
  slot INTEGER PRIMARY KEY, key BLOB NOT NULL CHECK (length(key) = 32)
) STRICT;
CREATE TABLE tail_row (
  one INTEGER PRIMARY KEY CHECK (one = 1),
  no INTEGER NOT NULL, k INTEGER NOT NULL,
  chain BLOB NOT NULL CHECK (length(chain) = 32),
  head BLOB NOT NULL,
  sig BLOB NOT NULL CHECK (length(sig) = 64)
) STRICT;
CREATE TABLE block (
  no INTEGER PRIMARY KEY, t0 INTEGER NOT NULL, t1 INTEGER NOT NULL, block BLOB NOT NULL
) STRICT;
CREATE INDEX block_time ON block (t0, t1);
CREATE TABLE segment (
  id INTEGER PRIMARY KEY,
  segment BLOB NOT NULL, seq0 INTEGER NOT NULL, n INTEGER NOT NULL, covered_until INTEGER,
  key BLOB, leaves BLOB NOT NULL
) STRICT;
CREATE TABLE log_node (
  level INTEGER NOT NULL, idx INTEGER NOT NULL, hash BLOB NOT NULL CHECK (length(hash) = 32),
  PRIMARY KEY (level, idx)
) STRICT, WITHOUT ROWID;
CREATE TABLE note (size INTEGER PRIMARY KEY, note TEXT NOT NULL) STRICT;
CREATE TABLE ledger_proof (
  size INTEGER PRIMARY KEY REFERENCES note (size), proof TEXT NOT NULL
) STRICT;
CREATE TABLE snapshot (
  one INTEGER PRIMARY KEY CHECK (one = 1),
  size INTEGER NOT NULL, sha256 BLOB NOT NULL CHECK (length(sha256) = 32), bytes BLOB NOT NULL
) STRICT;
CREATE TABLE stream (
  slot INTEGER NOT NULL CHECK (slot BETWEEN 0 AND 1023), opened_block INTEGER NOT NULL,
  closed_block INTEGER, dev TEXT NOT NULL, ch TEXT NOT NULL, descriptor BLOB NOT NULL,
  PRIMARY KEY (slot, opened_block)
) STRICT, WITHOUT ROWID;
CREATE TABLE file (
  sha256 BLOB NOT NULL UNIQUE CHECK (length(sha256) = 32), bytes BLOB NOT NULL
) STRICT;
CREATE TABLE outbox (
  key TEXT NOT NULL UNIQUE, t INTEGER NOT NULL, expiry INTEGER NOT NULL,
  attempts INTEGER NOT NULL, due_at INTEGER NOT NULL, body TEXT NOT NULL
) STRICT;
CREATE INDEX outbox_due ON outbox (due_at);
CREATE TABLE submission (
  id TEXT NOT NULL UNIQUE, kind TEXT NOT NULL, log TEXT, size INTEGER, request TEXT NOT NULL,
  makes TEXT, raw BLOB NOT NULL, sender TEXT NOT NULL, nonce INTEGER,
  state TEXT NOT NULL CHECK (state IN ('staged', 'submitted', 'final', 'refused', 'dropped')),
  why TEXT
) STRICT;
CREATE UNIQUE INDEX submission_in_flight_sender ON submission (sender)
  WHERE state IN ('staged', 'submitted');
CREATE UNIQUE INDEX submission_in_flight_log ON submission (log)
  WHERE state IN ('staged', 'submitted');
CREATE TABLE meta (key TEXT NOT NULL UNIQUE, value TEXT NOT NULL) STRICT;
PRAGMA application_id = ${APPLICATION_ID};
`;

/**
 * A segment some leaves of which were erased, by which act (slot 0), and what is left of them; its own
 * row then has neither key nor leaves. `rest` is null when nothing is left.
 */
const VERSION_2 = `
CREATE TABLE erased (
  id INTEGER PRIMARY KEY REFERENCES segment (id),
  act_block INTEGER NOT NULL, act_seq INTEGER NOT NULL, rest BLOB
) STRICT;
`;

/**
 * One row a commit instead of one a leaf, packed as `domain/packed-leaves.ts` says. `1b` begins the CBOR of
 * an integer of eight bytes, which every t of a gateway has.
 */
const VERSION_3 = `
CREATE TABLE packed (
  k INTEGER PRIMARY KEY, n INTEGER NOT NULL, leaves BLOB NOT NULL
) STRICT;
INSERT INTO packed SELECT k, count(*), unhex(group_concat(
  printf('%08x%016x%08x1b%016x%02x', slot, seq, 10 + length(body), t, type) || hex(body), '' ORDER BY rowid))
  FROM tail GROUP BY k;
DROP TABLE tail;
ALTER TABLE packed RENAME TO tail;
`;

/** A large snapshot has its bytes in pages, in their order, and none in its own row. */
const VERSION_4 = `
CREATE TABLE snapshot_page (no INTEGER PRIMARY KEY, bytes BLOB NOT NULL) STRICT;
`;

/** Migration i leads from schema version i to i + 1. One that was ever released is never edited. */
export const MIGRATIONS: readonly string[] = [VERSION_1, VERSION_2, VERSION_3, VERSION_4];

/** The schema this program reads and writes. */
export const SCHEMA_VERSION = MIGRATIONS.length;

export function schemaVersion(db: DatabaseSync): number {
  return guarded('reading the schema version', () =>
    Number(db.prepare('PRAGMA user_version').get()?.['user_version']),
  );
}

/**
 * Brings the file to the newest schema, one transaction per step, so that a cut leaves a whole
 * version. @throws StorageError CORRUPT for a file that is newer than this program or not ours
 */
export function migrate(db: DatabaseSync, path: string, migrations = MIGRATIONS): void {
  const from = schemaVersion(db);
  refuseNewer(from, path, migrations.length);
  refuseForeign(db, from, path);
  const transactions = new Transactions(db);
  for (const [i, sql] of migrations.entries()) {
    if (i < from) continue;
    transactions.runOrStop(`${path}: migration to schema ${i + 1}`, () => {
      db.exec(sql);
      db.exec(`PRAGMA user_version = ${i + 1}`);
    });
  }
  if (from < migrations.length) db.exec('PRAGMA incremental_vacuum');
}

/** A reader cannot migrate, so it wants the schema of this program. @throws StorageError CORRUPT */
export function requireSchema(db: DatabaseSync, path: string): void {
  const found = schemaVersion(db);
  refuseNewer(found, path, SCHEMA_VERSION);
  refuseForeign(db, found, path);
  if (found < SCHEMA_VERSION) {
    throw new StorageError(
      'CORRUPT',
      `${path} has schema ${found}, this program reads ${SCHEMA_VERSION}: start the daemon on it once`,
    );
  }
}

function refuseNewer(found: number, path: string, known: number): void {
  if (found <= known) return;
  throw new StorageError(
    'CORRUPT',
    `${path} has schema ${found}, this program knows up to ${known}: it was written by a newer bailee`,
  );
}

function refuseForeign(db: DatabaseSync, version: number, path: string): void {
  const [tables, id] = guarded(`reading ${path}`, () => [
    Number(db.prepare('SELECT count(*) AS n FROM sqlite_schema').get()?.['n']),
    db.prepare('PRAGMA application_id').get()?.['application_id'],
  ]);
  if (version === 0 ? tables === 0 : id === APPLICATION_ID) return;
  throw new StorageError('CORRUPT', `${path} is an SQLite database, but not a journal of bailee`);
}
