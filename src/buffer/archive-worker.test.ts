import { describe, expect, it } from 'vitest';
import type { Jobs } from '../../test/fixtures/buffer/archive-jobs.ts';
import { commit, sealed, temporaryDirectory } from '../../test/fixtures/buffer/commits.ts';
import { runArchiveJob } from './archive-client.ts';
import { bytesOf, journalPath } from './connection.ts';
import { openJournal } from './journal.ts';

const ENTRY = new URL('../../test/fixtures/buffer/archive-jobs.ts', import.meta.url);

describe('a long read in a worker', () => {
  it('sees committed history beside the writer, tells its progress and gives its result', async () => {
    using directory = temporaryDirectory();
    using journal = openJournal(directory.path);
    for (let no = 0; no < 3; no += 1) journal.seal(sealed(no, [0, 1]));
    const progress: unknown[] = [];
    const running = runArchiveJob<Jobs, 'count'>(
      ENTRY,
      directory.path,
      'count',
      { slot: 1 },
      {
        onProgress: (value) => progress.push(value),
      },
    );
    journal.append(commit(3, 1, [0, 1]));
    expect(await running).toBe(6);
    expect(progress).toEqual([0, 1, 2]);
  });

  it('passes on a StorageError as one, and any other failure with its message', async () => {
    using directory = temporaryDirectory();
    openJournal(directory.path)[Symbol.dispose]();
    await expect(
      runArchiveJob<Jobs, 'corrupt'>(ENTRY, directory.path, 'corrupt', null),
    ).rejects.toMatchObject({
      name: 'StorageError',
      code: 'CORRUPT',
      message: 'page 7',
    });
    await expect(runArchiveJob<Jobs, 'slip'>(ENTRY, directory.path, 'slip', null)).rejects.toThrow(
      'a mistake of ours',
    );
    await expect(
      runArchiveJob<Jobs, 'count'>(ENTRY, `${directory.path}/none`, 'count', { slot: 0 }),
    ).rejects.toMatchObject({ code: 'IO' });
  });

  it('ends at once when it is called off, and lets go of the journal', async () => {
    using directory = temporaryDirectory();
    using journal = openJournal(directory.path);
    journal.append(commit(0, 1, [0, 1, 2]));
    const control = new AbortController();
    const running = runArchiveJob<Jobs, 'endless'>(ENTRY, directory.path, 'endless', null, {
      signal: control.signal,
      onProgress: () => control.abort(new Error('nobody asks any more')),
    });
    await expect(running).rejects.toThrow('nobody asks any more');
    journal.append(commit(0, 2, [0]));
    journal[Symbol.dispose]();
    // The last connection to close copies the WAL in and removes it: no reader was left.
    expect(bytesOf(`${journalPath(directory.path)}-wal`)).toBe(0);
    using again = openJournal(directory.path);
    expect(again.tailRow()?.k).toBe(2);
  });

  it('does not begin when it was called off before', async () => {
    const signal = AbortSignal.abort(new Error('too late'));
    await expect(
      runArchiveJob<Jobs, 'slip'>(ENTRY, '/nonexistent', 'slip', null, { signal }),
    ).rejects.toThrow('too late');
  });
});
