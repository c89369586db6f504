import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openArchive } from '../../buffer/archive.ts';
import { RecordType } from '../../domain/record.ts';
import { decode, encode } from '../../evidence/cbor.ts';
import { Place, RULES, writeStory } from '../data-directory.fixture.ts';
import { replay, type ReplayArgs, type ReplayReport } from './replay.ts';
import { editTail } from '../../../test/fixtures/buffer/packed-tail.ts';

let place: Place;

beforeEach(async () => {
  place = new Place();
  await writeStory(place);
});
afterEach(() => place[Symbol.dispose]());

async function run(args: Partial<ReplayArgs> = {}): Promise<ReplayReport> {
  using archive = openArchive(place.data);
  return await replay(archive, { from: 0, to: null, rules: null, ...args }, () => undefined);
}

/** Changes the journal as its thief could, behind every check of ours. */
function tamper(change: (db: DatabaseSync) => void): void {
  const db = new DatabaseSync(join(place.data, 'journal.db'));
  change(db);
  db.close();
}

type Reading = readonly [t: number, type: number, body: readonly [v: number | null, q: number]];

function isReadings(value: unknown): value is readonly Reading[] {
  return Array.isArray(value) && value.every((leaf) => Array.isArray(leaf) && leaf.length === 3);
}

/** Rewrites the probe's readings of a sealed block. */
function rewriteLeaves(block: number, change: (leaf: Reading, i: number) => Reading): void {
  tamper((db) => {
    const slot = Number(db.prepare("SELECT slot FROM stream WHERE ch = 'temperature'").get()?.['slot']);
    const id = block * 1024 + slot;
    const bytes = db.prepare('SELECT leaves FROM segment WHERE id = ?').get(id)?.['leaves'];
    if (!(bytes instanceof Uint8Array)) throw new Error(`no leaves in segment ${id}`);
    const leaves = decode(bytes);
    if (!isReadings(leaves)) throw new Error(`no readings in segment ${id}`);
    db.prepare('UPDATE segment SET leaves = ? WHERE id = ?').run(encode(leaves.map(change)), id);
  });
}

describe('a replay', () => {
  it('finds no difference in what the hot path decided, over starts and into the unsealed tail', async () => {
    // Nothing of the configuration is there any more, secrets neither: the journal kept what decides.
    for (const file of ['gateway.yaml', 'hook-secret', 'rules']) {
      rmSync(join(place.root, file), { recursive: true });
    }
    const report = await run();
    expect(report.difference).toBeNull();
    expect(report).toMatchObject({ first: 0, blocks: 4, starts: 2 });
    expect(report.inputs).toBeGreaterThan(20);
    expect(report.outputs).toBeGreaterThan(15);
  });

  it('finds none either where a probe was never heard, so that its silence counts from the first start', async () => {
    place[Symbol.dispose]();
    place = new Place();
    {
      using life = await place.boot();
      life.blocks.fireTimers(life.core.intake.notBefore + 60_000);
      expect(life.core.deciding.alarms.list()).toHaveLength(1);
    }
    expect(await run()).toMatchObject({ first: 0, starts: 1, difference: null });
  });

  it('begins at the last start before the block it is asked for, and ends where it is told', async () => {
    expect(await run({ from: 1, to: 1 })).toMatchObject({ first: 0, blocks: 2, difference: null });
    expect(await run({ from: 3 })).toMatchObject({ first: 3, blocks: 1, difference: null });
  });

  it('finds a value that was changed after it had been decided on', async () => {
    // 8.5 °C becomes 7.0 °C.
    rewriteLeaves(0, ([t, type, [v, q]]) => [t, type, [v === 85 ? 70 : v, q]]);
    const { difference } = await run();
    expect(difference).toMatchObject({
      block: 0,
      kind: 'output',
      expected: { type: RecordType.finding, body: ['cold-room-warm', 'probe-1/temperature', 1, 2, 3, 85] },
      found: { type: RecordType.finding, body: ['cold-room-warm', 'probe-1/temperature', 1, 2, 4, 90] },
    });
  });

  it('finds an alarm that was taken out of the tail, and one that was put in', async () => {
    tamper((db) => {
      let isTaken = false;
      editTail(db, (leaf) => {
        if (isTaken || leaf.slot !== 0 || leaf.type !== RecordType.alarm) return leaf;
        isTaken = true;
        return null;
      });
    });
    const { difference } = await run();
    expect(difference).toMatchObject({ block: 3, kind: 'output', found: { type: RecordType.alarm } });
  });

  it('says which file of a start is not kept', async () => {
    tamper((db) => db.prepare('DELETE FROM file WHERE bytes = ?').run(Buffer.from(RULES)));
    const { difference } = await run();
    expect(difference).toMatchObject({ kind: 'missing', what: 'the file rules/cold.yaml', block: 0 });
  });

  it('finds a state at a start that the records before it do not lead to', async () => {
    // The last reading of the first life, one ms later: only a timer knows.
    rewriteLeaves(2, ([t, type, body], i) => [i === 1 ? t + 1 : t, type, body]);
    const { difference } = await run();
    expect(difference).toMatchObject({ block: 3, kind: 'state' });
  });

  it('is a back-test with other rules: which alarms would there have been?', async () => {
    const other = RULES.replace('above: 8 °C', 'above: 9.2 °C').replace('cold-room-warm', 'cold-room-hot');
    const report = await run({ rules: [{ name: 'other.yaml', bytes: Buffer.from(other) }] });
    expect(report.difference).toBeNull();
    expect(report.alarms).toEqual([
      { alarm: 'probe-1/temperature/cold-room-hot', recorded: 0, replayed: 2 },
      { alarm: 'probe-1/temperature/cold-room-warm', recorded: 3, replayed: 0 },
      { alarm: 'probe-1/temperature/sensor-silent', recorded: 1, replayed: 1 },
    ]);
  });

  it('takes the open block as of one moment, while its gateway seals it', async () => {
    using life = await place.boot();
    life.read('probe-1/temperature', 95, 96, 50);
    using archive = openArchive(place.data);
    const look = archive.tailRow.bind(archive);
    let sealed = false;
    archive.tailRow = () => {
      const row = look();
      if (!sealed) life.blocks.seal();
      sealed = true;
      return row;
    };
    const meanwhile = await replay(archive, { from: 0, to: null, rules: null }, () => undefined);
    expect(sealed).toBe(true);
    expect(await run({ to: archive.size() - 1 })).toEqual(meanwhile);
  });
});
