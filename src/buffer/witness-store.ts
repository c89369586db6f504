import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { join } from 'node:path';
import { StorageError } from '../domain/errors.ts';
import { openForWriting } from './connection.ts';
import { lockDirectory } from './lock.ts';
import { bytes, integer, integerOrNull, text, textOrNull, type Row } from './rows.ts';
import { guarded } from './storage-failure.ts';
import { Transactions } from './transactions.ts';

/** `bwit` in ASCII: tells it from a journal. */
const APPLICATION_ID = 0x62776974;

const SCHEMA = `
CREATE TABLE head (
  origin TEXT PRIMARY KEY, gateway TEXT, epoch INTEGER,
  size INTEGER NOT NULL, root BLOB NOT NULL CHECK (length(root) = 32), note TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX head_gateway ON head (gateway, epoch);
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;
PRAGMA application_id = ${APPLICATION_ID};
PRAGMA user_version = 1;
`;

/** The newest head of one origin that this witness cosigned. */
type HeadRow = {
  readonly origin: string;
  readonly gateway: string | null;
  readonly epoch: number | null;
  readonly size: number;
  readonly root: Uint8Array;
  readonly note: string;
};

/** What a witness remembers, in its state directory. Every write is durable when it returns. @throws StorageError */
export class SqliteWitnessStore implements Disposable {
  readonly #db: DatabaseSync;
  readonly #lock: Disposable;
  readonly #transactions: Transactions;
  readonly #head: StatementSync;

  constructor(db: DatabaseSync, lock: Disposable) {
    this.#db = db;
    this.#lock = lock;
    this.#transactions = new Transactions(db);
    this.#head = db.prepare('SELECT * FROM head WHERE origin = ?');
  }

  head(origin: string): HeadRow | null {
    const row = guarded('reading a head', () => this.#head.get(origin));
    return row === undefined ? null : headOf(row);
  }

  newestEpoch(gateway: string): number | null {
    const sql = 'SELECT max(epoch) AS epoch FROM head WHERE gateway = ?';
    const row = guarded('reading epochs', () => this.#db.prepare(sql).get(gateway));
    return row === undefined ? null : integerOrNull(row, 'epoch');
  }

  /**
   * Puts a head in the place of the one of `fromSize` (null: of none), or nothing.
   * @throws StorageError FORK when another one stands there
   */
  advance(to: HeadRow, fromSize: number | null): void {
    this.#transactions.runOrStop(`head ${to.size} of ${to.origin}`, () => {
      const { origin, gateway, epoch, size, root, note } = to;
      const done =
        fromSize === null
          ? this.#db
              .prepare('INSERT OR IGNORE INTO head VALUES (?, ?, ?, ?, ?, ?)')
              .run(origin, gateway, epoch, size, root, note)
          : this.#db
              .prepare('UPDATE head SET size = ?, root = ?, note = ? WHERE origin = ? AND size = ?')
              .run(size, root, note, origin, fromSize);
      if (Number(done.changes) !== 1) {
        throw new StorageError('FORK', `the head of ${origin} is no longer that of size ${fromSize ?? 0}`);
      }
    });
  }

  meta(key: string): string | null {
    const row = guarded('reading the state', () =>
      this.#db.prepare('SELECT value FROM meta WHERE key = ?').get(key),
    );
    return row === undefined ? null : textOrNull(row, 'value');
  }

  /** All of them or none. */
  putMeta(values: Readonly<Record<string, string>>): void {
    this.#transactions.run(`meta ${Object.keys(values).join(', ')}`, () => {
      const put = this.#db.prepare('INSERT OR REPLACE INTO meta (key, value) VALUES (?, ?)');
      for (const [key, value] of Object.entries(values)) put.run(key, value);
    });
  }

  [Symbol.dispose](): void {
    try {
      if (this.#db.isOpen) this.#db.close();
    } finally {
      this.#lock[Symbol.dispose]();
    }
  }
}

/**
 * Takes a state directory for this process and opens what it remembers.
 * @throws StorageError BUSY when another process has it, CORRUPT for a file that is no witness' state
 */
export function openWitnessStore(directory: string): SqliteWitnessStore {
  const lock = lockDirectory(directory);
  try {
    const path = join(directory, 'witness.db');
    const db = openForWriting(path);
    try {
      prepareSchema(db, path);
      return new SqliteWitnessStore(db, lock);
    } catch (error) {
      db.close();
      throw error;
    }
  } catch (error) {
    lock[Symbol.dispose]();
    throw error;
  }
}

function prepareSchema(db: DatabaseSync, path: string): void {
  const read = (pragma: string): number =>
    guarded(`reading ${path}`, () => Number(Object.values(db.prepare(`PRAGMA ${pragma}`).get() ?? {})[0]));
  const version = read('user_version');
  if (version === 0) {
    new Transactions(db).runOrStop(`${path}: its schema`, () => db.exec(SCHEMA));
    return;
  }
  if (read('application_id') !== APPLICATION_ID) {
    throw new StorageError('CORRUPT', `${path} is an SQLite database, but not the state of a witness`);
  }
  if (version !== 1) {
    throw new StorageError('CORRUPT', `${path} has schema ${version}, this program knows 1`);
  }
}

function headOf(row: Row): HeadRow {
  return {
    origin: text(row, 'origin'),
    gateway: textOrNull(row, 'gateway'),
    epoch: integerOrNull(row, 'epoch'),
    size: integer(row, 'size'),
    root: bytes(row, 'root'),
    note: text(row, 'note'),
  };
}
