import {
  closeSync,
  existsSync,
  fsyncSync,
  linkSync,
  openSync,
  readFileSync,
  rmSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { fsyncDirectory } from '../buffer/connection.ts';
import { StorageError } from '../domain/errors.ts';
import { parseStrictJson } from '../domain/strict-json.ts';
import { JsonFault, JsonField } from '../evidence/json-fields.ts';

/**
 * What the owner of a data directory asks of its gateway. It is left as a file there, so whoever may
 * ask could also read the keys themselves; a gateway that is stopped finds it when it starts.
 */
export type KeyRequest = {
  readonly act: 'rotate' | 'accept';
  /** The key that the act is about: asked again after it was done, it is not done twice. */
  readonly no: number;
  readonly reason: string;
};

const FILE = 'keys.request';
const LARGEST = 4096;

/** Leaves a request; false while another one waits. */
export function placeRequest(directory: string, request: KeyRequest): boolean {
  const path = join(directory, FILE);
  const draft = `${path}.new`;
  rmSync(draft, { force: true });
  const fd = openSync(draft, 'wx', 0o600);
  try {
    writeSync(fd, JSON.stringify(request));
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
  try {
    linkSync(draft, path);
    fsyncDirectory(directory);
    return true;
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
    return false;
  } finally {
    rmSync(draft);
  }
}

/** What waits to be done; null for nothing. @throws StorageError CORRUPT for a file that is no request */
export function waitingRequest(directory: string): KeyRequest | null {
  const path = join(directory, FILE);
  if (!existsSync(path)) return null;
  const json = parseStrictJson(readFileSync(path), LARGEST);
  try {
    if (!json.ok) throw new JsonFault(json.reason);
    const f = new JsonField(json.value, '').fields('act', 'no', 'reason');
    const act = f('act').text();
    if (act !== 'rotate' && act !== 'accept') return f('act').fail('must be rotate or accept');
    return { act, no: f('no').integer(0), reason: f('reason').text() };
  } catch (error) {
    if (!(error instanceof JsonFault)) throw error;
    throw new StorageError('CORRUPT', `${path}: ${error.message}; remove it`, { cause: error });
  }
}

export function clearRequest(directory: string): void {
  rmSync(join(directory, FILE), { force: true });
  fsyncDirectory(directory);
}
