import { copyFileSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bytesOf, commit, sealed, segment, temporaryDirectory } from '../../test/fixtures/buffer/commits.ts';
import { StorageError } from '../domain/errors.ts';
import { openArchive, type SqliteArchive } from './archive.ts';
import { journalPath } from './connection.ts';
import { openJournal } from './journal.ts';
import { storageFailure } from './storage-failure.ts';
import { unpackLeaves } from '../domain/packed-leaves.ts';

/** A journal of 12 blocks of 8 streams, some segments longer than a page, and a tail. */
function writeJournal(directory: string): void {
  using journal = openJournal(directory);
  for (let no = 0; no < 12; no += 1) {
    const segments = [0, 1, 2, 3, 4, 5, 6, 7].map((slot) =>
      segment(slot, { leaves: new Uint8Array(slot * 1500).fill(no) }),
    );
    journal.seal(sealed(no, [], { segments }));
  }
  journal.append(commit(12, 1, [0, 1, 2]));
}

/** Everything that can be read, in one value. */
function readAll(archive: SqliteArchive): unknown {
  const size = archive.size();
  const numbers = Array.from({ length: size }, (_, no) => no);
  return {
    blocks: numbers.map((no) => archive.block(no)),
    segments: [0, 1, 2, 3, 4, 5, 6, 7].map((slot) => [...archive.segmentsOf(slot, 0, size)]),
    nodes: numbers.map((no) => archive.node(0, no)),
    notes: [...archive.notesBetween(0, size)],
    snapshot: archive.snapshot(),
    tail: [archive.tailRow(), archive.tailKeys(), [...archive.tailLeaves()]],
  };
}

function errno(code: string): Error {
  return Object.assign(new Error(code), { code, syscall: 'mkdir' });
}

function codeOf(act: () => void): string {
  try {
    act();
    return 'no error';
  } catch (error) {
    return error instanceof StorageError ? error.code : String(error);
  }
}

describe('a damaged file', () => {
  it('that is no database is CORRUPT', () => {
    using directory = temporaryDirectory();
    writeFileSync(journalPath(directory.path), 'this was a journal once, '.repeat(400));
    expect(codeOf(() => openJournal(directory.path))).toBe('CORRUPT');
    expect(codeOf(() => openArchive(directory.path))).toBe('CORRUPT');
  });

  it('cut short anywhere is CORRUPT to writer and reader', () => {
    using directory = temporaryDirectory();
    writeJournal(directory.path);
    const path = journalPath(directory.path);
    const whole = readFileSync(path);
    const cut = fc.integer({ min: 1, max: whole.length - 1 });
    fc.assert(
      fc.property(cut, (length) => {
        writeFileSync(path, whole);
        truncateSync(path, length);
        const read = codeOf(() => {
          using archive = openArchive(directory.path);
          readAll(archive);
        });
        expect([length, read]).toEqual([length, 'CORRUPT']);
        expect([length, codeOf(() => openJournal(directory.path)[Symbol.dispose]())]).toEqual([
          length,
          'CORRUPT',
        ]);
      }),
      { numRuns: 30 },
    );
  });

  it.each([0, 1, 511])('cut to %i bytes beside its WAL is CORRUPT and not a new journal', (length) => {
    using directory = temporaryDirectory();
    using journal = openJournal(directory.path);
    journal.append(commit(0, 1, [0]));
    using copy = temporaryDirectory();
    writeFileSync(journalPath(copy.path), readFileSync(journalPath(directory.path)).subarray(0, length));
    copyFileSync(`${journalPath(directory.path)}-wal`, `${journalPath(copy.path)}-wal`);
    expect(codeOf(() => openJournal(copy.path))).toBe('CORRUPT');
    expect(codeOf(() => openArchive(copy.path))).toBe('CORRUPT');
  });

  it('with a page overwritten is CORRUPT or does not lose a row in silence', () => {
    using directory = temporaryDirectory();
    writeJournal(directory.path);
    const path = journalPath(directory.path);
    const whole = readFileSync(path);
    const pages = whole.length / 4096;
    let seen = 0;
    for (let page = 0; page < pages; page += 1) {
      const damaged = Buffer.from(whole);
      damaged.fill(0xa5, page * 4096, (page + 1) * 4096);
      writeFileSync(path, damaged);
      const outcome = codeOf(() => {
        using archive = openArchive(directory.path);
        readAll(archive);
        // Bytes inside an overflow page carry no structure: what is read is as long as it was, and
        // only the hashes of the evidence tell that it is not the same.
        expect(archive.size()).toBe(12);
        expect([...archive.segmentsOf(7, 0, 12)].map((s) => s.leaves.length)).toEqual(Array(12).fill(10500));
      });
      expect(['CORRUPT', 'no error']).toContain(outcome);
      if (outcome === 'CORRUPT') seen += 1;
    }
    expect(seen).toBeGreaterThan(pages / 3);
  });

  it('with other bytes in a document or in the snapshot is CORRUPT where they are read', () => {
    using directory = temporaryDirectory();
    writeJournal(directory.path);
    {
      using db = new DatabaseSync(journalPath(directory.path));
      db.exec("UPDATE snapshot SET bytes = x'00'");
    }
    using archive = openArchive(directory.path);
    expect(codeOf(() => archive.snapshot())).toBe('CORRUPT');
  });

  it('with a column of another type is CORRUPT and not a guess', () => {
    using directory = temporaryDirectory();
    writeJournal(directory.path);
    {
      using db = new DatabaseSync(journalPath(directory.path), { defensive: false });
      db.exec(`PRAGMA writable_schema = ON;
        UPDATE sqlite_schema SET sql = replace(sql, 'STRICT', '') WHERE name = 'block';
        PRAGMA writable_schema = RESET`);
      db.exec("UPDATE block SET block = 'text' WHERE no = 3");
    }
    using archive = openArchive(directory.path);
    expect(codeOf(() => archive.block(3))).toBe('CORRUPT');
    expect(archive.block(4)?.block).toEqual(bytesOf('B4'));
  });
});

describe('a write that fails half way', () => {
  it.each([
    ['block', 'INSERT'],
    ['segment', 'INSERT'],
    ['log_node', 'INSERT'],
    ['note', 'INSERT'],
    ['snapshot', 'INSERT'],
    ['tail_row', 'INSERT'],
    ['tail_key', 'DELETE'],
  ])('at %s %s leaves the block unsealed and the tail whole, and is the last', (table, verb) => {
    using directory = temporaryDirectory();
    openJournal(directory.path)[Symbol.dispose]();
    {
      using db = new DatabaseSync(journalPath(directory.path));
      db.exec(`CREATE TRIGGER fault BEFORE ${verb} ON ${table} WHEN (SELECT count(*) FROM meta) > 0
               BEGIN SELECT RAISE(ABORT, 'injected'); END`);
    }
    const tail = commit(0, 1, [0, 1]);
    {
      using journal = openJournal(directory.path);
      journal.append(tail);
      journal.putMeta('fault', 'on');
      expect(() => journal.seal(sealed(0, [0, 1]))).toThrow('injected');
      expect(() => journal.append(commit(0, 2, [0]))).toThrow('an earlier write failed');
      expect(() => journal.seal(sealed(0, [0, 1]))).toThrow('an earlier write failed');
    }
    using journal = openJournal(directory.path);
    expect(journal.size()).toBe(0);
    expect(journal.latestNote()).toBeNull();
    expect(journal.segment(0, 0)).toBeNull();
    expect(journal.snapshot()).toBeNull();
    expect(journal.tailRow()).toEqual(tail.tail);
    expect([...journal.tailLeaves()]).toEqual([...unpackLeaves(tail.leaves)].map((l) => ({ ...l, k: 1 })));
    expect(journal.tailKeys()).toEqual(tail.keys);
  });
});

describe('what a failure means', () => {
  it.each([
    [5, 'BUSY'],
    [8, 'IO'],
    [10, 'IO'],
    [522, 'CORRUPT'],
    [778, 'IO'],
    [1034, 'IO'],
    [4874, 'FULL'],
    [11, 'CORRUPT'],
    [267, 'CORRUPT'],
    [13, 'FULL'],
    [14, 'IO'],
    [26, 'CORRUPT'],
  ])('SQLite %i is %s, with the failure as its cause', (errcode, code) => {
    const cause = Object.assign(new Error('text of SQLite'), { errcode, errstr: 'short' });
    const failure = storageFailure(cause, 'commit 7');
    expect(failure).toBeInstanceOf(StorageError);
    expect(failure).toMatchObject({
      code,
      cause,
      message: expect.stringContaining('commit 7: text of SQLite'),
    });
  });

  it('a constraint or a slip in our own code stays what it is', () => {
    const constraint = Object.assign(new Error('UNIQUE'), { errcode: 2067, errstr: 'constraint' });
    expect(storageFailure(constraint, 'x')).toBe(constraint);
    const slip = new TypeError('undefined is not a function');
    expect(storageFailure(slip, 'x')).toBe(slip);
  });

  it('ENOSPC of the file system is FULL, other errnos are IO', () => {
    expect(storageFailure(errno('ENOSPC'), 'x')).toMatchObject({ code: 'FULL' });
    expect(storageFailure(errno('EACCES'), 'x')).toMatchObject({ code: 'IO' });
  });
});
