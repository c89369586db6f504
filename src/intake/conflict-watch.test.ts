import { describe, expect, it } from 'vitest';
import type { Arrival, TagObservation } from '../domain/device.ts';
import type { StreamSpec } from '../domain/stream.ts';
import { conflictStreams, ConflictWatch } from './conflict-watch.ts';
import { ForeignTags } from './foreign-tags.ts';

const AT = Date.UTC(2026, 1, 3, 8);

function point(id: 'near/in' | 'far/in', place: string): StreamSpec {
  const [dev = '', ch = ''] = id.split('/');
  const times = { cadenceMs: 10_000, maxGapMs: 45_000 };
  return { id, dev, ch, kind: 2, quantity: 'tag', unit: '1', exp: 0, ...times, place, src: 2, urgent: false };
}

const STREAMS = [point('near/in', 'dock'), point('far/in', 'yard')];
const PLACES = new Map([
  ['dock', { longitude: 121.4737, latitude: 31.2304 }],
  ['yard', { longitude: 121.5262, latitude: 31.2304 }],
]);

function seen(stream: 'near/in' | 'far/in', at: number, epc = 1): TagObservation {
  const rest = { tid: null, antenna: 1, reads: 1, rssi: 0, q: 0 };
  return { stream, epc: Uint8Array.of(epc), first: at, last: at, ...rest };
}

const told = (arrival: Arrival): string[] => arrival.readings.map((r) => `${r.stream} ${r.v}`);

describe('tags that another site tells of, too', () => {
  it('count where they are seen here, are told once, and no more once the other site tells of them no more', () => {
    const foreign = new ForeignTags();
    const watch = new ConflictWatch(STREAMS, PLACES, () => null, foreign);
    const at = (t: number): Arrival => watch.watched({ readings: [], observations: [seen('near/in', t)] }, t);
    expect(told(at(AT))).toEqual([]);
    foreign.replace(new Map([['01', 'site-b']]));
    const found = at(AT + 1000);
    expect(told(found)).toEqual(['near/in-conflicts 1']);
    expect(found.conflicts).toMatchObject([{ kmh: null, detail: 'near/in, also told of by site-b' }]);
    expect(at(AT + 2000).conflicts ?? []).toEqual([]);
    foreign.replace(new Map());
    const rounds = [{ stream: 'near/in', distinct: 1, reads: 1 }] as const;
    expect(told(watch.watched({ readings: [], rounds }, AT + 303_000))).toEqual(['near/in-conflicts 0']);
  });
});

describe('conflicts of tags', () => {
  it('are a stream of the gateway beside each read point, and only there', () => {
    const code: StreamSpec = { ...point('near/in', 'dock'), quantity: 'code' };
    expect(conflictStreams([...STREAMS, code])).toEqual([
      {
        ...STREAMS[0],
        id: 'near/in-conflicts',
        ch: 'in-conflicts',
        kind: 1,
        quantity: 'tag-conflicts',
        src: 0,
      },
      {
        ...STREAMS[1],
        id: 'far/in-conflicts',
        ch: 'in-conflicts',
        kind: 1,
        quantity: 'tag-conflicts',
        src: 0,
      },
    ]);
  });

  it('are counted at the point that saw them, told with each round and forgotten after five minutes', () => {
    const watch = new ConflictWatch(STREAMS, PLACES, () => null);
    const round = (t: number): Arrival =>
      watch.watched({ readings: [], rounds: [{ stream: 'far/in', distinct: 0, reads: 0 }] }, t);
    expect(told(round(AT))).toEqual(['far/in-conflicts 0']);
    const plain: Arrival = { readings: [], observations: [seen('near/in', AT), seen('near/in', AT, 2)] };
    expect(watch.watched(plain, AT)).toBe(plain);
    const both = {
      readings: [],
      observations: [seen('far/in', AT + 60_000), seen('far/in', AT + 60_000, 2)],
    };
    const found = watch.watched(both, AT + 60_000);
    expect(told(found)).toEqual(['far/in-conflicts 2']);
    expect(found.conflicts?.map((c) => [c.epc[0], c.detail])).toEqual([
      [1, 'far/in, before near/in 2026-02-03T08:00:00.000Z'],
      [2, 'far/in, before near/in 2026-02-03T08:00:00.000Z'],
    ]);
    expect(told(round(AT + 359_999))).toEqual(['far/in-conflicts 2']);
    expect(told(round(AT + 360_000))).toEqual(['far/in-conflicts 0']);
  });

  it('are looked for only in what readers bring', () => {
    const watch = new ConflictWatch(STREAMS, PLACES, () => null);
    const other: Arrival = { readings: [{ stream: 'probe/t', v: 1, q: 0 }] };
    expect(watch.watched(other, AT)).toBe(other);
  });
});
