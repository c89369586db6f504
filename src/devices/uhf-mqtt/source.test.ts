import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import type { Arrival } from '../../domain/device.ts';
import type { ReaderEvent } from './events.ts';
import { impinj } from './impinj.ts';
import { planTags } from './plan.ts';
import { epcOf } from './simulator.ts';
import { TagSource } from './source.ts';

/** A source, what it told, and which messages the commit of each arrival acknowledges. */
class Told {
  readonly arrivals: Arrival[] = [];
  readonly acknowledged: string[] = [];
  readonly #source: TagSource;

  constructor() {
    const planned = planTags({
      id: 'readers',
      driver: 'impinj-iot',
      url: 'mqtt://127.0.0.1:1',
      readers: [{ id: 'r', topics: ['t'], points: [{ name: 'dock', antennas: [1] }] }],
    });
    if (!planned.ok) throw new Error(JSON.stringify(planned.problems));
    this.#source = new TagSource(
      planned.value,
      impinj,
      (arrival) => void this.arrivals.push(arrival),
      () => Date.now(),
    );
  }

  /** A message of one read, so old. */
  say(name: string, n: number, ageMs: number): void {
    const event: ReaderEvent = {
      is: 'read',
      epc: epcOf(0, n),
      tid: null,
      antenna: 1,
      rssi: -6000,
      at: null,
      count: 1,
    };
    const payload = Buffer.from(JSON.stringify(impinj.encode(event, 'r', Date.now() - ageMs)));
    this.#source.message('t', payload, false, () => void this.acknowledged.push(name));
  }

  tick(): void {
    this.#source.tick();
  }

  /** Commits what was told so far; gives the observations and what was acknowledged with each. */
  commit(): (readonly [observations: number, acknowledged: readonly string[]])[] {
    return this.arrivals.splice(0).map((arrival) => {
      this.acknowledged.length = 0;
      arrival.committed?.();
      return [arrival.observations?.length ?? 0, [...this.acknowledged]];
    });
  }
}

describe('a message', () => {
  it('of a tag that is new is acknowledged with its observation', () => {
    const told = new Told();
    told.say('first', 1, 0);
    expect(told.acknowledged).toEqual([]);
    expect(told.commit()).toEqual([[1, ['first']]]);
    told.say('again', 1, 0);
    expect(told.commit()).toEqual([[0, ['again']]]);
  });

  it('that a broker held is acknowledged with the observation that it becomes part of', async () => {
    const told = new Told();
    told.say('first', 1, 60_000);
    told.say('second', 2, 59_000);
    told.tick();
    expect(told.commit().flatMap(([, names]) => names)).toEqual([]);
    // A burst is over when nothing more of it came for 300 ms.
    for (const end = performance.now() + 5000; told.arrivals.length === 0 && performance.now() < end;) {
      await delay(50);
      told.tick();
    }
    expect(told.commit()).toEqual([[2, ['first', 'second']]]);
  });
});
