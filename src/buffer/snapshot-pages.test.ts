import * as fc from 'fast-check';
import { createHash } from 'node:crypto';
import { DatabaseSync } from 'node:sqlite';
import { describe, expect, it } from 'vitest';
import { encode } from '../evidence/cbor.ts';
import { temporaryDirectory } from '../../test/fixtures/buffer/commits.ts';
import { openArchive } from './archive.ts';
import { journalPath } from './connection.ts';
import { fillEpoch } from './journal.ts';
import { pagesOf, SnapshotPages } from './snapshot-pages.ts';

/** A state with a list that grows before columns of many bytes. */
function state(rows: number, column: (at: number) => number): Uint8Array {
  const list = Array.from({ length: rows }, (_, i) => ['row', i, null, -i - 1]);
  const long = (n: number): Uint8Array => Uint8Array.from({ length: n }, (_, at) => column(at));
  return encode([list, [long(100_000), 'between', long(60_000)], long(9000), long(7000)]);
}

/** The same inside another state. */
function nested(rows: number): Uint8Array {
  return encode([3, ['goods', state(rows, () => 7)], ['tags', new Uint8Array(9000)]]);
}

describe('a large snapshot', () => {
  it('is cut at its long byte strings, so that a list which grows moves none of them', () => {
    const [before, after] = [pagesOf(state(10, () => 7)), pagesOf(state(2000, () => 7))];
    expect(Buffer.concat(before)).toEqual(Buffer.from(state(10, () => 7)));
    const changed = after.filter((page, no) => Buffer.compare(page, before[no] ?? new Uint8Array(0)) !== 0);
    expect(changed).toHaveLength(1);
  });

  it('is cut likewise where one of them holds a state of its own', () => {
    const [before, after] = [pagesOf(nested(10)), pagesOf(nested(2000))];
    expect(Buffer.concat(after)).toEqual(Buffer.from(nested(2000)));
    const changed = after.filter((page, no) => Buffer.compare(page, before[no] ?? new Uint8Array(0)) !== 0);
    expect(changed).toHaveLength(1);
  });

  it('is together what it was, whatever is in it', () => {
    const value = fc.letrec((tie) => ({
      item: fc.oneof(
        { maxDepth: 4 },
        fc.integer(),
        fc.constant(null),
        fc.string({ unit: 'grapheme-ascii', maxLength: 40 }),
        fc.uint8Array({ minLength: 0, maxLength: 40 }),
        fc.integer({ min: 8000, max: 40_000 }).map((n) => new Uint8Array(n)),
        // What looks like a list and is none.
        fc.integer({ min: 8000, max: 40_000 }).map((n) => new Uint8Array(n).fill(0x9a)),
        fc.array(tie('item'), { maxLength: 6 }),
      ),
    })).item;
    fc.assert(
      fc.property(value, (one) => {
        const bytes = encode(one as never);
        const pages = pagesOf(bytes);
        expect(Buffer.compare(Buffer.concat(pages), bytes)).toBe(0);
        expect(pages.every((page) => page.length > 0 && page.length <= 32_768)).toBe(true);
      }),
      { numRuns: 60 },
    );
  });

  it('is written only where it changed, and again when it is small', () => {
    using db = new DatabaseSync(':memory:');
    db.exec('CREATE TABLE snapshot_page (no INTEGER PRIMARY KEY, bytes BLOB NOT NULL) STRICT');
    const pages = new SnapshotPages(db);
    const written = (bytes: Uint8Array): { own: number; rows: number } => {
      const before = Number(db.prepare('SELECT total_changes() AS n').get()?.['n']);
      const own = pages.store(bytes).length;
      return { own, rows: Number(db.prepare('SELECT total_changes() AS n').get()?.['n']) - before };
    };
    const stored = (): Buffer =>
      Buffer.concat(
        db
          .prepare('SELECT bytes FROM snapshot_page ORDER BY no')
          .all()
          .map((r) => r['bytes'] as Uint8Array),
      );
    const first = state(10, () => 7);
    expect(written(first)).toEqual({ own: 0, rows: pagesOf(first).length });
    expect(written(first)).toEqual({ own: 0, rows: 0 });
    const second = state(10, (at) => (at === 99_000 ? 8 : 7));
    expect(written(second)).toEqual({ own: 0, rows: 1 });
    expect(stored()).toEqual(Buffer.from(second));
    expect(written(new Uint8Array(9))).toEqual({ own: 9, rows: pagesOf(first).length });
    expect(stored()).toHaveLength(0);
  });

  it('is found whole in its journal, and a page that was changed is told', () => {
    using directory = temporaryDirectory();
    const bytes = state(5000, (at) => at);
    const sha256 = new Uint8Array(createHash('sha256').update(bytes).digest());
    fillEpoch(directory.path, { meta: [], outbox: [], snapshot: { sha256, bytes } });
    {
      using archive = openArchive(directory.path, 0);
      expect(Buffer.compare(archive.snapshot()?.bytes ?? new Uint8Array(0), bytes)).toBe(0);
    }
    using db = new DatabaseSync(journalPath(directory.path));
    db.exec("UPDATE snapshot_page SET bytes = x'00' WHERE no = 2");
    using damaged = openArchive(directory.path, 0);
    expect(() => damaged.snapshot()).toThrow(/CORRUPT|hash|SHA/i);
  });
});
