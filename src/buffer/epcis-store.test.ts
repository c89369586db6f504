import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { EventFilter, EventRow } from '../domain/epcis-events.ts';
import { StorageError } from '../domain/errors.ts';
import { dropEpcisStore, openEpcisStore, readEpcisStore, type EpcisStore } from './epcis-store.ts';

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'bailee-epcis-'));
});
afterEach(() => rmSync(directory, { recursive: true }));

function row(n: number, change: Partial<EventRow> = {}): EventRow {
  return {
    id: `ni:${n}`,
    isDeclaration: false,
    kind: n % 2 === 0 ? 'goods' : 'presence',
    eventTime: 1000 + n,
    recordTime: 2000 + n,
    json: `{"n":${n}}`,
    keys: [
      ['epc', `tag-${n % 3}`],
      ['type', 'ObjectEvent'],
    ],
    ...change,
  };
}

/** Appends rows in one step, as one block. */
function keep(rows: readonly EventRow[], no = 1): void {
  const { store, transactions } = openEpcisStore(directory);
  using _ = store;
  store.step(transactions, () => {
    for (const one of rows) store.append(one);
    return { epoch: 0, no, last: Uint8Array.of(no) };
  });
}

function read<T>(look: (store: EpcisStore) => T): T {
  const store = readEpcisStore(directory);
  if (store === null) throw new Error('there is no store');
  using _ = store;
  return look(store);
}

const TEN = Array.from({ length: 10 }, (_, i) => row(i + 1));
const find = (filters: readonly EventFilter[], after = 0, limit = 100) =>
  read((store) => store.find({ filters, after, limit }));

describe('events that were made', () => {
  it('are counted from 1, in their order, each once', () => {
    expect(readEpcisStore(directory)).toBeNull();
    keep(TEN);
    keep([row(3), row(3, { isDeclaration: true }), row(11)], 2);
    const all = find([]);
    expect(all.events.map((e) => [e.seq, e.id, e.isDeclaration])).toEqual([
      ...TEN.map((e, i) => [i + 1, e.id, false]),
      [11, 'ni:3', true],
      [12, 'ni:11', false],
    ]);
    expect(
      read((store) => [store.newest(), store.cursor(), store.event('ni:3')?.seq, store.event('ni:99')]),
    ).toEqual([12, { epoch: 0, no: 2, last: Uint8Array.of(2) }, 3, null]);
  });

  it('are found by any of several values, by times, and page by page', () => {
    keep(TEN);
    const seqs = (...filters: EventFilter[]): number[] => find(filters).events.map((e) => e.seq);
    expect(seqs({ kind: 'key', names: ['epc', 'parentID'], values: ['tag-0', 'tag-2'] })).toEqual([
      2, 3, 5, 6, 8, 9,
    ]);
    expect(seqs({ kind: 'key', names: ['parentID'], values: ['tag-0'] })).toEqual([]);
    expect(seqs({ kind: 'time', field: 'eventTime', from: 1003, before: 1005 })).toEqual([3, 4]);
    expect(seqs({ kind: 'time', field: 'recordTime', from: null, before: 2002 })).toEqual([1]);
    expect(
      seqs(
        { kind: 'key', names: ['epc'], values: ['tag-1'] },
        { kind: 'time', field: 'eventTime', from: 1002, before: null },
      ),
    ).toEqual([4, 7, 10]);
    const pages: number[][] = [];
    for (let after: number | null = 0; after !== null;) {
      const { events, next } = find([], after, 4);
      pages.push(events.map((e) => e.seq));
      after = next;
    }
    expect(pages).toEqual([
      [1, 2, 3, 4],
      [5, 6, 7, 8],
      [9, 10],
    ]);
    expect(find([], 0, 10).next).toBeNull();
  });

  it('that are large make a page short, but never empty', () => {
    const large = (n: number): EventRow => row(n, { json: JSON.stringify('x'.repeat(5_000_000)) });
    keep([large(1), large(2), row(3), row(4)]);
    expect(find([]).events.map((e) => e.seq)).toEqual([1]);
    expect(find([], 1)).toMatchObject({ events: [{ seq: 2 }, { seq: 3 }, { seq: 4 }], next: null });
  });

  it('of some kinds wait for a repository', () => {
    keep(TEN);
    expect(read((store) => store.following(2, ['goods'], 2).map((e) => e.seq))).toEqual([4, 6]);
    expect(read((store) => store.waiting(2, ['goods']))).toEqual({ count: 4, oldest: 2004 });
    expect(read((store) => store.waiting(10, ['goods', 'presence']))).toEqual({ count: 0, oldest: null });
  });
});

describe('a step', () => {
  it('that fails leaves neither events nor memory nor how far it read', () => {
    keep(TEN.slice(0, 2));
    const { store, transactions } = openEpcisStore(directory);
    using _ = store;
    store.step(transactions, () => {
      store.set('thing/1', 'old');
      return { epoch: 0, no: 2, last: Uint8Array.of(2) };
    });
    const fail = (): never => {
      store.append(row(3));
      store.set('thing/1', null);
      throw new Error('a bug');
    };
    expect(() => store.step(transactions, fail)).toThrow('a bug');
    expect([store.newest(), store.get('thing/1'), store.cursor()?.no]).toEqual([2, 'old', 2]);
  });

  it('remembers by key, and finds what begins alike', () => {
    const { store, transactions } = openEpcisStore(directory);
    using _ = store;
    store.step(transactions, () => {
      for (const key of ['open/2', 'open/10', 'opened', 'stay/库 1/a', 'openx']) store.set(key, key);
      store.set('opened', null);
      return { epoch: 0, no: 1, last: Uint8Array.of(1) };
    });
    expect(store.under('open/').map(([key]) => key)).toEqual(['open/10', 'open/2']);
    expect(store.under('stay/库 1/')).toEqual([['stay/库 1/a', 'stay/库 1/a']]);
  });
});

it('a file that is no store of events is refused, and one may be thrown away', () => {
  keep(TEN);
  dropEpcisStore(directory);
  expect(readEpcisStore(directory)).toBeNull();
  writeFileSync(join(directory, 'epcis.db'), 'not a database'.padEnd(8192, '.'));
  expect(() => openEpcisStore(directory)).toThrow(StorageError);
});
