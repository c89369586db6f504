import { randomBytes } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { StorageError } from '../domain/errors.ts';
import { seedSigner, type LogSigner } from '../anchoring/signer.ts';
import { keepSecretFile } from './new-secret-file.ts';

const LOG_KEY = 'log.key';

/** Whether this directory has a log key already: its first, or one that a rotation made. */
export function hasLogKey(directory: string): boolean {
  return existsSync(directory) && readdirSync(directory).some((name) => /^log(-\d+)?\.key$/.test(name));
}

/**
 * The log key of this data directory: 32 bytes of Ed25519 seed in base64, readable by its owner
 * alone. `create` makes it at the first start; it is never replaced here.
 * @throws StorageError CORRUPT for a file that is no key
 */
export function loadLogKey(directory: string, create: boolean): LogSigner {
  const path = join(directory, LOG_KEY);
  if (create) keepSecretFile(path, () => `${randomBytes(32).toString('base64')}\n`);
  const seed = Buffer.from(readFileSync(path, 'utf8').trim(), 'base64');
  if (seed.length !== 32) throw new StorageError('CORRUPT', `${path} holds ${seed.length} bytes, no log key`);
  return seedSigner(seed);
}
