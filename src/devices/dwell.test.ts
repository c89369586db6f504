import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { TagObservation } from '../domain/device.ts';
import { Dwells, type TagRead } from './dwell.ts';

const T = 1_767_225_600_000;
const SETTINGS = { settleMs: 500, refreshMs: 20_000, goneMs: 2000 };

function read(n: number, at: number, more: Partial<TagRead> = {}): TagRead {
  const epc = Uint8Array.of(0x30, n);
  return {
    stream: 'gate/1',
    epc,
    tid: null,
    antenna: 1,
    at: T + at,
    isDeviceTime: true,
    reads: 1,
    rssi: -6000,
    ...more,
  };
}

/** Feeds reports at their monotonic times, asking for what is due every 100 ms until `until`. */
function run(reports: readonly (readonly [at: number, read: TagRead])[], until: number): TagObservation[] {
  const dwells = new Dwells(SETTINGS);
  const told: TagObservation[] = [];
  let i = 0;
  for (let now = 0; now <= until; now += 100) {
    for (let next = reports[i]; next !== undefined && next[0] <= now; next = reports[++i])
      dwells.take(next[1], next[0]);
    told.push(...dwells.due(now));
  }
  return told;
}

describe('dwells', () => {
  it('make one observation of a short visit, with its strongest signal', () => {
    const reports = [0, 100, 200, 300].map((at) => [at, read(1, at, { rssi: -6000 + at })] as const);
    expect(run(reports, 10_000)).toEqual([
      {
        stream: 'gate/1',
        epc: Uint8Array.of(0x30, 1),
        tid: null,
        antenna: 1,
        first: T,
        last: T + 300,
        reads: 4,
        rssi: -5700,
        q: 0,
      },
    ]);
  });

  it('make one of each of a thousand tags read twenty times a second, and refresh them', () => {
    const reports = Array.from({ length: 60 * 20 }, (_, k) =>
      Array.from({ length: 10 }, (_unused, n) => [k * 50, read(n, k * 50)] as const),
    ).flat();
    const told = run(reports, 70_000);
    // One when they came, one each 20 s of the minute, one with the rest when they had left.
    expect(told).toHaveLength(10 * 4);
    expect(told.reduce((sum, o) => sum + o.reads, 0)).toBe(reports.length);
  });

  it('are begun anew when a tag comes back', () => {
    const told = run(
      [
        [0, read(1, 0)],
        [5000, read(1, 5000)],
      ],
      10_000,
    );
    expect(told.map(({ first, last }) => [first - T, last - T])).toEqual([
      [0, 0],
      [5000, 5000],
    ]);
  });

  it('are of one antenna and one read point', () => {
    const told = run(
      [
        [0, read(1, 0)],
        [0, read(1, 0, { antenna: 2 })],
        [0, read(1, 0, { stream: 'gate/2' })],
      ],
      5000,
    );
    expect(told).toHaveLength(3);
  });

  it('say that the time is ours when the reader has none, and take the TID whenever it comes', () => {
    const tid = Uint8Array.of(0xe2, 0x80);
    const told = run(
      [
        [0, read(1, 0, { isDeviceTime: false })],
        [100, read(1, 100, { tid })],
      ],
      5000,
    );
    expect(told).toMatchObject([{ q: 16, tid }]);
  });

  it('count every read once, in slices that follow each other', () => {
    const step = fc.record({
      wait: fc.nat({ max: 4000 }),
      tag: fc.nat({ max: 3 }),
      reads: fc.integer({ min: 1, max: 5 }),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 80 }), (steps) => {
        let at = 0;
        const reports = steps.map(({ wait, tag, reads }) => {
          at += wait;
          return [at, read(tag, at, { reads })] as const;
        });
        const told = run(reports, at + 5000);
        expect(told.reduce((sum, o) => sum + o.reads, 0)).toBe(steps.reduce((sum, s) => sum + s.reads, 0));
        const ends = new Map<number, number>();
        for (const { epc, first, last } of told) {
          const tag = epc[1] ?? 0;
          expect(first).toBeGreaterThanOrEqual(ends.get(tag) ?? 0);
          expect(last).toBeGreaterThanOrEqual(first);
          ends.set(tag, last);
        }
      }),
      { numRuns: 60 },
    );
  });
});

it('a tag that two antennas of one read point read is one tag there', () => {
  const dwells = new Dwells(SETTINGS);
  for (const antenna of [1, 2]) dwells.take(read(1, 0, { antenna }), 0);
  dwells.take(read(2, 0), 0);
  dwells.take(read(3, 0, { stream: 'gate/2' }), 0);
  expect([dwells.present('gate/1'), dwells.present('gate/2'), dwells.present('gate/3')]).toEqual([2, 1, 0]);
  dwells.due(SETTINGS.goneMs);
  expect(dwells.present('gate/1')).toBe(0);
});

it('the same EPC with another TID is another tag', () => {
  const [a, b] = [Uint8Array.of(0xe2, 1), Uint8Array.of(0xe2, 2)];
  const tids = [a, b, null, a, b];
  const reports = tids.map((tid, i) => [i * 100, read(1, i * 100, { tid })] as const);
  expect(run(reports, 10_000).map((o) => [o.tid, o.reads])).toEqual([
    [a, 3],
    [b, 2],
  ]);
});
