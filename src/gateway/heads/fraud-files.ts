import { closeSync, existsSync, fsyncSync, linkSync, openSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { fsyncDirectory, prepareDirectory } from '../../buffer/connection.ts';
import { logId, parseAnyCheckpoint } from '../../evidence/checkpoint.ts';
import { toHex, utf8 } from '../../evidence/encodings.ts';
import { formatFraud, type Fraud } from '../../evidence/fraud.ts';
import { parseNote } from '../../evidence/note.ts';
import { sha256 } from '../site/primitives.ts';

/**
 * Keeps a fraud file in the folder `fraud` of this directory: the first of each log, for one proves
 * all. Gives its path; durable when it returns.
 */
export function keepFraud(directory: string, fraud: Fraud): string {
  const parsed = parseNote(utf8(fraud.first));
  const origin = parsed.ok ? parseAnyCheckpoint(parsed.note.text)?.origin : undefined;
  if (origin === undefined) throw new TypeError('a fraud of a note that is no checkpoint');
  const folder = join(directory, 'fraud');
  prepareDirectory(folder);
  const path = join(folder, `${toHex(logId(sha256, origin)).slice(0, 16)}.json`);
  if (!existsSync(path)) placeWhole(path, formatFraud(fraud));
  fsyncDirectory(folder);
  return path;
}

/** The file comes there whole or not at all, whenever the power goes. */
function placeWhole(path: string, text: string): void {
  const draft = `${path}.new`;
  rmSync(draft, { force: true });
  const fd = openSync(draft, 'wx', 0o644);
  try {
    writeSync(fd, text);
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
  linkSync(draft, path);
  rmSync(draft);
}
