import { chmodSync, closeSync, copyFileSync, openSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { execFileSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { commit, sealed, temporaryDirectory } from '../../test/fixtures/buffer/commits.ts';
import { openArchive } from './archive.ts';
import { journalPath, openForReading, openForWriting, pragmasOf } from './connection.ts';
import { openJournal } from './journal.ts';

function readBack(db: ReturnType<typeof openForWriting>, name: string): unknown {
  return Object.values(db.prepare(`PRAGMA ${name}`).get() ?? {})[0];
}

/** Shows a directory read-only somewhere else; false where this process may not. */
function mountReadOnly(from: string, to: string): boolean {
  try {
    execFileSync('mount', ['--bind', from, to], { stdio: 'ignore' });
    execFileSync('mount', ['-o', 'remount,bind,ro', to], { stdio: 'ignore' });
    return true;
  } catch {
    // Not root, or no mount here: the caller skips, visibly.
    return false;
  }
}

function mayMount(): boolean {
  using from = temporaryDirectory();
  using to = temporaryDirectory();
  const mounted = mountReadOnly(from.path, to.path);
  if (mounted) execFileSync('umount', [to.path]);
  return mounted;
}

describe('the connection', () => {
  it('syncs every commit, on a new file and on one that is opened again', () => {
    using directory = temporaryDirectory();
    const path = journalPath(directory.path);
    for (let time = 0; time < 2; time += 1) {
      using db = openForWriting(path);
      db.exec('CREATE TABLE IF NOT EXISTS t (a)');
      expect(readBack(db, 'journal_mode')).toBe('wal');
      expect(readBack(db, 'synchronous')).toBe(2);
      expect(readBack(db, 'auto_vacuum')).toBe(2);
      for (const [name, , wanted] of pragmasOf('writer'))
        expect([name, readBack(db, name)]).toEqual([name, wanted]);
    }
  });

  it('copies the WAL in between 4 and 16 MB', () => {
    const pages = pragmasOf('writer').find(([name]) => name === 'wal_autocheckpoint')?.[1];
    const mb = (Number(pages) * 4096) / 1024 / 1024;
    expect(mb).toBeGreaterThanOrEqual(4);
    expect(mb).toBeLessThanOrEqual(16);
  });

  it('refuses a file on which a pragma does not hold: auto_vacuum of a file made without it', () => {
    using directory = temporaryDirectory();
    const path = journalPath(directory.path);
    closeSync(openSync(path, 'w'));
    {
      using db = openForWriting(path);
      db.exec('CREATE TABLE t (a); PRAGMA journal_mode = DELETE; PRAGMA auto_vacuum = NONE; VACUUM');
    }
    expect(() => openForWriting(path)).toThrow('PRAGMA auto_vacuum reads 0, wanted 2');
  });

  it('narrows a file that others could read', () => {
    using directory = temporaryDirectory();
    openJournal(directory.path)[Symbol.dispose]();
    const path = journalPath(directory.path);
    chmodSync(path, 0o644);
    openJournal(directory.path)[Symbol.dispose]();
    expect(statSync(path).mode & 0o777).toBe(0o600);
  });

  it('for reading cannot write', () => {
    using directory = temporaryDirectory();
    openJournal(directory.path)[Symbol.dispose]();
    using db = openForReading(journalPath(directory.path));
    expect(() => db.exec("INSERT INTO meta VALUES ('a', 'b')")).toThrow('readonly');
    for (const [name, , wanted] of pragmasOf('reader'))
      expect([name, readBack(db, name)]).toEqual([name, wanted]);
  });

  it('for reading says that there is no journal, and makes none', () => {
    using directory = temporaryDirectory();
    expect(() => openArchive(directory.path)).toThrow('journal.db does not exist');
    expect(statSync(journalPath(directory.path), { throwIfNoEntry: false })).toBeUndefined();
  });

  it('reads a copy of a directory made beside the live writer, the WAL with it', () => {
    using directory = temporaryDirectory();
    using copy = temporaryDirectory();
    using journal = openJournal(directory.path);
    journal.seal(sealed(0, [0]));
    journal.append(commit(1, 1, [0, 1]));
    for (const file of ['journal.db', 'journal.db-wal']) {
      copyFileSync(join(directory.path, file), join(copy.path, file));
    }
    using archive = openArchive(copy.path);
    expect(archive.size()).toBe(1);
    expect([...archive.tailLeaves()]).toHaveLength(2);
  });

  const found = mayMount();
  const skipped = found ? '' : ' (skipped: mounting read-only needs root)';
  it.skipIf(!found)(`reads a copy on a read-only medium after a clean stop${skipped}`, () => {
    using directory = temporaryDirectory();
    using medium = temporaryDirectory();
    {
      using journal = openJournal(directory.path);
      journal.seal(sealed(0, [0]));
    }
    expect(mountReadOnly(directory.path, medium.path)).toBe(true);
    try {
      using archive = openArchive(medium.path);
      expect(archive.size()).toBe(1);
    } finally {
      execFileSync('umount', [medium.path]);
    }
  });
});
