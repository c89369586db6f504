import { describe, expect, it } from 'vitest';
import type { TagObservation } from '../../domain/device.ts';
import { Quality } from '../../domain/reading.ts';
import { ReadPoints } from '../tags/read-points.ts';
import { planLlrp, type LlrpPlan } from './plan.ts';
import { epcOf } from './simulated-reader.ts';
import type { TagReport } from './tag-reports.ts';

const T = 1_767_225_600_000;

function planOf(antennas: number[]): LlrpPlan {
  const points = [{ name: 'dock', antennas }];
  const planned = planLlrp({ id: 'r', host: 'h', every: '10s', settle: '1s', gone: '5s', points });
  if (!planned.ok) throw new Error(JSON.stringify(planned.problems));
  return planned.value;
}

function report(over: Partial<TagReport>): TagReport {
  const none = { firstSeenUs: null, lastSeenUs: null, count: null, roSpec: null, channel: null, phase: null };
  return { epc: epcOf(1, 1), antenna: null, rssi: null, tid: null, ...none, ...over };
}

describe('read points', () => {
  it('make of a thousand tags that are read twenty times a second one observation a dwell', () => {
    const points = new ReadPoints(planOf([1]));
    points.setClock(T, T);
    points.started(0);
    const told: TagObservation[] = [];
    for (let now = 0; now < 21_000; now += 50) {
      if (now < 15_000) {
        for (let tag = 0; tag < 1000; tag++) {
          const us = (T + now) * 1000;
          points.take(
            report({ epc: epcOf(1, tag), antenna: 1, rssi: -5000, firstSeenUs: us, lastSeenUs: us }),
            now,
            T + now,
          );
        }
      }
      told.push(...(points.due(now)?.observations ?? []));
    }
    // One when it has settled, one after 10 s, one when it has left.
    expect(told).toHaveLength(3000);
    expect(told.reduce((sum, o) => sum + o.reads, 0)).toBe(1000 * 15 * 20);
    expect(told[0]).toMatchObject({ first: T, last: T + 1000, reads: 21, rssi: -5000, q: Quality.good });
    expect(told.at(-1)).toMatchObject({ last: T + 14_950 });
  });

  it('take what a report leaves out from the last one', () => {
    const points = new ReadPoints(planOf([1, 2]));
    points.setClock(T, T);
    points.started(0);
    expect(points.take(report({}), 0, T)).toBe('a tag report without an antenna');
    expect(points.take(report({ antenna: 2, rssi: -6100 }), 0, T)).toBeNull();
    expect(points.take(report({ epc: epcOf(1, 2) }), 0, T)).toBeNull();
    expect(points.due(1000)?.observations?.map((o) => [o.antenna, o.rssi, o.q])).toEqual([
      [2, -6100, Quality.deviceTimeUncertain],
      [2, -6100, Quality.deviceTimeUncertain],
    ]);
    points.started(2000);
    expect(points.take(report({}), 2000, T)).toBe('a tag report without an antenna');
  });

  it('need no antenna of a reader with one, and take none that is nobody’s', () => {
    const points = new ReadPoints(planOf([4]));
    expect(points.take(report({}), 0, T)).toBeNull();
    expect(points.take(report({ antenna: 3 }), 0, T)).toBe('antenna 3 belongs to no read point');
  });

  it('split what was held into visits', () => {
    const points = new ReadPoints(planOf([1]));
    points.setClock(T, T);
    points.started(0);
    for (const ago of [60_000, 59_000, 58_500, 30_000, 29_000]) {
      const us = (T - ago) * 1000;
      points.take(report({ antenna: 1, firstSeenUs: us, lastSeenUs: us }), 0, T);
    }
    expect(points.due(200)).toBeNull();
    expect(points.due(400)?.observations).toMatchObject([
      { first: T - 60_000, last: T - 58_500, reads: 3 },
      { first: T - 30_000, last: T - 29_000, reads: 2 },
    ]);
  });

  it('do not take the day a reader was switched on for the day a tag came', () => {
    const points = new ReadPoints(planOf([1]));
    points.setClock(T, T);
    points.started(0);
    points.take(report({ antenna: 1, firstSeenUs: (T - 86_400_000) * 1000, lastSeenUs: T * 1000 }), 0, T);
    expect(points.due(1000)?.observations).toMatchObject([{ first: T, last: T }]);
  });

  it('say how many tags are there once all could be seen, and nothing when the reader is gone', () => {
    const points = new ReadPoints(planOf([1]));
    points.setClock(T, T);
    expect(points.due(0)?.readings).toEqual([{ stream: 'r/dock-tags', v: null, q: 0 }]);
    points.started(1000);
    points.take(report({ antenna: 1 }), 1000, T);
    expect(points.due(5900)?.readings).toEqual([]);
    points.take(report({ antenna: 1 }), 5900, T);
    expect(points.due(6000)?.readings).toMatchObject([{ v: 1 }]);
    points.stopped(7000);
    expect(points.due(7100)?.readings).toMatchObject([{ v: null }]);
  });
});
