import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { DatabaseSync, SQLInputValue, StatementSync } from 'node:sqlite';
import type { EventFilter, EventPage, EventQuery, EventRow, KeptEvent } from '../domain/epcis-events.ts';
import { StorageError } from '../domain/errors.ts';
import { openForReading, openForWriting } from './connection.ts';
import { bytes, integer, text, type Row } from './rows.ts';
import { guarded } from './storage-failure.ts';
import { Transactions } from './transactions.ts';

/** `bepc` in ASCII: tells it from a journal. */
const APPLICATION_ID = 0x62657063;
const VERSION = 1;

const SCHEMA = `
CREATE TABLE event (
  seq INTEGER PRIMARY KEY, id TEXT NOT NULL, declaration INTEGER NOT NULL, kind TEXT NOT NULL,
  event_time INTEGER NOT NULL, record_time INTEGER NOT NULL, json TEXT NOT NULL, UNIQUE (id, declaration)
) STRICT;
CREATE INDEX event_kind ON event (kind, seq, record_time);
CREATE TABLE event_key (
  name TEXT NOT NULL, value TEXT NOT NULL, seq INTEGER NOT NULL, PRIMARY KEY (name, value, seq)
) STRICT, WITHOUT ROWID;
CREATE TABLE memory (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE cursor (
  one INTEGER PRIMARY KEY CHECK (one = 1), epoch INTEGER NOT NULL, no INTEGER NOT NULL, last BLOB NOT NULL
) STRICT;
PRAGMA application_id = ${APPLICATION_ID};
PRAGMA user_version = ${VERSION};
`;

/** Of one page: an event may name 50,000 things. */
const MOST_SIGNS = 8_000_000;

/** How far the journal was read: its blocks below `no` of an epoch; `last` is the newest of them, CBOR of B. */
export type EventCursor = { readonly epoch: number; readonly no: number; readonly last: Uint8Array };

/**
 * Events made from the journal, and what was remembered in making them. All of it follows from the journal: it may
 * be thrown away and is made anew. @throws StorageError from every method
 */
export class EpcisStore implements Disposable {
  readonly #db: DatabaseSync;
  readonly #statements = new Map<string, StatementSync>();

  constructor(db: DatabaseSync) {
    this.#db = db;
  }

  cursor(): EventCursor | null {
    return this.#one('SELECT epoch, no, last FROM cursor', (row) => ({
      epoch: integer(row, 'epoch'),
      no: integer(row, 'no'),
      last: bytes(row, 'last'),
    }));
  }

  /** One step: what `make` appends and remembers is kept together with how far it read, or not at all. */
  step(transactions: Transactions, make: () => EventCursor): void {
    transactions.run('events of a block', () => {
      const { epoch, no, last } = make();
      this.#run('INSERT OR REPLACE INTO cursor (one, epoch, no, last) VALUES (1, ?, ?, ?)', epoch, no, last);
    });
  }

  get(key: string): string | null {
    return this.#one('SELECT value FROM memory WHERE key = ?', (row) => text(row, 'value'), key);
  }

  set(key: string, value: string | null): void {
    if (value === null) this.#run('DELETE FROM memory WHERE key = ?', key);
    else this.#run('INSERT OR REPLACE INTO memory (key, value) VALUES (?, ?)', key, value);
  }

  under(prefix: string): (readonly [key: string, value: string])[] {
    const sql = 'SELECT key, value FROM memory WHERE key >= ? AND key < ? ORDER BY key';
    // 0xFFFF is no character of a key.
    return this.#all(
      sql,
      (row) => [text(row, 'key'), text(row, 'value')] as const,
      prefix,
      `${prefix}\uFFFF`,
    );
  }

  /** Appends an event; one that is there already stays as it is. */
  append({ id, isDeclaration, kind, eventTime, recordTime, json, keys }: EventRow): void {
    const seq = (this.newest() ?? 0) + 1;
    const sql = 'INSERT OR IGNORE INTO event VALUES (?, ?, ?, ?, ?, ?, ?)';
    const added = this.#run(sql, seq, id, isDeclaration ? 1 : 0, kind, eventTime, recordTime, json);
    if (added === 0) return;
    for (const [name, value] of keys)
      this.#run('INSERT OR IGNORE INTO event_key VALUES (?, ?, ?)', name, value, seq);
  }

  /** Seq of the newest event; null for none. */
  newest(): number | null {
    return this.#one('SELECT seq FROM event ORDER BY seq DESC LIMIT 1', (row) => integer(row, 'seq'));
  }

  /** The event of this name; not its declaration. */
  event(id: string): KeptEvent | null {
    return this.#one('SELECT * FROM event WHERE id = ? AND declaration = 0', eventOf, id);
  }

  /** A page has at most `limit` events, and fewer where these are large; at least one where there is any. */
  find({ filters, after, limit }: EventQuery): EventPage {
    const values: SQLInputValue[] = [after];
    const wheres = filters.map((filter) => whereOf(filter, values));
    const sql = `SELECT * FROM event WHERE ${['seq > ?', ...wheres].join(' AND ')} ORDER BY seq LIMIT ${limit + 1}`;
    const rows = guarded('looking for events', () => this.#db.prepare(sql).iterate(...values));
    const events: KeptEvent[] = [];
    let left = MOST_SIGNS;
    for (;;) {
      const row = guarded('looking for events', () => rows.next());
      if (row.done === true) return { events, next: null };
      const event = eventOf(row.value);
      if (events.length === limit || (events.length > 0 && event.json.length > left)) break;
      left -= event.json.length;
      events.push(event);
    }
    return { events, next: events.at(-1)?.seq ?? null };
  }

  /** How many events of these kinds are behind `after`, and when the first became known, ms. Kind by kind, so that no others are looked at. */
  waiting(
    after: number,
    kinds: readonly string[],
  ): { readonly count: number; readonly oldest: number | null } {
    const sql =
      'SELECT count(*) AS n, coalesce(min(record_time), -1) AS t FROM event WHERE kind = ? AND seq > ?';
    let count = 0;
    let oldest: number | null = null;
    for (const kind of kinds) {
      const [n, t] = this.#one(
        sql,
        (row) => [integer(row, 'n'), integer(row, 't')] as const,
        kind,
        after,
      ) ?? [0, -1];
      count += n;
      if (t !== -1) oldest = Math.min(oldest ?? t, t);
    }
    return { count, oldest };
  }

  /** The next events of these kinds, at most `limit`. */
  following(after: number, kinds: readonly string[], limit: number): KeptEvent[] {
    const sql = `SELECT * FROM event WHERE kind = ? AND seq > ? ORDER BY seq LIMIT ${limit}`;
    const found = kinds.flatMap((kind) => this.#all(sql, eventOf, kind, after));
    return found.toSorted((a, b) => a.seq - b.seq).slice(0, limit);
  }

  [Symbol.dispose](): void {
    if (this.#db.isOpen) this.#db.close();
  }

  #statement(sql: string): StatementSync {
    const known = this.#statements.get(sql);
    if (known !== undefined) return known;
    const made = this.#db.prepare(sql);
    this.#statements.set(sql, made);
    return made;
  }

  #run(sql: string, ...values: SQLInputValue[]): number {
    return Number(this.#statement(sql).run(...values).changes);
  }

  #one<T>(sql: string, make: (row: Row) => T, ...values: SQLInputValue[]): T | null {
    const row = guarded('reading events', () => this.#statement(sql).get(...values));
    return row === undefined ? null : make(row);
  }

  #all<T>(sql: string, make: (row: Row) => T, ...values: SQLInputValue[]): T[] {
    return guarded('reading events', () => this.#statement(sql).all(...values)).map(make);
  }
}

/** SQL of one filter; its values are added in their order. */
function whereOf(filter: EventFilter, values: SQLInputValue[]): string {
  if (filter.kind === 'declaration') return 'declaration = 1';
  if (filter.kind === 'time') {
    const column = filter.field === 'eventTime' ? 'event_time' : 'record_time';
    const bounds = [
      ...(filter.from === null ? [] : [[`${column} >= ?`, filter.from] as const]),
      ...(filter.before === null ? [] : [[`${column} < ?`, filter.before] as const]),
    ];
    values.push(...bounds.map(([, value]) => value));
    return ['1 = 1', ...bounds.map(([sql]) => sql)].join(' AND ');
  }
  values.push(...filter.names, ...filter.values);
  return `seq IN (SELECT seq FROM event_key WHERE name IN (${marksFor(filter.names)}) AND value IN (${marksFor(filter.values)}))`;
}

function marksFor(list: readonly string[]): string {
  return list.map(() => '?').join(', ');
}

function eventOf(row: Row): KeptEvent {
  return {
    seq: integer(row, 'seq'),
    id: text(row, 'id'),
    isDeclaration: integer(row, 'declaration') === 1,
    kind: text(row, 'kind'),
    eventTime: integer(row, 'event_time'),
    recordTime: integer(row, 'record_time'),
    json: text(row, 'json'),
  };
}

function pathIn(directory: string): string {
  return join(directory, 'epcis.db');
}

/** For the one who makes events of the journal. @throws StorageError CORRUPT for a file that is no such store */
export function openEpcisStore(directory: string): {
  readonly store: EpcisStore;
  readonly transactions: Transactions;
} {
  const path = pathIn(directory);
  const db = openForWriting(path);
  try {
    const transactions = new Transactions(db);
    if (versionOf(db) === 0) transactions.run(`${path}: its schema`, () => db.exec(SCHEMA));
    requireOurs(db, path);
    return { store: new EpcisStore(db), transactions };
  } catch (error) {
    db.close();
    throw error;
  }
}

/** Beside its writer; null before the first event was made. @throws StorageError */
export function readEpcisStore(directory: string): EpcisStore | null {
  const path = pathIn(directory);
  if (!existsSync(path)) return null;
  const db = openForReading(path);
  try {
    if (versionOf(db) === 0) {
      db.close();
      return null;
    }
    requireOurs(db, path);
    return new EpcisStore(db);
  } catch (error) {
    db.close();
    throw error;
  }
}

/** Throws away what was made of a journal that is no longer this one. */
export function dropEpcisStore(directory: string): void {
  for (const ending of ['', '-wal', '-shm']) rmSync(pathIn(directory) + ending, { force: true });
}

function versionOf(db: DatabaseSync): number {
  return guarded('reading the schema', () =>
    Number(db.prepare('PRAGMA user_version').get()?.['user_version']),
  );
}

function requireOurs(db: DatabaseSync, path: string): void {
  const id = guarded(
    'reading the schema',
    () => db.prepare('PRAGMA application_id').get()?.['application_id'],
  );
  if (id !== APPLICATION_ID || versionOf(db) !== VERSION)
    throw new StorageError('CORRUPT', `${path} holds no events of this version; it may be taken away`);
}
