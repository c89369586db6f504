import { execFileSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openJournal } from '../../src/buffer/journal.ts';
import { startChild, waitFor } from '../fixtures/buffer/child.ts';
import { bytesOf, commit, tailRow, temporaryDirectory } from '../fixtures/buffer/commits.ts';
import { COMMITS_PER_BLOCK, SLOTS } from '../fixtures/buffer/journal-writer.ts';
import { unpackLeaves } from '../../src/domain/packed-leaves.ts';

const WRITER = join(import.meta.dirname, '../fixtures/buffer/journal-writer.ts');

/** Commits since the first block, as one number. */
function position(no: number, k: number): number {
  return no * COMMITS_PER_BLOCK + k;
}

/** How far the writer said that it had come: everything up to here was acknowledged. */
function acknowledged(lines: readonly string[]): number {
  const last = lines.findLast((l) => !l.startsWith('failed'))?.split(' ') ?? [];
  return position(Number(last[1]), Number(last[2] ?? 0));
}

/** Opens what the writer left, checks every row of it and says how far it goes. */
function audit(directory: string): number {
  using journal = openJournal(directory);
  const { no, k } = journal.tailRow() ?? { no: 0, k: 0 };
  expect(journal.size()).toBe(no);
  const leaves = Array.from({ length: k }, (_, i) =>
    [...unpackLeaves(commit(no, i + 1, SLOTS).leaves)].map((l) => ({ ...l, k: i + 1 })),
  ).flat();
  expect([...journal.tailLeaves()]).toEqual(leaves);
  expect(journal.tailKeys().map((s) => s.slot)).toEqual(k === 0 ? [] : SLOTS);
  if (no + k > 0) expect(journal.tailRow()).toEqual(tailRow(no, k));
  for (let b = 0; b < no; b += 1) {
    expect(journal.block(b)?.block).toEqual(bytesOf(`B${b}`));
    expect(journal.segmentHeads(b)).toEqual(SLOTS.map((slot) => bytesOf(`S${slot}`)));
    expect(journal.note(b + 1)).toBe(`note of size ${b + 1}\n`);
    expect(journal.node(0, b)).not.toBeNull();
  }
  expect(journal.snapshot()?.size ?? 0).toBe(no);
  expect(journal.outbox.due(1, 1e6).length).toBe(position(no, k));
  return position(no, k);
}

/** Mounts a small file system at the path; false where this process may not. */
function mountTmpfs(path: string): boolean {
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=2m', 'tmpfs', path], { stdio: 'ignore' });
    return true;
  } catch {
    // Not root, or no mount here: the caller skips, visibly.
    return false;
  }
}

function mayMount(): boolean {
  using directory = temporaryDirectory();
  const mounted = mountTmpfs(directory.path);
  if (mounted) execFileSync('umount', [directory.path]);
  return mounted;
}

describe('the journal of a process that dies', () => {
  it('has every acknowledged commit, whole, after each of 20 kill -9', { timeout: 60_000 }, async () => {
    using directory = temporaryDirectory();
    const data = join(directory.path, 'data');
    let before = 0;
    for (let round = 0; round < 20; round += 1) {
      const child = startChild(WRITER, [data], join(directory.path, 'acknowledged'));
      await waitFor(() => child.lines().length > 1);
      await new Promise((resolve) => setTimeout(resolve, (round * 37) % 190));
      child.process.kill('SIGKILL');
      expect(await child.ended).toBe('SIGKILL');
      const said = acknowledged(child.lines());
      const found = audit(data);
      expect(said).toBeGreaterThan(before);
      expect(found, `round ${round}`).toBeGreaterThanOrEqual(said);
      // The one in flight may have been stored without a word; more cannot.
      expect(found, `round ${round}`).toBeLessThanOrEqual(said + 1);
      before = found;
    }
    expect(before).toBeGreaterThan(20 * COMMITS_PER_BLOCK);
  });

  it('has every acknowledged commit when writing fails half way, and acknowledges none after', async () => {
    using directory = temporaryDirectory();
    const data = join(directory.path, 'data');
    // A file size limit makes write(2) fail without any privilege; to SQLite that is an I/O error.
    const child = startChild(WRITER, [data], join(directory.path, 'acknowledged'), 'ulimit -f 600');
    expect(await child.ended).toBe(0);
    const lines = child.lines();
    expect(lines.at(-1)).toBe('failed IO IO');
    expect(audit(data)).toBe(acknowledged(lines));
  });
});

const found = mayMount();
const skipped = found ? '' : ' (skipped: mounting a tmpfs needs root)';

describe('the journal on a full disk', () => {
  it.skipIf(!found)(`says FULL, keeps what was acknowledged and can be opened again${skipped}`, async () => {
    using directory = temporaryDirectory();
    const disk = join(directory.path, 'disk');
    mkdirSync(disk);
    expect(mountTmpfs(disk)).toBe(true);
    try {
      const data = join(disk, 'data');
      const child = startChild(WRITER, [data], join(directory.path, 'acknowledged'));
      expect(await child.ended).toBe(0);
      const lines = child.lines();
      expect(lines.at(-1)).toBe('failed FULL FULL');
      execFileSync('mount', ['-o', 'remount,size=16m', disk]);
      expect(audit(data)).toBe(acknowledged(lines));
    } finally {
      execFileSync('umount', [disk]);
    }
  });
});
