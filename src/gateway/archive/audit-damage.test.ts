import { join } from 'node:path';
import { DatabaseSync, type SQLInputValue } from 'node:sqlite';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openArchive } from '../../buffer/archive.ts';
import { StorageError } from '../../domain/errors.ts';
import { auditDirectory } from './audit.ts';
import { Place, writeStory } from '../data-directory.fixture.ts';
import { policyFileOf } from '../keys/policy.ts';

/** What is signed or hashed: of each table the columns that find a row, and those that are tried. */
const TABLES: Readonly<
  Record<string, { readonly key: readonly string[]; readonly tried: readonly string[] }>
> = {
  block: { key: ['no'], tried: ['t0', 't1', 'block'] },
  segment: { key: ['id'], tried: ['segment', 'seq0', 'n', 'covered_until', 'key', 'leaves'] },
  log_node: { key: ['level', 'idx'], tried: ['hash'] },
  note: { key: ['size'], tried: ['note'] },
  stream: { key: ['slot', 'opened_block'], tried: ['descriptor'] },
  // Its n is a count of what leaves says, for who asks how many there are.
  tail: { key: ['k'], tried: ['leaves'] },
  tail_key: { key: ['slot'], tried: ['key'] },
  tail_row: { key: ['one'], tried: ['no', 'k', 'chain', 'head', 'sig'] },
};

type Row = Readonly<Record<string, SQLInputValue>>;

let place: Place;
let db: DatabaseSync;
let policyFile: Uint8Array;

beforeAll(async () => {
  place = new Place();
  await writeStory(place);
  const policy = policyFileOf(place.data);
  if (!policy.ok) throw new Error(policy.why);
  // The reader's own file: what the journal says of its keys is not asked.
  policyFile = Buffer.from(policy.value);
  db = new DatabaseSync(join(place.data, 'journal.db'));
});

afterAll(() => {
  db.close();
  place[Symbol.dispose]();
});

function isFound(): boolean {
  try {
    using archive = openArchive(place.data);
    const report = auditDirectory(archive, { directory: place.data, policyFile }, () => undefined);
    return !report.ok || report.value.found > 0;
  } catch (error) {
    if (error instanceof StorageError && error.code === 'CORRUPT') return true;
    throw error;
  }
}

function rowsOf(table: string): readonly Row[] {
  return db.prepare(`SELECT * FROM ${table}`).all();
}

function where(table: string): string {
  return (TABLES[table]?.key ?? []).map((column) => `${column} = ?`).join(' AND ');
}

function keyOf(table: string, row: Row): SQLInputValue[] {
  return (TABLES[table]?.key ?? []).map((column) => row[column] ?? null);
}

/** Other values for a cell: one more, a bit flipped here and there, a character of a text. */
function others(value: SQLInputValue): SQLInputValue[] {
  if (typeof value === 'number' || typeof value === 'bigint') return [Number(value) + 1];
  if (typeof value === 'string')
    return [3, 60, 90, 110, 150].filter((at) => at < value.length).map((at) => other(value, at));
  if (!(value instanceof Uint8Array)) return [];
  const step = Math.max(1, Math.floor(value.length / 12));
  return Array.from({ length: Math.ceil(value.length / step) }, (_, i) =>
    value.map((byte, at) => (at === i * step ? byte ^ (1 << (i % 8)) : byte)),
  );
}

function other(text: string, at: number): string {
  return text.slice(0, at) + (text[at] === 'A' ? 'B' : 'A') + text.slice(at + 1);
}

function insert(table: string, row: Row): void {
  const columns = Object.keys(row);
  db.prepare(`INSERT INTO ${table} (${columns.join()}) VALUES (${columns.map(() => '?').join()})`).run(
    ...Object.values(row),
  );
}

describe('a data directory in which a cell or a row is another', () => {
  it('began whole, with something in every table', () => {
    expect(isFound()).toBe(false);
    for (const table of Object.keys(TABLES)) expect([table, rowsOf(table).length]).not.toEqual([table, 0]);
  });

  it.each(Object.keys(TABLES))('of %s is found out', (table) => {
    const missed: unknown[] = [];
    for (const row of rowsOf(table))
      for (const column of TABLES[table]?.tried ?? [])
        for (const instead of others(row[column] ?? null)) {
          const set = db.prepare(`UPDATE ${table} SET ${column} = ? WHERE ${where(table)}`);
          set.run(instead, ...keyOf(table, row));
          if (!isFound()) missed.push([keyOf(table, row), column, instead]);
          set.run(row[column] ?? null, ...keyOf(table, row));
        }
    expect(missed).toEqual([]);
    expect(isFound()).toBe(false);
  });

  // A head that was never signed is no lie, so a note may be missing.
  it.each(Object.keys(TABLES).filter((table) => table !== 'note'))(
    'of %s that is gone is missed',
    (table) => {
      const kept: unknown[] = [];
      for (const row of rowsOf(table)) {
        db.prepare(`DELETE FROM ${table} WHERE ${where(table)}`).run(...keyOf(table, row));
        if (!isFound()) kept.push(keyOf(table, row));
        insert(table, row);
      }
      expect(kept).toEqual([]);
      expect(isFound()).toBe(false);
    },
  );

  it.each(['block', 'segment', 'tail'])('of %s that stands for the next one is found out', (table) => {
    const rows = rowsOf(table);
    const [key = ''] = TABLES[table]?.key ?? [];
    const exchange = (a: SQLInputValue, b: SQLInputValue): void => {
      const set = db.prepare(`UPDATE ${table} SET ${key} = ? WHERE ${key} = ?`);
      set.run(-1, a);
      set.run(a, b);
      set.run(b, -1);
    };
    const missed: unknown[] = [];
    for (let i = 0; i + 1 < rows.length; i++) {
      const [a = null, b = null] = [rows[i]?.[key], rows[i + 1]?.[key]];
      exchange(a, b);
      if (!isFound()) missed.push([a, b]);
      exchange(a, b);
    }
    expect(missed).toEqual([]);
  });
});
