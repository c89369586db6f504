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
import { fsyncDirectory } from '../../buffer/connection.ts';
import { parseStrictJson } from '../../domain/strict-json.ts';
import { JsonFault, JsonField } from '../../evidence/json-fields.ts';

/**
 * What the owner of a data directory asks of its gateway. It is left as a file there, so whoever may
 * ask could also read the keys themselves; a gateway that is stopped finds it when it starts.
 */
export type KeyRequest = {
  readonly act: (typeof ACTS)[number];
  /**
   * What the act is about, so that it is not done twice: the key to announce or accept; the epoch to
   * revoke, to say it is rolled back, or to acknowledge the begin of.
   */
  readonly no: number;
  /** Revoked: heads above it are void. Rolled back: the size that others hold. Else null. */
  readonly size: number | null;
  readonly reason: string;
};

const ACTS = ['rotate', 'accept', 'revoke', 'rollback', 'acknowledge'] as const;

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

/** What waits to be done; null for nothing, a sentence for a file that is no request. */
export function waitingRequest(directory: string): KeyRequest | string | null {
  const path = join(directory, FILE);
  if (!existsSync(path)) return null;
  const json = parseStrictJson(readFileSync(path), LARGEST);
  try {
    if (!json.ok) throw new JsonFault(json.reason);
    const f = new JsonField(json.value, '').fields('act', 'no', 'size', 'reason');
    const asked = f('act').text();
    const act = ACTS.find((known) => known === asked) ?? f('act').fail(`must be one of ${ACTS.join(', ')}`);
    return { act, no: f('no').integer(0), size: f('size').integerOrNull(0), reason: f('reason').text() };
  } catch (error) {
    if (!(error instanceof JsonFault)) throw error;
    return `${path} is no request: ${error.message}`;
  }
}

export function clearRequest(directory: string): void {
  rmSync(join(directory, FILE), { force: true });
  fsyncDirectory(directory);
}
