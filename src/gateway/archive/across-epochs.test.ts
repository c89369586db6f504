import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openArchive } from '../../buffer/archive.ts';
import { SystemCode } from '../../domain/record.ts';
import { acrossEpochs } from './across-epochs.ts';
import { Place } from '../data-directory.fixture.ts';
import { placeEnding } from '../keys/epoch-end.ts';
import { epochSpans } from '../keys/epoch-spans.ts';

const STREAM = 'probe-1/temperature';
const ALWAYS = { from: 0, to: Number.MAX_SAFE_INTEGER };

let place: Place;
beforeEach(async () => {
  place = new Place();
  {
    using life = await place.boot();
    life.read(STREAM, 50, 55, 90);
    life.blocks.seal();
    life.read(STREAM, 60);
  }
  placeEnding(place.data, { code: SystemCode.epochContinues, size: 1, at: null, next: 1, reason: 'stolen' });
  {
    using life = await place.boot();
    life.read(STREAM, 61, 62, 91);
    life.blocks.seal();
  }
  placeEnding(place.data, { code: SystemCode.epochContinues, size: 1, at: null, next: 3, reason: 'again' });
  using life = await place.boot();
  life.read(STREAM, 70, 71);
  life.blocks.seal();
});
afterEach(() => place[Symbol.dispose]());

async function pages(
  window: { readonly from: number; readonly to: number },
  limit: number,
): Promise<number[][]> {
  const past = acrossEpochs(place.data);
  const found: number[][] = [];
  for (let seq: number | null = 0; seq !== null;) {
    const page = await past.history({ stream: STREAM, ...window, limit, seq });
    if (page === null) throw new Error('no such stream');
    found.push(page.readings.map(({ v }) => v ?? NaN));
    seq = page.next;
  }
  return found;
}

function begin(epoch: number): number {
  return epochSpans(place.data).find((span) => span.epoch === epoch)?.from ?? NaN;
}

describe('the past over the epochs of a log', () => {
  it('is told page by page, from the earliest that meets the window to the newest', async () => {
    expect(await pages(ALWAYS, 2)).toEqual([[50, 55], [90, 60], [61, 62], [91], [70, 71]]);
    expect(await pages({ from: begin(1), to: begin(3) }, 100)).toEqual([[61, 62, 91]]);
    expect(await pages({ from: begin(3), to: ALWAYS.to }, 100)).toEqual([[70, 71]]);
    // Nothing was read then; the stream is known all the same.
    expect(await pages({ from: 5, to: 6 }, 100)).toEqual([[]]);
    expect(await acrossEpochs(place.data).history({ stream: 'a/b', ...ALWAYS, limit: 1, seq: 0 })).toBeNull();
  });

  it('tells what became of an alarm in all of them', async () => {
    const past = acrossEpochs(place.data);
    const rose: unknown[] = [];
    for (let after: number | null = 0; after !== null;) {
      const alarm = `${STREAM}/cold-room-warm`;
      const page = await past.alarmHistory({ alarm, zone: null, ...ALWAYS, limit: 1, after });
      rose.push(...page.records.map(({ body }) => body.slice(1, 3)));
      after = page.next;
    }
    // 0 at rest, 1 unacknowledged, 3 returned: it stood from epoch to epoch.
    expect(rose.length).toBeGreaterThan(3);
    expect(rose.slice(0, 2)).toEqual([
      [0, 1],
      [1, 3],
    ]);
  });

  it('has the figures of the alarm system over all of them', async () => {
    const past = acrossEpochs(place.data);
    const to = begin(3) + 600_000;
    const figures = await past.alarmReport({ from: 0, to, operators: 1 });
    // It rose in the first epoch and in the second; silence after the last reading.
    const called = new Map(figures.mostFrequent.map(({ alarm, n }) => [alarm, n]));
    expect(called.get(`${STREAM}/cold-room-warm`)).toBe(2);
    expect(figures.priorities.high.n).toBe(2);
    const newest = await past.alarmReport({ from: begin(3), to, operators: 1 });
    expect(newest.priorities.high.n).toBe(0);
    // What rose before, and nobody acknowledged, stands from epoch to epoch.
    expect([figures.standing, figures.acknowledged.waiting]).toEqual([
      newest.standing,
      newest.acknowledged.waiting,
    ]);
    expect(newest.standing).toBeGreaterThan(0);
  });

  it('is exported up to where an epoch ends, and from there on in the next one', async () => {
    const past = acrossEpochs(place.data);
    const made: (readonly [string, number])[] = [];
    let { from } = ALWAYS;
    while (from < begin(3) + 1) {
      const exported = await past.export({
        select: { kind: 'streams', ids: [STREAM] },
        ask: {
          kind: 'range',
          unit: null,
          min: null,
          max: null,
          maxGapMs: null,
          allowOutMs: 0,
          allowGapMs: 0,
        },
        mode: 'full',
        times: [],
        events: false,
        from,
        to: begin(3) + 20_000,
        policyFile: null,
        out: join(place.root, 'bundle.zip'),
        firstOnly: true,
      });
      if (!exported.ok) throw new Error(exported.why);
      const { origin, bundles } = exported.value;
      from = bundles[0]?.question.to ?? Infinity;
      made.push([origin.slice(-2), from]);
    }
    expect(made).toEqual([
      ['/0', begin(1)],
      ['/1', begin(3)],
      ['/3', begin(3) + 20_000],
    ]);
  });

  it('has the spans in which each epoch speaks', () => {
    using first = openArchive(place.data, 0);
    expect(epochSpans(place.data).map(({ epoch }) => epoch)).toEqual([0, 1, 3]);
    expect(begin(1)).toBeGreaterThan(first.block(0)?.t1 ?? Infinity);
    expect(epochSpans(place.data).at(-1)?.to).toBe(Infinity);
  });
});
