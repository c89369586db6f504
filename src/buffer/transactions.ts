import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { StorageError } from '../domain/errors.ts';
import { storageFailure } from './storage-failure.ts';

/**
 * Every write of the journal. After a write that failed on the medium nothing is written any more:
 * what the kernel still holds of it is unknown, and a second try that succeeds would acknowledge
 * rows that are not there (reliability D2).
 */
export class Transactions {
  readonly #db: DatabaseSync;
  readonly #begin: StatementSync;
  readonly #commit: StatementSync;
  #failure: unknown = null;

  constructor(db: DatabaseSync) {
    this.#db = db;
    this.#begin = db.prepare('BEGIN IMMEDIATE');
    this.#commit = db.prepare('COMMIT');
  }

  /** A mistake of ours in `act` only undoes it; a storage failure is the last write. */
  run<T>(doing: string, act: () => T): T {
    return this.#attempt(doing, act, false);
  }

  /** Like `run`, and a mistake of ours is the last write too: memory and store no longer agree. */
  runOrStop<T>(doing: string, act: () => T): T {
    return this.#attempt(doing, act, true);
  }

  #attempt<T>(doing: string, act: () => T, stopAlways: boolean): T {
    if (this.#failure !== null) {
      const code = this.#failure instanceof StorageError ? this.#failure.code : 'IO';
      throw new StorageError(code, `${doing}: refused, an earlier write failed`, { cause: this.#failure });
    }
    try {
      this.#begin.run();
      const value = act();
      this.#commit.run();
      return value;
    } catch (error) {
      const failure = storageFailure(error, doing);
      if (stopAlways || failure instanceof StorageError) this.#failure = failure;
      this.#undo();
      throw failure;
    }
  }

  /** SQLite undoes by itself after some I/O errors; a rollback that fails too leaves nothing committed. */
  #undo(): void {
    if (!this.#db.isTransaction) return;
    try {
      this.#db.exec('ROLLBACK');
    } catch (error) {
      this.#failure ??= storageFailure(error, 'undoing a failed write');
    }
  }
}
