import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { Commit, OutboxEntry, SealedBlock, StoredFile, StreamRow, TailRow } from '../domain/commit.ts';
import { StorageError } from '../domain/errors.ts';
import { SqliteArchive } from './archive.ts';
import { bytesOf, journalPath, openForReading, openForWriting } from './connection.ts';
import { epochDirectory, epochsOf, newestEpoch } from './epochs.ts';
import { lockDirectory } from './lock.ts';
import { SqliteErasing } from './erasing.ts';
import { SqliteOutbox } from './outbox.ts';
import { migrate, SCHEMA_VERSION, schemaVersion } from './schema.ts';
import { guarded } from './storage-failure.ts';
import { SnapshotPages } from './snapshot-pages.ts';
import { segmentId } from './stored.ts';
import { SqliteSubmissions } from './submissions.ts';
import { Transactions } from './transactions.ts';

/** What a start found in the data directory, for the log and the health page. */
export type StoreFacts = {
  readonly schemaVersion: number;
  readonly size: number;
  readonly tailLeaves: number;
  /** Bytes of a write-ahead log that the last process left: more than 0 after a crash or cut. */
  readonly recoveredWalBytes: number;
  readonly fileBytes: number;
  /** Part of `fileBytes` that holds nothing and is used before the file grows. */
  readonly freeBytes: number;
};

/** The one writer of the journal. Every write is durable when it returns. @throws StorageError */
export class SqliteJournal extends SqliteArchive implements Disposable {
  readonly outbox: SqliteOutbox;
  readonly submissions: SqliteSubmissions;
  readonly erasing: SqliteErasing;
  readonly #lock: Disposable;
  readonly #recoveredWalBytes: number;
  readonly #transactions: Transactions;
  readonly #statements: ReturnType<typeof prepare>;
  readonly #pages: SnapshotPages;

  constructor(db: DatabaseSync, lock: Disposable, recoveredWalBytes: number) {
    super(db);
    this.#lock = lock;
    this.#recoveredWalBytes = recoveredWalBytes;
    this.#transactions = new Transactions(db);
    this.#statements = prepare(db);
    this.#pages = new SnapshotPages(db);
    this.outbox = new SqliteOutbox(db);
    this.submissions = new SqliteSubmissions(db, this.#transactions);
    this.erasing = new SqliteErasing(db, this.#transactions);
  }

  /**
   * One commit: its leaves and all that follows from them. After it threw, nothing of it is stored
   * and every later write is refused. @throws StorageError FORK when it does not follow the tail row
   */
  append(commit: Commit): void {
    this.#transactions.runOrStop(`commit ${commit.tail.k} of block ${commit.tail.no}`, () => {
      const s = this.#statements;
      this.#follow(commit.tail);
      const { k } = commit.tail;
      const { n, bytes } = commit.leaves;
      if (n > 0) s.leaves.run(k, n, bytes);
      for (const { slot, key } of commit.keys) s.key.run(slot, key);
      for (const stream of commit.streams ?? []) this.#putStream(stream);
      for (const file of commit.files) s.file.run(file.sha256, file.bytes);
      const { outboxShift = 0 } = commit;
      if (outboxShift !== 0) this.outbox.shift(outboxShift);
      this.outbox.settle(commit.settled);
      this.outbox.put(commit.outbox);
      for (const { key, value } of commit.meta ?? []) s.meta.run(key, value);
    });
  }

  /**
   * Fixes history: block, segments, log nodes, note and snapshot come, the tail goes, its row is
   * replaced by that of the next block. @throws StorageError FORK unless the stored size is block.no
   */
  seal(block: SealedBlock): void {
    this.#transactions.runOrStop(`sealing block ${block.no}`, () => {
      const s = this.#statements;
      const size = this.size();
      if (size !== block.no || block.tail.no !== block.no + 1 || block.tail.k !== 0) {
        throw new StorageError(
          'FORK',
          `block ${block.no} with tail row ${block.tail.no}/${block.tail.k} does not follow a log of size ${size}`,
        );
      }
      // First the tail goes, so that the sealed rows take its pages and the file does not grow.
      s.clearTail.run();
      s.clearKeys.run();
      s.block.run(block.no, block.t0, block.t1, block.block);
      for (const g of block.segments) {
        const id = segmentId(block.no, g.slot);
        s.segment.run(id, g.segment, g.seq0, g.n, g.coveredUntil, g.key, g.leaves);
      }
      for (const { level, index, hash } of block.nodes) s.node.run(level, index, hash);
      if (block.note !== null) s.note.run(block.no + 1, block.note);
      this.#putSnapshot(block.no + 1, block.snapshot);
      const { no, k, chain, head, sig } = block.tail;
      s.replaceTail.run(no, k, chain, head, sig);
    });
  }

  /** Stores the note of a size, or replaces it by one that bears more signature lines. */
  putNote(size: number, note: string): void {
    this.#transactions.run(`note of size ${size}`, () => {
      if (size > this.size()) throw new Error(`a note of size ${size} in a log of size ${this.size()}`);
      this.#statements.note.run(size, note);
    });
  }

  /** What a new epoch takes over from the one before it, as its very first transaction. */
  begin(start: {
    readonly meta: NonNullable<Commit['meta']>;
    readonly outbox: readonly OutboxEntry[];
    readonly snapshot: StoredFile | null;
  }): void {
    this.#transactions.runOrStop('the begin of an epoch', () => {
      for (const { key, value } of start.meta) this.#statements.meta.run(key, value);
      this.outbox.put(start.outbox);
      if (start.snapshot !== null) this.#putSnapshot(0, start.snapshot);
    });
  }

  putMeta(key: string, value: string): void {
    this.#transactions.run(`meta ${key}`, () => this.#statements.meta.run(key, value));
  }

  facts(): StoreFacts {
    return guarded('describing the store', () => ({
      schemaVersion: schemaVersion(this.db),
      size: this.size(),
      tailLeaves: this.tailCount(),
      recoveredWalBytes: this.#recoveredWalBytes,
      fileBytes: this.#number('PRAGMA page_count') * this.#number('PRAGMA page_size'),
      freeBytes: this.#number('PRAGMA freelist_count') * this.#number('PRAGMA page_size'),
    }));
  }

  /** Copies the WAL in and lets the next writer have the directory, in this order. */
  override [Symbol.dispose](): void {
    try {
      super[Symbol.dispose]();
    } finally {
      this.#lock[Symbol.dispose]();
    }
  }

  /**
   * Commit k replaces commit k - 1 of the same block. Only an empty log has no row to replace: a
   * missing row of a log with blocks was taken away.
   */
  #follow(tail: TailRow): void {
    const s = this.#statements;
    const { no, k, chain, head, sig } = tail;
    if (Number(s.nextTail.run(k, chain, head, sig, no, k - 1).changes) === 1) return;
    if (no === 0 && k === 1 && this.tailRow() === null && this.size() === 0) {
      s.replaceTail.run(no, k, chain, head, sig);
      return;
    }
    const found = this.tailRow();
    throw new StorageError(
      'FORK',
      `commit ${k} of block ${no} does not follow ${found === null ? 'a missing tail row' : `commit ${found.k} of block ${found.no}`}`,
    );
  }

  #putStream(r: StreamRow): void {
    this.#statements.stream.run(r.slot, r.openedBlock, r.closedBlock, r.dev, r.ch, r.descriptor);
  }

  #putSnapshot(size: number, { sha256, bytes }: StoredFile): void {
    this.#statements.snapshot.run(size, sha256, this.#pages.store(bytes));
  }

  #number(sql: string): number {
    return Number(Object.values(this.db.prepare(sql).get() ?? {})[0]);
  }
}

function prepare(db: DatabaseSync) {
  const to = (sql: string): StatementSync => db.prepare(sql);
  return {
    leaves: to('INSERT INTO tail (k, n, leaves) VALUES (?, ?, ?)'),
    key: to('INSERT INTO tail_key (slot, key) VALUES (?, ?)'),
    nextTail: to('UPDATE tail_row SET k = ?, chain = ?, head = ?, sig = ? WHERE no = ? AND k = ?'),
    replaceTail: to(
      'INSERT OR REPLACE INTO tail_row (one, no, k, chain, head, sig) VALUES (1, ?, ?, ?, ?, ?)',
    ),
    stream: to(
      `INSERT OR REPLACE INTO stream (slot, opened_block, closed_block, dev, ch, descriptor)
       VALUES (?, ?, ?, ?, ?, ?)`,
    ),
    file: to('INSERT OR IGNORE INTO file (sha256, bytes) VALUES (?, ?)'),
    clearTail: to('DELETE FROM tail'),
    clearKeys: to('DELETE FROM tail_key'),
    block: to('INSERT INTO block (no, t0, t1, block) VALUES (?, ?, ?, ?)'),
    segment: to(
      `INSERT INTO segment (id, segment, seq0, n, covered_until, key, leaves) VALUES (?, ?, ?, ?, ?, ?, ?)`,
    ),
    node: to('INSERT INTO log_node (level, idx, hash) VALUES (?, ?, ?)'),
    note: to('INSERT INTO note (size, note) VALUES (?, ?) ON CONFLICT DO UPDATE SET note = excluded.note'),
    snapshot: to('INSERT OR REPLACE INTO snapshot (one, size, sha256, bytes) VALUES (1, ?, ?, ?)'),
    meta: to('INSERT OR REPLACE INTO meta (key, value) VALUES (?, ?)'),
  };
}

/**
 * Takes the data directory for this process and opens its journal, making both where they are
 * missing and bringing an older schema up to date.
 * @param before what is to be done to the directory first, by the one process that has it
 * @throws StorageError BUSY when another process has it, CORRUPT when the file is damaged, foreign or
 *   of a newer bailee
 */
export function openJournal(directory: string, before: () => void = () => undefined): SqliteJournal {
  const lock = lockDirectory(directory);
  try {
    before();
    // What is over is not written again, but has to be read by this program.
    for (const epoch of epochsOf(directory).slice(0, -1)) bringUpToDate(epochDirectory(directory, epoch));
    return journalIn(epochDirectory(directory, newestEpoch(directory)), lock);
  } catch (error) {
    lock[Symbol.dispose]();
    throw error;
  }
}

/**
 * Brings all that a data directory holds up to the schema of this program, so that it can be read before its
 * journal is opened. @throws StorageError as `openJournal`
 */
export function makeReadable(directory: string): void {
  const epochs = epochsOf(directory);
  if (epochs.length === 0) return;
  using _lock = lockDirectory(directory);
  for (const epoch of epochs) bringUpToDate(epochDirectory(directory, epoch));
}

/** Makes the journal of an epoch that is not there yet. @param folder its draft, which nobody else knows */
export function fillEpoch(folder: string, start: Parameters<SqliteJournal['begin']>[0]): void {
  using journal = journalIn(folder, { [Symbol.dispose]: () => undefined });
  journal.begin(start);
}

function versionOf(path: string): number {
  const db = openForReading(path);
  try {
    return schemaVersion(db);
  } finally {
    db.close();
  }
}

function bringUpToDate(folder: string): void {
  const path = journalPath(folder);
  if (bytesOf(`${path}-wal`) === 0 && versionOf(path) === SCHEMA_VERSION) return;
  // Opening copies a write-ahead log in, so that a copy of the folder can be read without one.
  const db = openForWriting(path);
  try {
    migrate(db, path);
  } finally {
    db.close();
  }
}

function journalIn(folder: string, lock: Disposable): SqliteJournal {
  const path = journalPath(folder);
  const walBytes = bytesOf(`${path}-wal`);
  const db = openForWriting(path);
  try {
    migrate(db, path);
    return new SqliteJournal(db, lock, walBytes);
  } catch (error) {
    db.close();
    throw error;
  }
}
