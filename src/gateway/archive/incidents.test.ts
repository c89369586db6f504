import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openArchive } from '../../buffer/archive.ts';
import { EVENTS_SLOT, RecordType, SystemCode, type ActBody, type Value } from '../../domain/record.ts';
import { utf8 } from '../../evidence/encodings.ts';
import { parsePolicy } from '../../evidence/policy.ts';
import { verify } from '../../evidence/verify.ts';
import { Place, type Life } from '../data-directory.fixture.ts';
import { placeEnding } from '../keys/epoch-end.ts';
import { policyFileOf } from '../keys/policy.ts';
import { nodePrimitives, sha256 } from '../site/primitives.ts';
import { acrossEpochs } from './across-epochs.ts';
import { entryOf } from './incident-entry.ts';
import { incidentWish } from './incident-name.ts';
import { readIncidents, readStory } from './incidents.ts';

const STREAM = 'probe-1/temperature';
const WARM = `${STREAM}/cold-room-warm`;
const ALWAYS = { from: 0, to: Number.MAX_SAFE_INTEGER, limit: 100 };
const acknowledge: ActBody = [
  7,
  'operator',
  'acknowledge',
  WARM,
  null,
  'being-handled',
  'the door was open',
  0,
];

let place: Place;
beforeEach(() => (place = new Place()));
afterEach(() => place[Symbol.dispose]());

function put(life: Life, type: RecordType, body: readonly Value[]): void {
  life.pass(1000);
  life.core.intake.accept([{ records: [{ slot: EVENTS_SLOT, t: life.core.intake.notBefore, type, body }] }]);
}

/** Twice too warm, and once silent; a restart while it is warm, with and without a sealed block between. */
async function write(): Promise<void> {
  {
    using life = await place.boot();
    life.read(STREAM, 50, 90);
    life.blocks.seal();
    put(life, RecordType.act, acknowledge);
  }
  {
    using life = await place.boot();
    life.read(STREAM, 91, 50, 50);
    put(life, RecordType.act, [7, 'operator', 'comment', WARM, null, null, 'a new seal is ordered', 0]);
    life.blocks.seal();
    life.pass(600_000);
    life.read(STREAM, 95, 50, 50);
    life.blocks.seal();
  }
}

function incidents(window = ALWAYS, epoch?: number) {
  using archive = openArchive(place.data, epoch);
  return readIncidents(archive, window);
}

function story(seq: number, epoch?: number) {
  using archive = openArchive(place.data, epoch);
  return readStory(archive, { seq });
}

describe('incidents of a journal', () => {
  it('are told newest first, over a restart, and the same for any window', async () => {
    await write();
    const all = incidents();
    expect(all.map((i) => [i.zone, ...i.alarms.map((a) => [a.alarm, a.rises])])).toEqual([
      ['cold-1', [WARM, 1]],
      // Silent while time passed: more than a minute before it was warm again.
      ['cold-1', [`${STREAM}/sensor-silent`, 1]],
      ['cold-1', [WARM, 1]],
    ]);
    const [third, second, first] = all;
    if (first === undefined || second === undefined || third === undefined)
      throw new Error('three incidents');
    expect(first.to).toBeGreaterThan(first.from);
    expect(incidents({ ...ALWAYS, from: first.from + 1, to: first.from + 2 })).toEqual([first]);
    expect(incidents({ ...ALWAYS, from: third.from })).toEqual(
      second.to === null ? [third, second] : [third],
    );
    expect(incidents({ ...ALWAYS, to: first.from })).toEqual([]);
    expect(incidents({ ...ALWAYS, limit: 1 })).toEqual([third]);
  });

  it('are told whole: alarms with their values, acts with reasons, who was told, what was ordered', async () => {
    await write();
    const [first] = incidents().slice(-1);
    const told = story(first?.seq ?? -1);
    if (told === null) throw new Error('no story');
    expect(told.incident).toEqual(first);
    expect(told.streams).toEqual([STREAM]);
    const entries = told.records.map((one) => entryOf(one, new Map([[7, 'Zhang Wei']])));
    expect(entries[0]).toMatchObject({
      kind: 'alarm',
      to: 'unacknowledged',
      value: { text: '9.0', unit: 'Cel' },
    });
    expect(entries).toContainEqual(
      expect.objectContaining({
        kind: 'act',
        by: 'Zhang Wei',
        reason: 'the door was open',
        change: 'being-handled',
      }),
    );
    expect(entries).toContainEqual(
      expect.objectContaining({ kind: 'act', verb: 'comment', reason: 'a new seal is ordered' }),
    );
    expect(entries).toContainEqual(
      expect.objectContaining({ kind: 'order', device: 'siren-1', verb: 'siren-on', step: 'ordered' }),
    );
    expect(told.told).toMatchObject([{ alarm: WARM, channel: 'duty', toldAt: null, failed: 0 }]);
    expect(told.left).toBe(0);
    // A record that begins none, and one that is not there.
    expect(story((first?.seq ?? 0) + 1)).toBeNull();
    expect(story(1_000_000)).toBeNull();
  });

  it('go on in the next epoch under a name of their own', async () => {
    {
      using life = await place.boot();
      life.read(STREAM, 50, 90);
      life.blocks.seal();
    }
    placeEnding(place.data, {
      code: SystemCode.epochContinues,
      size: 1,
      at: null,
      next: 1,
      reason: 'stolen',
    });
    {
      using life = await place.boot();
      life.read(STREAM, 91, 50, 50);
      put(life, RecordType.act, acknowledge);
      life.blocks.seal();
    }
    const past = acrossEpochs(place.data);
    const all = await past.incidents(ALWAYS);
    expect(all.map(({ epoch, to, alarms }) => [epoch, to === null, alarms.map((a) => a.rises)])).toEqual([
      [1, false, [0]],
      [0, true, [1]],
    ]);
    for (const { epoch, seq } of all) {
      const one = await past.story({ epoch, seq });
      expect(one?.incident).toEqual(all.find((i) => i.epoch === epoch));
    }
    expect(await past.story({ epoch: 2, seq: 0 })).toBeNull();
  });

  it('are proven by one bundle, which verifies without us', async () => {
    await write();
    const [first] = incidents().slice(-1);
    const told = story(first?.seq ?? -1);
    const wish = told === null ? null : incidentWish(told, Number.MAX_SAFE_INTEGER);
    if (wish === null) throw new Error('no bundle');
    const out = join(place.root, 'incident.zip');
    const made = await acrossEpochs(place.data).export({ ...wish, policyFile: null, out, firstOnly: true });
    if (!made.ok) throw new Error(made.why);
    const file = policyFileOf(place.data);
    if (!file.ok) throw new Error(file.why);
    const policy = parsePolicy(utf8(file.value), sha256);
    if (!policy.ok) throw new Error(policy.why);
    const verdict = verify(readFileSync(out), policy.policy, null, nodePrimitives);
    expect(verdict).toMatchObject({ evidence: 'valid' });
  });
});
