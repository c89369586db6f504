import { randomBytes } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { StorageError } from '../../domain/errors.ts';
import { seedSigner, type LogSigner } from '../../anchoring/signer.ts';
import { keepSecretFile } from '../site/new-secret-file.ts';

const LOG_KEY = 'log.key';
const PUBLIC_KEY = 'log.pub';

/**
 * Whether this directory has a log key already: its first, one that a rotation made, or the public
 * half of one that is kept elsewhere.
 */
export function hasLogKey(directory: string): boolean {
  return existsSync(directory) && readdirSync(directory).some((name) => /^log(-\d+)?\.(key|pub)$/.test(name));
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

/**
 * A log key that is kept elsewhere, with its public half (base64) left in the data directory: a
 * journal that was taken away is noticed by it, and no log is told a second time.
 */
export function markedLogKey(directory: string, signer: LogSigner): LogSigner {
  keepSecretFile(join(directory, PUBLIC_KEY), () => `${Buffer.from(signer.publicKey).toString('base64')}\n`);
  return signer;
}
