import { StorageError, type StorageErrorCode } from '../domain/errors.ts';

/** SQLite primary result codes that say something about the medium and not about our program. */
const CODES: Readonly<Record<number, StorageErrorCode>> = {
  3: 'IO', // PERM
  5: 'BUSY',
  6: 'BUSY', // LOCKED
  8: 'IO', // READONLY: remounted read-only after an error, or the file was moved away
  10: 'IO', // IOERR
  11: 'CORRUPT',
  13: 'FULL',
  14: 'IO', // CANTOPEN
  15: 'BUSY', // PROTOCOL: lost the race for the WAL index many times
  26: 'CORRUPT', // NOTADB
};

/** Extended codes whose meaning differs from that of IOERR, their primary code. */
const EXTENDED: Readonly<Record<number, StorageErrorCode>> = {
  522: 'CORRUPT', // SHORT_READ: the file ends within a page
  4874: 'FULL', // SHMSIZE: the WAL index cannot grow, which on Linux is a full disk and nothing else
  8202: 'CORRUPT', // DATA: a checksum of the file system is wrong
  8458: 'CORRUPT', // CORRUPTFS
};

type SqliteError = Error & { readonly errcode: number; readonly errstr: string };

function isSqliteError(error: unknown): error is SqliteError {
  return error instanceof Error && 'errcode' in error && typeof error.errcode === 'number';
}

/** File system calls of our own (mkdir, open, fsync) name the call and the errno. */
function isSystemError(error: unknown): error is Error & { readonly code: string } {
  return error instanceof Error && 'syscall' in error && 'code' in error;
}

/**
 * What a failure of SQLite or of the file system means, as a StorageError with the failure as its
 * cause. A failure that is our own mistake (a constraint, wrong SQL) comes back as it is.
 */
export function storageFailure(error: unknown, doing: string): unknown {
  if (error instanceof StorageError) return error;
  if (isSqliteError(error)) {
    const code = EXTENDED[error.errcode] ?? CODES[error.errcode & 0xff];
    if (code === undefined) return error;
    return new StorageError(code, `${doing}: ${error.message} (SQLite ${error.errcode}, ${error.errstr})`, {
      cause: error,
    });
  }
  if (isSystemError(error)) {
    const full = error.code === 'ENOSPC' || error.code === 'EDQUOT';
    return new StorageError(full ? 'FULL' : 'IO', `${doing}: ${error.message}`, { cause: error });
  }
  return error;
}

/** Runs `act`; what it throws is told as what it means for the store. */
export function guarded<T>(doing: string, act: () => T): T {
  try {
    return act();
  } catch (error) {
    throw storageFailure(error, doing);
  }
}
