import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { open, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';

const FOLDER = 'pictures';
const NAME = /^[0-9a-f]{64}\.jpg$/;
const LOOK_EVERY_MS = 3_600_000;

export type PictureLimits = {
  readonly mostBytes: number;
  /** null keeps them as long as there is room. */
  readonly keepMs: number | null;
};

type Told = {
  /** So many pictures had to go. */
  readonly dropped: (count: number) => void;
  /** Old ones could not be removed; tried again within the hour. */
  readonly failed: (error: unknown) => void;
};

/** Bytes, and when it was kept by the wall clock, ms since 1970. */
type Kept = { readonly size: number; readonly at: number };

/**
 * Pictures of a data directory, each in a file named by its SHA-256. When they are more than a number of
 * bytes, or older than a time, the oldest go; the record of each, with its hash, stays. One process writes.
 */
export class PictureStore implements AsyncDisposable {
  readonly #folder: string;
  readonly #limits: PictureLimits;
  readonly #told: Told;
  /** Oldest first. */
  readonly #kept: Map<string, Kept>;
  readonly #looking: NodeJS.Timeout;
  #working: Promise<unknown> = Promise.resolve();

  constructor(directory: string, limits: PictureLimits, told: Told) {
    this.#folder = join(directory, FOLDER);
    this.#limits = limits;
    this.#told = told;
    mkdirSync(this.#folder, { recursive: true, mode: 0o700 });
    this.#kept = keptIn(this.#folder);
    const look = (): void => void this.#next(() => this.#makeRoom(null)).catch(told.failed);
    this.#looking = setInterval(look, LOOK_EVERY_MS).unref();
    look();
  }

  /** Resolves when nothing is written any more. */
  async [Symbol.asyncDispose](): Promise<void> {
    clearInterval(this.#looking);
    await this.#working;
  }

  /**
   * Resolves to the hash once file and name are durable; a power cut before leaves no half of it under
   * its name. Rejects with the system's error.
   */
  async keep(bytes: Uint8Array): Promise<Uint8Array> {
    return await this.#next(() => this.#keep(bytes));
  }

  /** One after the other, whatever became of the one before. */
  async #next<T>(act: () => Promise<T>): Promise<T> {
    const work = this.#working.then(act);
    this.#working = work.catch(() => undefined);
    return await work;
  }

  async #keep(bytes: Uint8Array): Promise<Uint8Array> {
    const sha256 = createHash('sha256').update(bytes).digest();
    const name = `${sha256.toString('hex')}.jpg`;
    if (!this.#kept.has(name)) {
      const draft = join(this.#folder, `${name}.new`);
      await written(draft, 'w', (file) => file.writeFile(bytes));
      await rename(draft, join(this.#folder, name));
      await written(this.#folder, 'r', () => Promise.resolve());
    }
    // Taken again it is the newest one.
    this.#kept.delete(name);
    this.#kept.set(name, { size: bytes.length, at: Date.now() });
    await this.#makeRoom(name);
    return sha256;
  }

  /** @param newest stays however large it is */
  async #makeRoom(newest: string | null): Promise<void> {
    const { mostBytes, keepMs } = this.#limits;
    const since = keepMs === null ? -Infinity : Date.now() - keepMs;
    let total = [...this.#kept.values()].reduce((sum, { size }) => sum + size, 0);
    let dropped = 0;
    for (const [name, { size, at }] of this.#kept) {
      if (name === newest || (total <= mostBytes && at >= since)) break;
      await rm(join(this.#folder, name), { force: true });
      this.#kept.delete(name);
      total -= size;
      dropped++;
    }
    if (dropped > 0) this.#told.dropped(dropped);
  }
}

/** The picture with this hash; null for one that is not there any more or is not what its name says. */
export function readPicture(directory: string, sha256: Uint8Array): Uint8Array | null {
  const path = join(directory, FOLDER, `${Buffer.from(sha256).toString('hex')}.jpg`);
  if (statSync(path, { throwIfNoEntry: false })?.isFile() !== true) return null;
  const bytes = readFileSync(path);
  return createHash('sha256').update(bytes).digest().equals(sha256) ? bytes : null;
}

type OpenFile = Awaited<ReturnType<typeof open>>;

async function written(
  path: string,
  flags: 'w' | 'r',
  write: (file: OpenFile) => Promise<void>,
): Promise<void> {
  const file = await open(path, flags, 0o600);
  try {
    await write(file);
    await file.sync();
  } finally {
    await file.close();
  }
}

/** What is there, oldest first; drafts of one that was cut off go. */
function keptIn(folder: string): Map<string, Kept> {
  const names = readdirSync(folder);
  for (const draft of names.filter((name) => name.endsWith('.new')))
    rmSync(join(folder, draft), { force: true });
  const found = names
    .filter((name) => NAME.test(name))
    .map((name): [string, Kept] => {
      const { size, mtimeMs } = statSync(join(folder, name));
      return [name, { size, at: mtimeMs }];
    });
  return new Map(found.sort(([, a], [, b]) => a.at - b.at));
}
