import { closeSync, existsSync, fsyncSync, linkSync, openSync, rmSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import { fsyncDirectory } from '../../buffer/connection.ts';

/**
 * Makes sure that a secret stands at `path` before it is first used: what is there stays as it is,
 * else `secret()` comes there whole, readable by its owner alone. A power cut after this returned
 * takes neither the bytes nor the name; one before it leaves no half of a secret there.
 */
export function keepSecretFile(path: string, secret: () => string): void {
  if (!existsSync(path)) placeNew(path, secret());
  // Also for a file that was there: whoever placed it may have been killed before this.
  fsyncDirectory(dirname(path));
}

function placeNew(path: string, text: string): void {
  const draft = `${path}.new`;
  // Left by one that was cut off before it had its name.
  rmSync(draft, { force: true });
  const fd = openSync(draft, 'wx', 0o600);
  try {
    writeSync(fd, text);
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
  try {
    // Unlike renaming it, this never replaces a file.
    linkSync(draft, path);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
  } finally {
    rmSync(draft);
  }
}
