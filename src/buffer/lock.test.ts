import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { startChild, waitFor } from '../../test/fixtures/buffer/child.ts';
import { temporaryDirectory } from '../../test/fixtures/buffer/commits.ts';
import { openArchive } from './archive.ts';
import { openJournal } from './journal.ts';

const WRITER = join(import.meta.dirname, '../../test/fixtures/buffer/journal-writer.ts');

describe('one writer per data directory', () => {
  it('refuses a second process within a second, names the directory and lets readers in', async () => {
    using directory = temporaryDirectory();
    const data = join(directory.path, 'data');
    const child = startChild(WRITER, [data], join(directory.path, 'out'));
    try {
      await waitFor(() => child.lines().length > 0);
      const from = performance.now();
      expect(() => openJournal(data)).toThrow(
        expect.objectContaining({
          code: 'BUSY',
          message: `another process writes to the data directory ${data}`,
        }),
      );
      expect(performance.now() - from).toBeLessThan(1000);
      using archive = openArchive(data);
      expect(archive.tailRow()).not.toBeNull();
    } finally {
      child.process.kill('SIGKILL');
      await child.ended;
    }
    // The kernel let go of the lock with the process.
    using journal = openJournal(data);
    expect(journal.tailRow()).not.toBeNull();
  });

  it('refuses a second journal of the same process', () => {
    using directory = temporaryDirectory();
    using journal = openJournal(directory.path);
    expect(() => openJournal(directory.path)).toThrow(expect.objectContaining({ code: 'BUSY' }));
    expect(journal.size()).toBe(0);
  });

  it('needs no space on the disk', () => {
    using directory = temporaryDirectory();
    using _journal = openJournal(directory.path);
    expect(readdirSync(directory.path).filter((f) => f.startsWith('lock'))).toEqual(['lock.db']);
    expect(statSync(join(directory.path, 'lock.db')).size).toBe(0);
  });

  it('is given back at the end, also of a start that failed', () => {
    using directory = temporaryDirectory();
    openJournal(directory.path)[Symbol.dispose]();
    openJournal(directory.path)[Symbol.dispose]();
    expect(() => openJournal('/dev/null/data')).toThrow(expect.objectContaining({ code: 'IO' }));
  });
});
