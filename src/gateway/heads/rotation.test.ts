import { existsSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { RecordType, type LogRecord } from '../../domain/record.ts';
import { parsePolicy } from '../../evidence/policy.ts';
import { parseNote } from '../../evidence/note.ts';
import { utf8 } from '../../evidence/encodings.ts';
import { openArchive } from '../../buffer/archive.ts';
import { auditDirectory } from '../archive/audit.ts';
import { Place, type Life } from '../data-directory.fixture.ts';
import { makeKeys } from '../keys/key-files.ts';
import { keysOf, stateOf } from '../keys/key-list.ts';
import { placeRequest } from '../keys/key-requests.ts';
import { policyFileOf } from '../keys/policy.ts';
import { sha256 } from '../site/primitives.ts';
import { recordsOf } from '../recording/record-walk.ts';
import { Rotation } from './rotation.ts';

let place: Place;
beforeEach(() => (place = new Place()));
afterEach(() => place[Symbol.dispose]());

function rotationOf({ data }: Place, life: Life): Rotation {
  return new Rotation({
    directory: data,
    keyDirectory: data,
    keyring: life.keyring,
    blocks: life.blocks,
    size: () => life.journal.size(),
    now: () => life.core.intake.notBefore,
    ledgered: false,
    keptElsewhere: false,
    onEpoch: () => undefined,
    log: { info: () => undefined, warn: () => undefined },
  });
}

/** What an owner and time do to a gateway, whatever of it was done before: rotate, accept, go on. */
function live(at: Place, life: Life): void {
  const rotation = rotationOf(at, life);
  const ask = (act: 'rotate' | 'accept'): void => {
    placeRequest(at.data, { act, no: 1, size: null, reason: act });
    rotation.look();
  };
  rotation.look();
  life.read('probe-1/temperature', 40);
  life.blocks.seal();
  if (life.keyring.entries.length === 1) ask('rotate');
  life.read('probe-1/temperature', 41);
  life.blocks.seal();
  if (life.keyring.announced !== null) ask('accept');
  rotation.look();
  life.read('probe-1/temperature', 42);
  life.blocks.seal();
}

/** Fails at the n-th write of the journal, before it or after it is durable; false when there were fewer. */
function liveUntilCut(at: Place, life: Life, n: number, when: 'before' | 'after'): boolean {
  const { journal } = life;
  let left = n;
  const cut = <A extends unknown[]>(write: (...args: A) => void) => {
    return (...args: A): void => {
      left -= 1;
      if (left < 0 && when === 'before') throw new Error('power cut');
      write(...args);
      if (left < 0) throw new Error('power cut');
    };
  };
  const [append, seal] = [cut(journal.append.bind(journal)), cut(journal.seal.bind(journal))];
  vi.spyOn(journal, 'append').mockImplementation(append);
  vi.spyOn(journal, 'seal').mockImplementation(seal);
  try {
    live(at, life);
    return false;
  } catch (error) {
    if (error instanceof Error && error.message === 'power cut') return true;
    throw error;
  }
}

function recordsIn(data: string): LogRecord[] {
  using archive = openArchive(data);
  return Array.from({ length: archive.size() }, (_, no) => [...recordsOf(archive, no)]).flat();
}

/** Names of the keys, by number, whose line each note bears. */
function signersBySize(data: string): Map<number, number[]> {
  using archive = openArchive(data);
  const ids = keysOf(archive).map(({ log }) => log.split('+')[1]);
  const signers = new Map<number, number[]>();
  for (const { size, note } of archive.notesBetween(1, archive.size())) {
    const parsed = parseNote(utf8(note));
    if (!parsed.ok) throw new Error(parsed.why);
    signers.set(
      size,
      parsed.note.lines.map((line) => ids.indexOf(Buffer.from(line.decoded.subarray(0, 4)).toString('hex'))),
    );
  }
  return signers;
}

function expectRotated(data: string): void {
  using archive = openArchive(data);
  const keys = keysOf(archive);
  expect(keys.map(stateOf)).toEqual(['retired', 'in-force']);
  expect(keys[0]?.erased).toBe(true);
  const [announcedIn, size] = [keys[1]?.announcedIn ?? 0, keys[1]?.from ?? 0];
  expect(size).toBeGreaterThan(announcedIn);
  for (const [at, signers] of signersBySize(data)) {
    const both = at > announcedIn && at <= size;
    expect([at, signers]).toEqual([at, both ? [0, 1] : [at > size ? 1 : 0]]);
  }
  expect(existsSync(join(data, 'log.key'))).toBe(false);
  expect(readdirSync(data).filter((name) => name.endsWith('.request'))).toEqual([]);
  const events = recordsIn(data);
  expect(events.filter((r) => r.type === RecordType.key).map((r) => r.body[0])).toEqual([1]);
  const acts = events.filter((r) => r.type === RecordType.act).map((r) => r.body[2]);
  expect(acts).toEqual(['key-announced', 'key-accepted', 'key-erased']);
  const report = auditDirectory(archive, { directory: data, policyFile: null }, () => undefined);
  expect(report).toMatchObject({ ok: true, value: { problems: [] } });
}

describe('a rotation of keys', () => {
  it('signs by both keys from announcement to switch, then by the new one alone, tails too', async () => {
    {
      using life = await place.boot();
      live(place, life);
      // The tail of the open block is the new key's, and so is that of the next start.
      const message = life.journal.tailRow();
      expect(message?.no).toBe(life.journal.size());
    }
    using again = await place.boot();
    expect(again.core.found).toMatchObject({ lost: 0, flags: 4 });
    again.read('probe-1/temperature', 43);
    again.blocks.seal();
    expectRotated(place.data);
    const policy = policyFileOf(place.data);
    const parsed = policy.ok ? parsePolicy(utf8(policy.value), sha256) : null;
    const [only] = parsed?.ok === true ? parsed.policy.values() : [];
    expect(only?.keys.map(({ from, to }) => [from, to])).toEqual([
      [0, again.keyring.entries[1]?.from],
      [again.keyring.entries[1]?.from, null],
    ]);
  });

  it('survives a cut before and after each write of the journal', async () => {
    let cuts = 0;
    const rows = Array.from({ length: 40 }, (_, i) => [i >> 1, i % 2 === 0 ? 'before' : 'after'] as const);
    for (const [n, when] of rows) {
      using fresh = new Place();
      {
        using life = await fresh.boot();
        if (liveUntilCut(fresh, life, n, when)) cuts += 1;
        vi.restoreAllMocks();
      }
      for (let boot = 0; boot < 2; boot += 1) {
        using life = await fresh.boot();
        expect(life.core.found).toMatchObject({ lost: 0 });
        live(fresh, life);
      }
      expectRotated(fresh.data);
    }
    expect(cuts).toBeGreaterThan(20);
    expect(cuts).toBeLessThan(rows.length);
  }, 60_000);

  it('is not begun twice by a request that is found again, nor ended by one with a ledger', async () => {
    using life = await place.boot();
    const rotation = rotationOf(place, life);
    for (let i = 0; i < 2; i += 1) {
      expect(placeRequest(place.data, { act: 'rotate', no: 1, size: null, reason: '' })).toBe(true);
      expect(placeRequest(place.data, { act: 'accept', no: 1, size: null, reason: '' })).toBe(false);
      rotation.look();
    }
    expect(life.keyring.entries.map(stateOf)).toEqual(['in-force', 'announced']);
  });

  it('refuses a log key that is not the one that signed this log', async () => {
    (await place.boot())[Symbol.dispose]();
    rmSync(join(place.data, 'log.key'));
    makeKeys(place.data, 0, false);
    await expect(place.boot()).rejects.toMatchObject({ code: 'FORK' });
  });
});
