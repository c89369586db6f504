import { existsSync, mkdirSync, readFileSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openArchive } from '../../buffer/archive.ts';
import { RecordType, SystemCode, type LogRecord } from '../../domain/record.ts';
import { utf8 } from '../../evidence/encodings.ts';
import { rootAt } from '../../evidence/log-tree.ts';
import { parsePolicy, type Policy } from '../../evidence/policy.ts';
import { auditDirectory } from '../archive/audit.ts';
import { Place, writeStory } from '../data-directory.fixture.ts';
import { placeEnding, waitingEnding, type Ending } from '../keys/epoch-end.ts';
import { turnIfOver } from './epoch-turn.ts';
import { policyFileOf } from '../keys/policy.ts';
import { sha256 } from '../site/primitives.ts';
import { recordsOf, unsealedRecords } from '../recording/record-walk.ts';
import { nodesOf } from '../recording/recovery.ts';
import { replay } from '../archive/replay.ts';

const ORIGIN = 'consortium.example/gw/b0b1b2b3b4b5b6b7';
const REVOKED: Ending = { code: SystemCode.epochContinues, size: 2, at: null, next: 1, reason: 'stolen' };

let place: Place;
beforeEach(() => (place = new Place()));
afterEach(() => place[Symbol.dispose]());

function recordsIn(data: string, epoch: number): LogRecord[] {
  using archive = openArchive(data, epoch);
  const size = archive.size();
  const sealed = Array.from({ length: size }, (_, no) => [...recordsOf(archive, no)]).flat();
  return [...sealed, ...unsealedRecords(archive, (row) => row.no === size)];
}

function policy(data: string): Policy {
  const file = policyFileOf(data);
  const parsed = file.ok ? parsePolicy(utf8(file.value), sha256) : file;
  if (!parsed.ok) throw new Error(parsed.why);
  return parsed.policy;
}

async function expectSound(data: string, epoch: number): Promise<void> {
  using archive = openArchive(data, epoch);
  const report = auditDirectory(archive, { directory: data, policyFile: null }, () => undefined);
  expect(report).toMatchObject({ ok: true, value: { problems: [] } });
  const replayed = await replay(archive, { from: 0, to: null, rules: null }, () => undefined);
  expect(replayed).toMatchObject({ difference: null });
  expect(replayed.first).not.toBeNull();
}

describe('the end of an epoch', () => {
  it('is followed by the next one: new origin, keys and slots, and what stood goes on standing', async () => {
    {
      using life = await place.boot();
      life.read('probe-1/temperature', 50, 85, 90);
      life.blocks.seal();
      life.read('probe-1/temperature', 91);
      life.blocks.seal();
      life.read('probe-1/temperature', 92);
    }
    const old = readFileSync(join(place.data, 'journal.db'));
    placeEnding(place.data, REVOKED);
    using life = await place.boot();
    expect(life.core.found).toBeNull();
    expect(life.core.settings.identity.origin).toBe(`${ORIGIN}/1`);
    // What waits is no notice of the new epoch, whose records have the same numbers.
    const waiting = life.journal.outbox.due(Number.MAX_SAFE_INTEGER, 100).map((e) => e.key);
    expect(waiting.filter((key) => key.includes('cold-room-warm '))).not.toEqual([]);
    for (const key of waiting) if (key.includes('cold-room-warm ')) expect(key).toContain(`${ORIGIN}/0 `);
    expect(life.core.deciding.alarms.list().map((s) => s.alarm)).toContain(
      'probe-1/temperature/cold-room-warm',
    );
    life.read('probe-1/temperature', 50, 50);
    life.blocks.seal();
    life.read('probe-1/temperature', 51);

    using before = openArchive(place.data, 0);
    const [first, second] = recordsIn(place.data, 1).filter((r) => r.type === RecordType.system);
    expect(first?.body).toEqual([5, 2, before.size(), rootAt(sha256, 2, nodesOf(before))]);
    expect(second?.body[0]).toBe(SystemCode.start);
    expect(recordsIn(place.data, 1)[0]).toMatchObject({ slot: 0, seq: 0, type: RecordType.stream });
    // What was there is not touched: neither its sealed blocks nor the records after them.
    expect(readFileSync(join(place.data, 'journal.db')).equals(old)).toBe(true);
    expect(recordsIn(place.data, 0).at(-1)?.body[0]).toBe(92);
    expect(readFileSync(join(place.data, 'log.key'))).not.toEqual(
      readFileSync(join(place.data, 'epochs/1/log.key')),
    );
    const last = recordsIn(place.data, 0).at(-1)?.t ?? 0;
    expect(recordsIn(place.data, 1)[0]?.t).toBeGreaterThan(last);
    await expectSound(place.data, 0);
    await expectSound(place.data, 1);
  });

  it('is in the policy: heads above it are void, and the next epoch says nothing before it', async () => {
    await writeStory(place);
    placeEnding(place.data, REVOKED);
    (await place.boot())[Symbol.dispose]();
    using before = openArchive(place.data, 0);
    const t1 = before.block(1)?.t1 ?? 0;
    const own = policy(place.data);
    expect([...own.keys()]).toEqual([`${ORIGIN}/0`, `${ORIGIN}/1`]);
    expect(own.get(`${ORIGIN}/0`)).toMatchObject({ revokedFrom: 2, since: 0 });
    expect(own.get(`${ORIGIN}/1`)).toMatchObject({ revokedFrom: null, since: t1 });

    // Rolled back: others hold 9 blocks, taken at a time they name.
    placeEnding(place.data, { code: 7, size: 9, at: t1 + 5000, next: 4, reason: 'a copy' });
    (await place.boot())[Symbol.dispose]();
    const after = policy(place.data);
    expect([...after.keys()]).toEqual([`${ORIGIN}/0`, `${ORIGIN}/1`, `${ORIGIN}/4`]);
    expect(after.get(`${ORIGIN}/1`)).toMatchObject({ revokedFrom: null, keys: [{ from: 0, to: 9 }] });
    expect(after.get(`${ORIGIN}/4`)).toMatchObject({ since: t1 + 5000 });
    const events = recordsIn(place.data, 4).filter((r) => r.type === RecordType.system);
    expect(events[0]?.body.slice(0, 3)).toEqual([7, 9, 0]);
  });

  it('is turned once, whenever the power goes', async () => {
    await writeStory(place);
    const site = await place.site();
    placeEnding(place.data, REVOKED);
    // While the next epoch was being made: a draft is left.
    mkdirSync(join(place.data, 'epochs/1.new'), { recursive: true });
    turnIfOver(site);
    expect(readdirSync(join(place.data, 'epochs'))).toEqual(['1']);
    // Before the mark was taken away.
    placeEnding(place.data, REVOKED);
    turnIfOver(site);
    expect(readdirSync(join(place.data, 'epochs'))).toEqual(['1']);
    expect(waitingEnding(place.data)).toBeNull();
    // Before the first record of the new epoch, its log key being made or not.
    for (let boot = 0; boot < 2; boot += 1) {
      using life = await place.boot();
      expect(life.core.settings.identity.origin).toBe(`${ORIGIN}/1`);
      if (boot === 0) expect(life.core.found).toBeNull();
    }
    const told = recordsIn(place.data, 1).filter((r) => r.body[0] === 5 && r.type === RecordType.system);
    expect(told).toHaveLength(1);
    // Without its newest epoch the directory is an old copy: the origin before is all there is.
    renameSync(join(place.data, 'epochs'), join(place.root, 'gone'));
    expect(existsSync(join(place.data, 'epochs'))).toBe(false);
  });

  it('can be taken away whole, by who must delete it: the newest one goes on', async () => {
    await writeStory(place);
    placeEnding(place.data, REVOKED);
    (await place.boot())[Symbol.dispose]();
    for (const name of readdirSync(place.data))
      if (name.startsWith('journal.db')) rmSync(join(place.data, name));
    using life = await place.boot();
    life.read('probe-1/temperature', 50);
    life.blocks.seal();
    expect(life.core.settings.identity.origin).toBe(`${ORIGIN}/1`);
    expect([...policy(place.data).keys()]).toEqual([`${ORIGIN}/1`]);
    await expectSound(place.data, 1);
  });
});
