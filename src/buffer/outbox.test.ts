import { describe, expect, it } from 'vitest';
import { T, commit, temporaryDirectory } from '../../test/fixtures/buffer/commits.ts';
import type { OutboxEntry } from '../domain/commit.ts';
import { openJournal } from './journal.ts';

function notice(key: string, t: number): OutboxEntry {
  const body = { kind: 'notice', alarm: key, channel: 'mail', role: 'keeper' } as const;
  return { key, kind: 'notice', t, expiry: t + 3_600_000, body };
}

const bolt: OutboxEntry = {
  key: 'command-1',
  kind: 'command',
  t: T,
  expiry: T + 1000,
  body: {
    kind: 'command',
    id: 'command-1',
    device: 'siren',
    verb: 'on',
    arg: null,
    cause: { slot: 0, seq: 0 },
  },
};

describe('the outbox', () => {
  it('hands out what is due, longest waiting first, over a restart', () => {
    using directory = temporaryDirectory();
    {
      using journal = openJournal(directory.path);
      journal.append(commit(0, 1, [0], { outbox: [notice('b', T + 20), bolt, notice('c', T + 90)] }));
    }
    using journal = openJournal(directory.path);
    expect(journal.outbox.due(T + 50, 10)).toEqual([
      { ...bolt, attempts: 0, dueAt: T },
      { ...notice('b', T + 20), attempts: 0, dueAt: T + 20 },
    ]);
    expect(journal.outbox.due(T + 100, 1).map((e) => e.key)).toEqual(['command-1']);
    expect(journal.outbox.due(T - 1, 10)).toEqual([]);
  });

  it('forgets what is done or failed and puts off what is tried again, with the record that says so', () => {
    using directory = temporaryDirectory();
    using journal = openJournal(directory.path);
    const entries = [notice('a', T), notice('b', T), notice('c', T)];
    journal.append(commit(0, 1, [0], { outbox: entries }));
    journal.append(
      commit(0, 2, [0], {
        settled: [
          { key: 'a', state: 'done' },
          { key: 'b', state: 'retry', attempt: 2, dueAt: T + 5000 },
          { key: 'c', state: 'failed' },
        ],
      }),
    );
    expect(journal.outbox.due(T + 4999, 10)).toEqual([]);
    expect(journal.outbox.nextDueAt()).toBe(T + 5000);
    expect(journal.outbox.due(T + 5000, 10)).toEqual([{ ...notice('b', T), attempts: 2, dueAt: T + 5000 }]);
  });

  it('keeps one entry per key: called again it is worth something for longer and goes on counting', () => {
    using directory = temporaryDirectory();
    using journal = openJournal(directory.path);
    journal.append(commit(0, 1, [0], { outbox: [notice('a', T)] }));
    journal.append(
      commit(0, 2, [0], { settled: [{ key: 'a', state: 'retry', attempt: 3, dueAt: T + 900 }] }),
    );
    const again = notice('a', T + 600);
    journal.append(commit(0, 3, [0], { outbox: [again] }));
    expect(journal.outbox.due(T + 1000, 10)).toEqual([
      { ...notice('a', T), expiry: again.expiry, attempts: 3, dueAt: T + 900 },
    ]);
    journal.append(commit(0, 4, [0], { settled: [{ key: 'a', state: 'done' }] }));
    expect(journal.outbox.nextDueAt()).toBeNull();
    journal.append(commit(0, 5, [0], { outbox: [notice('a', T + 2000)] }));
    expect(journal.outbox.due(T + 2000, 10)).toHaveLength(1);
  });

  it('loses its entries with the commit that fails', () => {
    using directory = temporaryDirectory();
    using journal = openJournal(directory.path);
    journal.append(commit(0, 1, [0]));
    expect(() => journal.append(commit(0, 3, [0], { outbox: [bolt] }))).toThrow('does not follow');
    expect(journal.outbox.nextDueAt()).toBeNull();
  });
});
