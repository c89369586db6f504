import { statSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  T,
  bytesOf,
  commit,
  fileOf,
  sealed,
  segment,
  tailRow,
  temporaryDirectory,
} from '../../test/fixtures/buffer/commits.ts';
import { openArchive } from './archive.ts';
import { journalPath } from './connection.ts';
import { openJournal } from './journal.ts';
import { SCHEMA_VERSION } from './schema.ts';
import { unpackLeaves } from '../domain/packed-leaves.ts';
import { packLeaves } from '../../test/fixtures/buffer/packed-tail.ts';

function mode(path: string): number {
  return statSync(path).mode & 0o777;
}

describe('the journal', () => {
  it('gives back after a restart what a commit held, in the order of commits', () => {
    using directory = temporaryDirectory();
    const first = commit(0, 1, [0, 1, 2]);
    const second = commit(0, 2, [2, 0]);
    {
      using journal = openJournal(directory.path);
      journal.append(first);
      journal.append(second);
    }
    using journal = openJournal(directory.path);
    expect([...journal.tailLeaves()]).toEqual([
      ...[...unpackLeaves(first.leaves)].map((l) => ({ ...l, k: 1 })),
      ...[...unpackLeaves(second.leaves)].map((l) => ({ ...l, k: 2 })),
    ]);
    expect(journal.tailRow()).toEqual(second.tail);
    expect(journal.tailKeys()).toEqual(first.keys);
    expect(journal.size()).toBe(0);
  });

  it('keeps any leaf exactly, to the limits of its numbers', () => {
    using directory = temporaryDirectory();
    using journal = openJournal(directory.path);
    const safe = fc.integer({ min: 0, max: Number.MAX_SAFE_INTEGER });
    const leaf = fc.record({
      slot: fc.integer({ min: 0, max: 1023 }),
      seq: safe,
      t: safe,
      type: fc.integer({ min: 1, max: 16 }),
      body: fc.uint8Array({ maxLength: 5000 }),
    });
    let no = 0;
    fc.assert(
      fc.property(fc.array(leaf, { maxLength: 20 }), (leaves) => {
        journal.seal(sealed(no, []));
        no += 1;
        journal.append(commit(no, 1, [], { leaves: packLeaves(leaves) }));
        expect([...journal.tailLeaves()]).toEqual(leaves.map((l) => ({ ...l, k: 1 })));
      }),
      { numRuns: 60 },
    );
  });

  it('moves the tail into the sealed block in one step', () => {
    using directory = temporaryDirectory();
    using journal = openJournal(directory.path);
    journal.append(commit(0, 1, [0, 1]));
    const block = sealed(0, [0, 1, 7]);
    journal.seal(block);
    expect(journal.size()).toBe(1);
    expect(journal.block(0)).toEqual({ no: 0, t0: block.t0, t1: block.t1, block: block.block });
    expect(journal.segment(0, 7)).toEqual({ no: 0, erased: null, ...block.segments[2] });
    expect(journal.segment(0, 6)).toBeNull();
    expect(journal.node(0, 0)).toEqual(block.nodes[0]?.hash);
    expect(journal.node(1, 0)).toBeNull();
    expect(journal.note(1)).toBe(block.note);
    expect(journal.snapshot()).toEqual({ size: 1, ...block.snapshot });
    expect(journal.tailRow()).toEqual(block.tail);
    expect([...journal.tailLeaves()]).toEqual([]);
    expect(journal.tailKeys()).toEqual([]);
    journal.append(commit(1, 1, [0, 1]));
    expect([...journal.tailLeaves()]).toHaveLength(2);
  });

  it('keeps an empty segment, and a block that was sealed before its note was signed', () => {
    using directory = temporaryDirectory();
    using journal = openJournal(directory.path);
    const empty = segment(3, { key: null, n: 0, leaves: new Uint8Array(0), coveredUntil: null });
    journal.seal(sealed(0, [], { segments: [empty], note: null }));
    expect(journal.segment(0, 3)).toEqual({ no: 0, erased: null, ...empty });
    expect(journal.latestNote()).toBeNull();
    journal.putNote(1, 'signed');
    journal.putNote(1, 'signed and cosigned');
    expect(journal.latestNote()).toEqual({ size: 1, note: 'signed and cosigned' });
    expect(() => journal.putNote(2, 'of a block that is not there')).toThrow('log of size 1');
    journal.append(commit(1, 1, [3]));
  });

  it('keeps a document once, however often it is named', () => {
    using directory = temporaryDirectory();
    using journal = openJournal(directory.path);
    const rules = fileOf('rules of today');
    journal.append(commit(0, 1, [0], { files: [rules, rules] }));
    journal.append(commit(0, 2, [0], { files: [rules] }));
    expect(journal.file(rules.sha256)).toEqual(rules.bytes);
    expect(journal.file(new Uint8Array(32))).toBeNull();
  });

  it('registers streams with the records that open, change and close them', () => {
    using directory = temporaryDirectory();
    using journal = openJournal(directory.path);
    const row = {
      slot: 1,
      dev: 'probe-1',
      ch: 't',
      descriptor: bytesOf('D'),
      openedBlock: 0,
      closedBlock: null,
    };
    const next = { ...row, descriptor: bytesOf('D, moved'), openedBlock: 1 };
    journal.append(commit(0, 1, [0], { streams: [row] }));
    journal.seal(sealed(0, [0, 1]));
    journal.append(commit(1, 1, [0], { streams: [{ ...row, closedBlock: 1 }, next] }));
    expect(journal.streams()).toEqual([{ ...row, closedBlock: 1 }, next]);
  });

  it('keeps values of its own', () => {
    using directory = temporaryDirectory();
    using journal = openJournal(directory.path);
    expect(journal.meta('epoch')).toBeNull();
    journal.putMeta('epoch', '0');
    journal.putMeta('epoch', '1');
    expect(journal.meta('epoch')).toBe('1');
  });

  it('says what it found', () => {
    using directory = temporaryDirectory();
    using journal = openJournal(directory.path);
    journal.append(commit(0, 1, [0, 1]));
    const facts = journal.facts();
    expect(facts).toMatchObject({
      schemaVersion: SCHEMA_VERSION,
      size: 0,
      tailLeaves: 2,
      recoveredWalBytes: 0,
    });
    expect(facts.fileBytes % 4096).toBe(0);
    expect(facts.freeBytes).toBe(0);
  });

  it('is readable by its owner only, and so is what SQLite writes beside it', () => {
    using directory = temporaryDirectory();
    const data = join(directory.path, 'var', 'data');
    using journal = openJournal(data);
    journal.append(commit(0, 1, [0]));
    expect(mode(data)).toBe(0o700);
    const files = ['journal.db', 'journal.db-wal', 'journal.db-shm', 'lock.db'];
    expect(files.map((f) => mode(join(data, f)))).toEqual([0o600, 0o600, 0o600, 0o600]);
  });
});

describe('history never forks', () => {
  it.each([
    ['a block that was sealed already', sealed(0, [0])],
    ['a block after the next', sealed(2, [0])],
    ['a tail row of another block', sealed(1, [0], { tail: tailRow(3, 0) })],
    ['a tail row that is not the first', sealed(1, [0], { tail: tailRow(2, 1) })],
  ])('sealing refuses %s', (_name, block) => {
    using directory = temporaryDirectory();
    using journal = openJournal(directory.path);
    journal.seal(sealed(0, [0, 1]));
    expect(() => journal.seal(block)).toThrow(expect.objectContaining({ code: 'FORK' }));
    expect(journal.size()).toBe(1);
    expect(journal.tailRow()).toEqual(tailRow(1, 0));
    expect(() => journal.append(commit(1, 1, [0]))).toThrow('refused, an earlier write failed');
  });

  it.each([
    ['the same commit again', commit(0, 1, [])],
    ['a commit left out', commit(0, 3, [])],
    ['a commit of another block', commit(1, 1, [])],
  ])('appending refuses %s', (_name, next) => {
    using directory = temporaryDirectory();
    using journal = openJournal(directory.path);
    journal.append(commit(0, 1, [0]));
    expect(() => journal.append(next)).toThrow(expect.objectContaining({ code: 'FORK' }));
    expect(journal.tailRow()).toEqual(tailRow(0, 1));
  });

  it('appending refuses to begin a tail anew when its row was taken away', () => {
    using directory = temporaryDirectory();
    {
      using journal = openJournal(directory.path);
      journal.seal(sealed(0, [0]));
    }
    {
      using thief = new DatabaseSync(journalPath(directory.path));
      thief.exec('DELETE FROM tail_row');
    }
    using journal = openJournal(directory.path);
    expect(() => journal.append(commit(1, 1, [0]))).toThrow('does not follow a missing tail row');
  });
});

describe('an archive beside the journal', () => {
  it('sees what was committed and writes nothing', () => {
    using directory = temporaryDirectory();
    using journal = openJournal(directory.path);
    journal.append(commit(0, 1, [0, 1]));
    using archive = openArchive(directory.path);
    expect([...archive.tailLeaves()]).toHaveLength(2);
    journal.append(commit(0, 2, [0]));
    journal.seal(sealed(0, [0, 1]));
    expect(archive.size()).toBe(1);
    expect([...archive.tailLeaves()]).toEqual([]);
  });

  it('walks history by stream, by note and by time', () => {
    using directory = temporaryDirectory();
    using journal = openJournal(directory.path);
    for (let no = 0; no < 6; no += 1) journal.seal(sealed(no, no === 3 ? [0] : [0, 1]));
    using archive = openArchive(directory.path);
    expect([...archive.segmentsOf(1, 1, 5)].map((s) => s.no)).toEqual([1, 2, 4]);
    expect(archive.segmentHeads(3)).toEqual([bytesOf('S0')]);
    expect(archive.segmentHeads(4)).toEqual([bytesOf('S0'), bytesOf('S1')]);
    expect([...archive.notesBetween(2, 4)].map((n) => n.size)).toEqual([2, 3, 4]);
    expect([...archive.notesBetween(7, 9)]).toEqual([]);
    expect(archive.blocksBetween(T + 600_000, T + 1_800_000)).toEqual({ a: 1, b: 3 });
    expect(archive.blocksBetween(T + 599_999, T + 1_800_001)).toEqual({ a: 0, b: 4 });
    expect(archive.blocksBetween(T + 3_600_000, T + 9_000_000)).toEqual({ a: 0, b: 0 });
  });
});
