/** Error families by what must happen next; see ARCHITECTURE.md for the table. */

/** One thing wrong in a configuration file, with what would be right. */
export type Problem = {
  /** Keys and indexes from the root of the document, e.g. `['devices', 2, 'baud']`. */
  readonly path: readonly (string | number)[];
  /** What is wrong and what would be right, one sentence. */
  readonly message: string;
  /** The value found, as the user wrote it. */
  readonly found?: string;
  readonly file?: string;
  readonly line?: number;
  readonly column?: number;
};

/** A value, or all that is wrong with it. */
export type Checked<T> =
  { readonly ok: true; readonly value: T } | { readonly ok: false; readonly problems: readonly Problem[] };

export class ConfigError extends Error {
  override readonly name = 'ConfigError';
  readonly problems: readonly Problem[];
  constructor(problems: readonly Problem[]) {
    super(`${problems.length} problem(s) in the configuration`);
    this.problems = problems;
  }
}

export type DeviceErrorCode =
  'TIMEOUT' | 'CHECKSUM' | 'EXCEPTION_REPLY' | 'MALFORMED' | 'PORT_LOST' | 'REFUSED';

/** A device did not answer as it should: a bad reading and device health, the daemon goes on. */
export class DeviceError extends Error {
  override readonly name = 'DeviceError';
  readonly code: DeviceErrorCode;
  constructor(code: DeviceErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

export type StorageErrorCode = 'FULL' | 'IO' | 'CORRUPT' | 'FORK' | 'BUSY';

/**
 * FULL, IO: acknowledge nothing more, exit 74. CORRUPT: quarantine. BUSY: another process holds
 * the data directory. FORK: the store contradicts its own signed heads; exit 76, no restart.
 */
export class StorageError extends Error {
  override readonly name = 'StorageError';
  readonly code: StorageErrorCode;
  constructor(code: StorageErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

export type AnchorErrorCode = 'UNREACHABLE' | 'REJECTED' | 'CONFLICT' | 'DROPPED' | 'REORGANISED';

/** The ledger did not take or lost an anchor; the checkpoint stays. */
export class AnchorError extends Error {
  override readonly name = 'AnchorError';
  readonly code: AnchorErrorCode;
  constructor(code: AnchorErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

export type RefusedCode = 'NOT_FOUND' | 'NOT_ALLOWED' | 'CONFLICT' | 'INVALID';

/** A person or program asked for something that cannot be; becomes HTTP problem+json. */
export class Refused extends Error {
  override readonly name = 'Refused';
  readonly code: RefusedCode;
  constructor(code: RefusedCode, message: string) {
    super(message);
    this.code = code;
  }
}

/** Process exit codes (sysexits, and 76 for a fork that must not restart by itself). */
export const ExitCode = { ok: 0, difference: 1, usage: 64, bug: 70, io: 74, fork: 76, config: 78 } as const;
