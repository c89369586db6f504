import { hash, randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Credential } from '../../api/port.ts';
import type { Role } from '../../api/types.ts';
import { StorageError } from '../../domain/errors.ts';
import { keepSecretFile } from './new-secret-file.ts';

const FILE = 'operator.token';

/** Whoever can read the daemon's own files may do everything; on record as operator where that is enough. */
const OWNER: readonly Role[] = ['operator', 'supervisor', 'installer', 'admin', 'auditor', 'viewer'];

/**
 * The operator's token of this data directory: made at the first start, 256 random bits in a file
 * that its owner alone may read. There is no default password.
 * @throws StorageError CORRUPT for a file that holds no token
 */
export function loadOperatorToken(directory: string): { file: string; credential: Credential } {
  const file = join(directory, FILE);
  keepSecretFile(file, () => `${randomBytes(32).toString('base64url')}\n`);
  const token = readFileSync(file, 'utf8').trim();
  if (token.length < 22)
    throw new StorageError('CORRUPT', `${file} holds no token; remove it to get a new one`);
  return {
    file,
    credential: { actor: 1, roles: OWNER, name: 'operator', sha256: hash('sha256', token, 'buffer') },
  };
}
