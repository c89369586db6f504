import { createHash } from 'node:crypto';
import { mkdtempSync, readdirSync, rmSync, statSync, truncateSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { PictureStore, readPicture } from './picture-store.ts';

let directory: string;
let dropped: number[];

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'bailee-pictures-'));
  dropped = [];
});
afterEach(() => rmSync(directory, { recursive: true }));

function store(keepMs: number | null = null): PictureStore {
  return new PictureStore(
    directory,
    { mostBytes: 1000, keepMs },
    { dropped: (n) => dropped.push(n), failed },
  );
}

function failed(error: unknown): void {
  throw error;
}

function picture(n: number, size = 400): Uint8Array {
  return new Uint8Array(size).fill(n);
}

function hash(bytes: Uint8Array): Buffer {
  return createHash('sha256').update(bytes).digest();
}

function names(): string[] {
  return readdirSync(join(directory, 'pictures'));
}

describe('pictures', () => {
  it('are kept under their hash, for their owner alone, the same one once', async () => {
    const pictures = store();
    const [one, again] = await Promise.all([pictures.keep(picture(1)), pictures.keep(picture(1))]);
    expect([Buffer.from(one), Buffer.from(again)]).toEqual([hash(picture(1)), hash(picture(1))]);
    expect(names()).toEqual([`${hash(picture(1)).toString('hex')}.jpg`]);
    expect(statSync(join(directory, 'pictures', names()[0] ?? '')).mode & 0o777).toBe(0o600);
    expect(readPicture(directory, one)).toEqual(Buffer.from(picture(1)));
    expect(readPicture(directory, hash(picture(2)))).toBeNull();
  });

  it('make room for newer ones, the oldest first, also after a restart', async () => {
    const before = store();
    for (const n of [1, 2]) await before.keep(picture(n));
    const file = (n: number): string =>
      join(directory, 'pictures', `${hash(picture(n)).toString('hex')}.jpg`);
    utimesSync(file(1), 2000, 2000);
    utimesSync(file(2), 1000, 1000);
    await store().keep(picture(3));
    expect([1, 2, 3].map((n) => readPicture(directory, hash(picture(n))) !== null)).toEqual([
      true,
      false,
      true,
    ]);
    await store().keep(picture(4, 5000));
    expect([1, 3].map((n) => readPicture(directory, hash(picture(n))))).toEqual([null, null]);
    expect(readPicture(directory, hash(picture(4, 5000)))).not.toBeNull();
    expect(dropped).toEqual([1, 2]);
  });

  it('go when they are older than they are kept, at the next start at the latest', async () => {
    const pictures = store();
    await pictures.keep(picture(1));
    await pictures.keep(picture(2));
    const old = join(directory, 'pictures', `${hash(picture(1)).toString('hex')}.jpg`);
    const at = Date.now() / 1000 - 3600;
    utimesSync(old, at, at);
    await store(7_200_000)[Symbol.asyncDispose]();
    expect(names()).toHaveLength(2);
    await store(1_800_000)[Symbol.asyncDispose]();
    expect([1, 2].map((n) => readPicture(directory, hash(picture(n))) !== null)).toEqual([false, true]);
    expect(dropped).toEqual([1]);
  });

  it('that were damaged are none, and what a power cut left half is gone', async () => {
    const sha256 = await store().keep(picture(1));
    const half = join(directory, 'pictures', `${'0'.repeat(64)}.jpg.new`);
    writeFileSync(half, 'half');
    store();
    expect(names()).toHaveLength(1);
    truncateSync(join(directory, 'pictures', names()[0] ?? ''), 399);
    expect(readPicture(directory, sha256)).toBeNull();
  });

  it('that cannot be kept are told, and the next one is kept', async () => {
    const pictures = store();
    const folder = join(directory, 'pictures');
    rmSync(folder, { recursive: true });
    await expect(pictures.keep(picture(1))).rejects.toMatchObject({ code: 'ENOENT' });
    store();
    expect(Buffer.from(await pictures.keep(picture(1)))).toEqual(hash(picture(1)));
  });
});
