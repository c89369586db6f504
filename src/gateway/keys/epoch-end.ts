import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fsyncDirectory } from '../../buffer/connection.ts';
import { StorageError } from '../../domain/errors.ts';
import { SystemCode } from '../../domain/record.ts';
import { parseStrictJson } from '../../domain/strict-json.ts';
import { utf8 } from '../../evidence/encodings.ts';
import { JsonFault, JsonField } from '../../evidence/json-fields.ts';
import { keepSecretFile } from '../site/new-secret-file.ts';

/** Why a log's epoch is over, and with it the origin: nothing is ever signed under it again. */
export type EndCode = typeof SystemCode.epochContinues | typeof SystemCode.rollbackFound;

/** What is known of an epoch that is over, before the next one begins. */
export type Ending = {
  readonly code: EndCode;
  /**
   * Revoked or faulted: heads above this size are void. Rolled back: others hold a head of this size,
   * which this journal does not reach.
   */
  readonly size: number;
  /** When that head was taken, as those who hold it say, ms; null when nobody said. */
  readonly at: number | null;
  /** Number of the epoch that follows. */
  readonly next: number;
  readonly reason: string;
};

/** What an epoch keeps of the one before it. */
export type Continued = Omit<Ending, 'next'> & {
  /** The origin that is over. */
  readonly origin: string;
  /** How many blocks this data directory had, and the root of those that are valid, in hex. */
  readonly localSize: number;
  readonly localRoot: string;
  /** Time of the last valid head, ms: before it the next epoch says nothing. */
  readonly since: number;
  /** Least evidence time of the next epoch, ms. */
  readonly notBefore: number;
  /** A person has seen it. */
  readonly acknowledged: boolean;
};

/** Recording cannot go on under this origin: the gateway is opened again, on the next epoch. */
export class EpochOver extends Error {
  override readonly name = 'EpochOver';
  readonly ending: Ending;
  constructor(origin: string, ending: Ending) {
    super(`${origin} is over: ${ending.reason}`);
    this.ending = ending;
  }
}

const FILE = 'epoch.over';
/** Where `Continued` stands in the journal's own notes. */
const CONTINUES = 'continues';
const LARGEST = 4096;

/** Makes sure that the next start begins the next epoch; the first ending counts. */
export function placeEnding(directory: string, ending: Ending): void {
  keepSecretFile(join(directory, FILE), () => JSON.stringify(ending));
}

/** The end that waits to be followed by an epoch; null for none. @throws StorageError CORRUPT */
export function waitingEnding(directory: string): Ending | null {
  const path = join(directory, FILE);
  if (!existsSync(path)) return null;
  return read(path, readFileSync(path), (field) => {
    const f = field.fields('code', 'size', 'at', 'next', 'reason');
    return { ...endOf(f), next: f('next').integer(1, 65_535) };
  });
}

export function clearEnding(directory: string): void {
  rmSync(join(directory, FILE), { force: true });
  fsyncDirectory(directory);
}

/** What the journal's epoch follows on; null for the first one. @throws StorageError CORRUPT */
export function continuedBy(archive: { meta(key: string): string | null }): Continued | null {
  const text = archive.meta(CONTINUES);
  if (text === null) return null;
  return read('what the epoch continues', utf8(text), (field) => {
    const f = field.fields(
      'code',
      'size',
      'at',
      'reason',
      'origin',
      'localSize',
      'localRoot',
      'since',
      'notBefore',
      'acknowledged',
    );
    return {
      ...endOf(f),
      origin: f('origin').text(),
      localSize: f('localSize').integer(0),
      localRoot: f('localRoot').text(),
      since: f('since').integer(0),
      notBefore: f('notBefore').integer(0),
      acknowledged: f('acknowledged').boolean(),
    };
  });
}

/** The note that keeps it, for a commit or a new journal. */
export function continuedNote(continued: Continued): { readonly key: string; readonly value: string } {
  return { key: CONTINUES, value: JSON.stringify(continued) };
}

function endOf(f: (name: 'code' | 'size' | 'at' | 'reason') => JsonField): Omit<Ending, 'next'> {
  const code = f('code').integer(1, 9);
  if (code !== SystemCode.epochContinues && code !== SystemCode.rollbackFound)
    return f('code').fail('must be 5 or 7');
  return { code, size: f('size').integer(0), at: f('at').integerOrNull(0), reason: f('reason').text() };
}

function read<T>(what: string, bytes: Uint8Array, make: (field: JsonField) => T): T {
  const json = parseStrictJson(bytes, LARGEST);
  try {
    if (!json.ok) throw new JsonFault(json.reason);
    return make(new JsonField(json.value, ''));
  } catch (error) {
    if (!(error instanceof JsonFault)) throw error;
    throw new StorageError('CORRUPT', `${what}: ${error.message}`, { cause: error });
  }
}
