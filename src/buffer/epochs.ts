import { existsSync, mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { bytesOf, fsyncDirectory, journalPath } from './connection.ts';

/**
 * Each epoch of a log has a journal of its own: epoch 0 in the data directory itself, a later one in
 * `epochs/<number>`. The newest one is written; those before it are never touched again.
 */
const FOLDER = 'epochs';

/** Folder of an epoch's journal and of the keys that the gateway made for it. */
export function epochDirectory(directory: string, epoch: number): string {
  return epoch === 0 ? directory : join(directory, FOLDER, String(epoch));
}

/** The epochs that are kept in a data directory, ascending; none before its first start. */
export function epochsOf(directory: string): number[] {
  const folder = join(directory, FOLDER);
  const later = existsSync(folder) ? readdirSync(folder) : [];
  const numbers = later.filter((name) => /^[1-9]\d{0,4}$/.test(name)).map(Number);
  const first = bytesOf(journalPath(directory)) > 0 ? [0] : [];
  return [...first, ...numbers.sort((a, b) => a - b)];
}

export function newestEpoch(directory: string): number {
  return epochsOf(directory).at(-1) ?? 0;
}

/**
 * Makes the folder of a new epoch, whole or not at all: `fill` writes into a draft of it, which gets
 * its name at the end. If we die before, the draft is thrown away at the next try; after it the new
 * epoch is the newest one. Only the holder of the directory's lock calls it.
 */
export function createEpoch(directory: string, epoch: number, fill: (draft: string) => void): void {
  const place = epochDirectory(directory, epoch);
  const draft = `${place}.new`;
  rmSync(draft, { recursive: true, force: true });
  mkdirSync(draft, { recursive: true, mode: 0o700 });
  fsyncDirectory(directory);
  fill(draft);
  fsyncDirectory(draft);
  renameSync(draft, place);
  fsyncDirectory(dirname(place));
}
