import { describe, expect, it } from 'vitest';
import type { Arrival } from '../../domain/device.ts';
import { Quality } from '../../domain/reading.ts';
import { planTags } from './plan.ts';
import { Reader } from './reader.ts';
import { epcOf } from './simulator.ts';

const T = Date.UTC(2026, 10, 24, 12);

/** A reader whose events come at times of our choice. */
class Told {
  readonly arrivals: Arrival[] = [];
  readonly reader: Reader;
  now = 0;

  constructor() {
    const planned = planTags({
      id: 'readers',
      driver: 'impinj-iot',
      url: 'mqtt://127.0.0.1:1',
      readers: [
        { id: 'r', topics: ['t'], timeout: '20s', every: '10s', points: [{ name: 'dock', antennas: [1] }] },
      ],
    });
    const plan = planned.ok ? planned.value.readers[0] : undefined;
    if (plan === undefined) throw new Error(JSON.stringify(planned));
    this.reader = new Reader(plan, 0);
  }

  /** A read of tag `n` whose clock is so far ahead; negative for behind. */
  read(n: number, aheadMs: number): string | null {
    const at = T + this.now + aheadMs;
    const own = { epc: epcOf(0, n), tid: null, antenna: null, rssi: -6000, at, count: 1 };
    return this.reader.take({ is: 'read', ...own }, this.now, T + this.now);
  }

  wait(ms: number): void {
    for (const until = this.now + ms; this.now < until; this.now += 100) {
      const due = this.reader.due(this.now);
      if (due !== null) this.arrivals.push(due);
    }
  }

  get health(): string[] {
    return this.arrivals.flatMap((a) => (a.health ?? []).map((h) => h.reason));
  }

  get counts(): (number | null)[] {
    return this.arrivals.flatMap((a) => a.readings).map((r) => r.v);
  }

  get observations() {
    return this.arrivals.flatMap((a) => a.observations ?? []);
  }
}

describe('a reader', () => {
  it('that says nothing has no number of tags; one that reads has', () => {
    const told = new Told();
    told.wait(30_000);
    expect([new Set(told.counts), told.health]).toEqual([new Set([null]), []]);
    told.reader.take({ is: 'alive' }, told.now, T);
    told.wait(30_000);
    expect(new Set(told.counts)).toEqual(new Set([null]));
    told.reader.take({ is: 'status', isReading: true, word: 'running' }, told.now, T + told.now);
    told.wait(6000);
    expect([told.counts.at(-1), told.health]).toEqual([0, ['ok']]);
    told.wait(20_000);
    expect([told.counts.at(-1), told.health.at(-1)]).toEqual([null, 'timeout']);
  });

  it('what the broker held keeps its times, and says nothing of now', () => {
    const told = new Told();
    told.reader.take({ is: 'status', isReading: true, word: 'running' }, 0, T);
    // Ten minutes of reads in a second.
    for (let i = 0; i < 10; i++) {
      told.read(i, -600_000 + i * 60_000);
      told.wait(100);
    }
    expect(told.counts).toEqual([]);
    told.wait(8000);
    expect(told.observations.map((o) => [o.first - T, o.q])).toEqual(
      Array.from({ length: 10 }, (_, i) => [-600_000 + i * 60_100, Quality.good]),
    );
    expect(told.counts).toEqual([0]);
    expect(told.health).toEqual(['ok']);
  });

  it.each([-3_600_000, 120_000])('with a clock %i ms off is told so, and its reads get our times', (off) => {
    const told = new Told();
    for (let i = 0; i < 200; i++) {
      told.read(0, off);
      told.wait(100);
    }
    expect(told.health).toContain(`clock ${off / 1000} s off`);
    expect(told.counts).not.toContain(0);
    expect(told.counts.at(-1)).toBe(1);
    const last = told.observations.at(-1);
    expect(last?.q).toBe(Quality.deviceTimeUncertain);
    expect(Math.abs((last?.last ?? 0) - T - told.now)).toBeLessThan(11_000);
    // It was set right.
    for (let i = 0; i < 120; i++) {
      told.read(0, 0);
      told.wait(100);
    }
    expect(told.health.at(-1)).toBe('ok');
  });

  it('whose reads have no times has ours', () => {
    const told = new Told();
    told.reader.take(
      { is: 'read', epc: epcOf(0, 0), tid: null, antenna: 1, rssi: null, at: null, count: 3 },
      0,
      T,
    );
    told.wait(3000);
    expect(told.observations).toMatchObject([
      { first: T, last: T, reads: 3, rssi: 0, q: Quality.deviceTimeUncertain },
    ]);
  });
});
