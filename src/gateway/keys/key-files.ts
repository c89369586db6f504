import { randomBytes } from 'node:crypto';
import { closeSync, existsSync, fsyncSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { secp256k1Key, type Secp256k1Key } from '../../anchoring/secp256k1-key.ts';
import { seedSigner, type LogSigner } from '../../anchoring/signer.ts';
import { fsyncDirectory } from '../../buffer/connection.ts';
import { StorageError } from '../../domain/errors.ts';
import { keepSecretFile } from '../site/new-secret-file.ts';

/** The private halves of one key pair. */
export type KeyPair = { readonly log: LogSigner; readonly ledger: Secp256k1Key | null };

const KEY_LENGTH = 32;

/** Key 0 has the name it always had; those made at rotations bear their number. */
function pathOf(directory: string, kind: 'log' | 'ledger', no: number): string {
  return join(directory, kind === 'log' && no === 0 ? 'log.key' : `${kind}-${no}.key`);
}

/** Whether the gateway itself made the ledger key of this number; else it is the configured one. */
function hasLedgerKey(directory: string, no: number): boolean {
  return existsSync(pathOf(directory, 'ledger', no));
}

/** Makes a key pair where it is missing, durable and readable by its owner alone before it returns. */
export function makeKeys(directory: string, no: number, withLedger: boolean): KeyPair {
  for (const kind of withLedger ? (['log', 'ledger'] as const) : (['log'] as const)) {
    keepSecretFile(pathOf(directory, kind, no), () => `${newSecret(kind).toString('base64')}\n`);
  }
  return readKeys(directory, no, withLedger ? null : 'none');
}

/**
 * @param configured the ledger key where the gateway made none itself; `none` without a ledger
 * @throws StorageError CORRUPT for a file that is no key, IO for one that is missing
 */
export function readKeys(directory: string, no: number, configured: Secp256k1Key | 'none' | null): KeyPair {
  const log = seedSigner(readSecret(pathOf(directory, 'log', no)));
  if (configured === 'none') return { log, ledger: null };
  if (!hasLedgerKey(directory, no) && configured !== null) return { log, ledger: configured };
  return { log, ledger: secp256k1Key(readSecret(pathOf(directory, 'ledger', no))) };
}

/** The ledger key of this number that the gateway made; null where it made none. @throws StorageError CORRUPT */
export function readLedgerKey(directory: string, no: number): Secp256k1Key | null {
  return hasLedgerKey(directory, no) ? secp256k1Key(readSecret(pathOf(directory, 'ledger', no))) : null;
}

/**
 * Overwrites and removes what is there of a key pair. Flash may keep the old bytes all the same:
 * a key that must not survive its medium belongs into a token.
 */
export function eraseKeys(directory: string, no: number): void {
  for (const kind of ['log', 'ledger'] as const) {
    const path = pathOf(directory, kind, no);
    if (!existsSync(path)) continue;
    const fd = openSync(path, 'r+');
    try {
      writeSync(fd, Buffer.alloc(readFileSync(path).length), 0, null, 0);
      fsyncSync(fd);
    } finally {
      closeSync(fd);
    }
    rmSync(path);
  }
  fsyncDirectory(directory);
}

function readSecret(path: string): Uint8Array {
  if (!existsSync(path)) throw new StorageError('IO', `the key file ${path} is missing`);
  const secret = Buffer.from(readFileSync(path, 'utf8').trim(), 'base64');
  if (secret.length === KEY_LENGTH) return secret;
  throw new StorageError('CORRUPT', `${path} holds ${secret.length} bytes, no key`);
}

/** 32 random bytes; of those that are no secp256k1 secret (fewer than one in 2^127) another draw. */
function newSecret(kind: 'log' | 'ledger'): Buffer {
  for (;;) {
    const secret = randomBytes(KEY_LENGTH);
    if (kind === 'log' || isLedgerSecret(secret)) return secret;
  }
}

function isLedgerSecret(secret: Uint8Array): boolean {
  try {
    secp256k1Key(secret);
    return true;
  } catch {
    // The curve's library throws for 0 and for what lies above the order.
    return false;
  }
}
