import { describe, expect, it } from 'vitest';
import { RecordType, type LogRecord } from '../../domain/record.ts';
import { recordOf } from '../../evidence/stored-record.ts';
import { ConflictWatch } from '../../intake/conflict-watch.ts';
import { DeviceHealth } from '../../intake/device-health.ts';
import { Batching } from './batching.ts';
import { Blocks } from './blocks.ts';
import { CONFIGURATION, Place, RULES, type Life } from '../data-directory.fixture.ts';
import { openReadOnly } from '../archive/open-read-only.ts';
import { recordsOf } from './record-walk.ts';

const STREAM = 'probe-1/temperature';
const MOST = 65_535;
/** Device time of the first reading, ms: not so long ago that rules would pass over what comes late. */
const BEGAN = Date.now();

function batchingOf({ core }: Life, blocks: Blocks): Batching {
  return new Batching({
    accept: (inputs) => blocks.accept(inputs),
    health: new DeviceHealth(),
    conflicts: new ConflictWatch(core.streams, new Map(), () => null),
    streams: core.streams,
    commitMs: 250,
    now: () => core.clock.now(),
    onCommitted: () => undefined,
    onArrival: () => undefined,
    onError: (error) => {
      throw error;
    },
  });
}

/** Everything on record, sealed or not, in the order it was decided. */
function* everything({ journal }: Life): Generator<LogRecord> {
  for (let no = 0; no < journal.size(); no++) yield* recordsOf(journal, no);
  for (const leaf of journal.tailLeaves()) yield recordOf(leaf);
}

/** The readings of the stream, each as its number: it stands in its device time. */
function taken(life: Life): number[] {
  const slot = life.core.streams.find((s) => s.id === STREAM)?.slot;
  const readings = everything(life).filter((r) => r.slot === slot && r.type === RecordType.reading);
  return readings.map((r) => Number(r.body[2]) - BEGAN).toArray();
}

function upTo(count: number): number[] {
  return Array.from({ length: count }, (_, i) => i);
}

async function expectWhole(place: Place, life: Life): Promise<void> {
  life.blocks.seal();
  const audit = await openReadOnly(place.data).audit({ policyFile: null });
  expect(audit).toMatchObject({ ok: true, value: { found: 0, problems: [] } });
}

function mostInASegment({ journal }: Life): number {
  let most = 0;
  for (let no = 0; no < journal.size(); no++) {
    for (const slot of journal.segmentHeads(no).keys())
      most = Math.max(most, journal.segment(no, slot)?.n ?? 0);
  }
  return most;
}

const reading = (i: number, v = 50) => ({ stream: STREAM, v, q: 0, sourceAt: BEGAN + i }) as const;

describe('more readings at once than a block takes', { timeout: 120_000 }, () => {
  it.each([1, 1000])('are all taken in order when %i come together', async (size) => {
    using place = new Place();
    using life = await place.boot();
    const batching = batchingOf(life, life.blocks);
    const committed: number[] = [];
    for (let i = 0; i < 70_000; i += size) {
      const readings = upTo(size).map((j) => reading(i + j));
      batching.sink({ readings, committed: () => committed.push(i) });
    }
    batching.drain();
    expect(taken(life)).toEqual(upTo(70_000));
    expect(committed).toEqual(upTo(70_000 / size).map((n) => n * size));
    await expectWhole(place, life);
    expect(mostInASegment(life)).toBeLessThan(60_000 + 1200);
  });

  it('become several commits when they are one batch', async () => {
    using place = new Place();
    using life = await place.boot();
    const slot = life.core.streams.find((s) => s.id === STREAM)?.slot ?? -1;
    const t = life.core.clock.now();
    const record = (i: number) => ({ slot, t, type: RecordType.reading, body: [50, 0, BEGAN + i] });
    life.blocks.accept(upTo(70_000).map((i) => ({ records: [record(i)] })));
    expect(taken(life)).toEqual(upTo(70_000));
    const tooMany = { records: upTo(MOST + 1).map((i) => record(i)) };
    expect(() => life.blocks.accept([tooMany])).toThrow('full');
    expect(taken(life)).toHaveLength(70_000);
    await expectWhole(place, life);
  });

  it('may decide more than fits beside them', async () => {
    const rules = ['a', 'b', 'c', 'd'].map((id) => RULES.replaceAll('- id: ', `- id: ${id}-`));
    using place = new Place(CONFIGURATION, rules.join(''));
    using life = await place.boot();
    const { core } = life;
    // Nothing but the room in a segment ends a block here.
    const parts = { core, identity: core.settings.identity, flush: () => undefined };
    const blocks = new Blocks({ ...parts, maxLeaves: Infinity, onSealed: () => undefined });
    const batching = batchingOf(life, blocks);
    // The alarm comes and goes all the time, and each time there is much to do and to record.
    for (let i = 0; i < 10_000; i += 200) {
      batching.sink({ readings: upTo(200).map((j) => reading(i + j, (i + j) % 3 === 0 ? 90 : 50)) });
    }
    batching.drain();
    expect(taken(life)).toEqual(upTo(10_000));
    await expectWhole(place, life);
    expect(MOST - mostInASegment(life)).toBeLessThan(5000);
    const again = await openReadOnly(place.data).replay({ from: 0, to: null, rules: null });
    expect(again).toMatchObject({ difference: null, blocks: 2 });
  });
});
