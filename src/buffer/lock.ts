import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { StorageError } from '../domain/errors.ts';
import { prepareDirectory, prepareFile } from './connection.ts';
import { guarded, storageFailure } from './storage-failure.ts';

/**
 * One writer per data directory. The lock is an open exclusive transaction on an empty database
 * beside the journal, so the kernel frees it however the process ends. It is not the journal's
 * own lock because readers must get in. POSIX locks fall when the process closes any descriptor
 * of the file: nothing else in this program may open lock.db.
 */
export function lockDirectory(directory: string): Disposable {
  prepareDirectory(directory);
  const path = join(directory, 'lock.db');
  const db = guarded(`opening ${path}`, () => {
    prepareFile(path);
    return new DatabaseSync(path, { timeout: 200 });
  });
  try {
    // Nothing is ever written to it, so it needs no journal file, which a full disk would refuse.
    db.exec('PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE');
  } catch (error) {
    db.close();
    const failure = storageFailure(error, `locking ${path}`);
    if (failure instanceof StorageError && failure.code === 'BUSY') {
      throw new StorageError('BUSY', `another process writes to the data directory ${directory}`, {
        cause: error,
      });
    }
    throw failure;
  }
  return {
    [Symbol.dispose]: () => {
      if (db.isOpen) db.close();
    },
  };
}
