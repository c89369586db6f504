import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { open, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';

const FOLDER = 'pictures';
const NAME = /^[0-9a-f]{64}\.jpg$/;

/**
 * Pictures of a data directory, each in a file named by its SHA-256. When they are more than a number of
 * bytes the oldest go; the record of each, with its hash, stays. One process writes.
 */
export class PictureStore {
  readonly #folder: string;
  readonly #mostBytes: number;
  readonly #onDropped: (count: number) => void;
  /** Bytes by name, oldest first. */
  readonly #sizes: Map<string, number>;
  #working: Promise<unknown> = Promise.resolve();

  /** @param onDropped told how many pictures had to go */
  constructor(directory: string, mostBytes: number, onDropped: (count: number) => void) {
    this.#folder = join(directory, FOLDER);
    this.#mostBytes = mostBytes;
    this.#onDropped = onDropped;
    mkdirSync(this.#folder, { recursive: true, mode: 0o700 });
    this.#sizes = sizesIn(this.#folder);
  }

  /**
   * Resolves to the hash once file and name are durable; a power cut before leaves no half of it under
   * its name. Rejects with the system's error.
   */
  async keep(bytes: Uint8Array): Promise<Uint8Array> {
    const before = this.#working;
    const work = before.then(() => this.#keep(bytes));
    // The next one waits for this one, whatever became of it.
    this.#working = work.catch(() => undefined);
    return await work;
  }

  async #keep(bytes: Uint8Array): Promise<Uint8Array> {
    const sha256 = createHash('sha256').update(bytes).digest();
    const name = `${sha256.toString('hex')}.jpg`;
    if (!this.#sizes.has(name)) {
      const draft = join(this.#folder, `${name}.new`);
      await written(draft, 'w', (file) => file.writeFile(bytes));
      await rename(draft, join(this.#folder, name));
      await written(this.#folder, 'r', () => Promise.resolve());
    }
    // Taken again it is the newest one.
    this.#sizes.delete(name);
    this.#sizes.set(name, bytes.length);
    await this.#makeRoom(name);
    return sha256;
  }

  async #makeRoom(newest: string): Promise<void> {
    let total = [...this.#sizes.values()].reduce((sum, size) => sum + size, 0);
    let dropped = 0;
    for (const [name, size] of this.#sizes) {
      if (total <= this.#mostBytes || name === newest) break;
      await rm(join(this.#folder, name), { force: true });
      this.#sizes.delete(name);
      total -= size;
      dropped++;
    }
    if (dropped > 0) this.#onDropped(dropped);
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
function sizesIn(folder: string): Map<string, number> {
  const names = readdirSync(folder);
  for (const draft of names.filter((name) => name.endsWith('.new')))
    rmSync(join(folder, draft), { force: true });
  const found = names
    .filter((name) => NAME.test(name))
    .map((name) => ({ name, ...pick(statSync(join(folder, name))) }));
  found.sort((a, b) => a.mtimeMs - b.mtimeMs);
  return new Map(found.map(({ name, size }) => [name, size]));
}

function pick({ size, mtimeMs }: { readonly size: number; readonly mtimeMs: number }) {
  return { size, mtimeMs };
}
