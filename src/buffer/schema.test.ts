import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, expect, it } from 'vitest';
import { T, commit, temporaryDirectory } from '../../test/fixtures/buffer/commits.ts';
import { openArchive } from './archive.ts';
import { journalPath } from './connection.ts';
import { createEpoch, epochsOf } from './epochs.ts';
import { fillEpoch, makeReadable, openJournal } from './journal.ts';
import { MIGRATIONS, SCHEMA_VERSION, migrate, schemaVersion } from './schema.ts';

const FIXTURES = join(import.meta.dirname, '../../test/fixtures/buffer');

/** A journal as an earlier release left it. */
function write(directory: string, sql: string): void {
  using db = new DatabaseSync(journalPath(directory));
  db.exec('PRAGMA auto_vacuum = INCREMENTAL; PRAGMA journal_mode = WAL');
  db.exec(sql);
}

function schemaOf(directory: string): unknown[] {
  using db = new DatabaseSync(journalPath(directory), { readOnly: true });
  return db.prepare('SELECT type, name, tbl_name, sql FROM sqlite_schema ORDER BY name').all();
}

describe('the schema', () => {
  const versions = Array.from({ length: SCHEMA_VERSION }, (_, i) => i + 1);

  it.each(versions)('of version %i is brought up to that of a new journal, with all it holds', (version) => {
    using old = temporaryDirectory();
    using fresh = temporaryDirectory();
    write(old.path, readFileSync(join(FIXTURES, `schema-v${version}.sql`), 'utf8'));
    openJournal(fresh.path)[Symbol.dispose]();
    using journal = openJournal(old.path);
    expect(schemaOf(old.path)).toEqual(schemaOf(fresh.path));
    expect(journal.facts()).toMatchObject({ schemaVersion: SCHEMA_VERSION, size: 1, tailLeaves: 2 });
    expect(journal.tailRow()).toMatchObject({ no: 1, k: 1 });
    expect(journal.tailKeys()).toHaveLength(2);
    expect(journal.segment(0, 1)).toMatchObject({ no: 0, slot: 1, n: 9, coveredUntil: T + 900_000 });
    expect(journal.latestNote()).toEqual({ size: 1, note: 'note of size 1' });
    expect(journal.ledgerProof(1)).toBe('{}');
    expect(journal.snapshot()?.size).toBe(1);
    expect(journal.streams()).toMatchObject([{ slot: 1, dev: 'probe-1', ch: 't', closedBlock: null }]);
    expect(journal.outbox.due(T + 101_000, 9)).toMatchObject([{ key: 'n1', attempts: 2 }]);
    expect(journal.submissions.lastFinal('ab')).toMatchObject({ id: '0x1', nonce: 7 });
    expect(journal.meta('origin')).toBe('consortium.example/gw/b0b1b2b3b4b5b6b7/0');
    journal.append(commit(1, 2, [0, 1]));
  });

  it('is brought up before the journal is opened, for who reads it first', () => {
    using data = temporaryDirectory();
    makeReadable(data.path);
    expect(epochsOf(data.path)).toEqual([]);
    write(data.path, readFileSync(join(FIXTURES, 'schema-v1.sql'), 'utf8'));
    makeReadable(data.path);
    using archive = openArchive(data.path);
    expect(archive.size()).toBe(1);
  });

  it('of an epoch that is over is brought up too, so that it can be read; else it is left as it is', () => {
    using data = temporaryDirectory();
    write(data.path, readFileSync(join(FIXTURES, 'schema-v1.sql'), 'utf8'));
    createEpoch(data.path, 3, (draft) => fillEpoch(draft, { meta: [], outbox: [], snapshot: null }));
    expect(() => openArchive(data.path, 0)).toThrow('start the daemon on it once');
    using journal = openJournal(data.path);
    expect(journal.size()).toBe(0);
    using over = openArchive(data.path, 0);
    expect(over.size()).toBe(1);
    expect(over.meta('origin')).toBe('consortium.example/gw/b0b1b2b3b4b5b6b7/0');
    expect(epochsOf(data.path)).toEqual([0, 3]);
  });

  it('of a newer bailee is refused by writer and reader, and left as it is', () => {
    using directory = temporaryDirectory();
    openJournal(directory.path)[Symbol.dispose]();
    write(directory.path, `PRAGMA user_version = ${SCHEMA_VERSION + 1}`);
    const refusal = `has schema ${SCHEMA_VERSION + 1}, this program knows up to ${SCHEMA_VERSION}`;
    expect(() => openJournal(directory.path)).toThrow(refusal);
    expect(() => openArchive(directory.path)).toThrow(refusal);
    using db = new DatabaseSync(journalPath(directory.path));
    expect(schemaVersion(db)).toBe(SCHEMA_VERSION + 1);
  });

  it('of another program is refused', () => {
    using directory = temporaryDirectory();
    write(directory.path, 'CREATE TABLE contacts (name TEXT)');
    expect(() => openJournal(directory.path)).toThrow('not a journal of bailee');
    expect(() => openArchive(directory.path)).toThrow('not a journal of bailee');
  });

  it('stays at the last whole version when a step fails', () => {
    using db = new DatabaseSync(':memory:');
    const steps = [
      ...MIGRATIONS,
      'CREATE TABLE second (a INTEGER) STRICT',
      'CREATE TABLE third (a INTEGER) STRICT; INSERT INTO missing VALUES (1)',
    ];
    const whole = MIGRATIONS.length + 1;
    expect(() => migrate(db, 'j', steps)).toThrow('no such table: missing');
    expect(schemaVersion(db)).toBe(whole);
    const names = db.prepare("SELECT name FROM sqlite_schema WHERE name IN ('second', 'third')").all();
    expect(names.map((n) => n['name'])).toEqual(['second']);
    migrate(db, 'j', [...steps.slice(0, whole), 'CREATE TABLE third (a INTEGER) STRICT']);
    expect(schemaVersion(db)).toBe(whole + 1);
  });

  it('has no index on the hot table', () => {
    using directory = temporaryDirectory();
    openJournal(directory.path)[Symbol.dispose]();
    expect(schemaOf(directory.path)).not.toContainEqual(
      expect.objectContaining({ type: 'index', tbl_name: 'tail' }),
    );
  });
});
