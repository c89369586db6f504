import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { GoodsVerb, RecordType, type LogRecord } from '../domain/record.ts';
import { Trace, type Contact } from './trace.ts';

type Verb = 'placed' | 'moved' | 'removed';
type Move = readonly [t: number, verb: Verb, lot: string, tag: number | null, zone: string];

function record([t, verb, lot, tag, zone]: Move, seq = 0): LogRecord {
  const epc = tag === null ? null : Uint8Array.of(0, tag);
  return { slot: 0, seq, t, type: RecordType.goods, body: [GoodsVerb[verb], lot, epc, zone] };
}

function contacts(lot: string, moves: readonly Move[]): readonly Contact[] {
  const trace = new Trace(lot);
  for (const move of moves) trace.take(record(move), () => null);
  return trace.contacts();
}

/** Minute by minute, from what is written down of each thing: who lies with whom. */
function naive(lot: string, moves: readonly Move[], end: number): Set<string> {
  const places = new Map<string, readonly [lot: string, zone: string]>();
  const together = new Set<string>();
  let next = 0;
  for (let t = 0; t < end; t++) {
    for (let move = moves[next]; move !== undefined && move[0] <= t; move = moves[++next]) {
      const [, verb, of, tag, zone] = move;
      const id = tag === null ? `${of}/` : String(tag);
      if (verb === 'removed') places.delete(id);
      else places.set(id, [of, zone]);
    }
    const zones = new Set([...places.values()].filter(([of]) => of === lot).map(([, zone]) => zone));
    for (const [of, zone] of places.values())
      if (of !== lot && zones.has(zone)) together.add(`${t} ${zone} ${of}`);
  }
  return together;
}

describe('which lots were where a lot was', () => {
  it('is told with place and time, and ends when either goes', () => {
    const moves: readonly Move[] = [
      [10, 'placed', 'beef', 1, 'cold-1'],
      [20, 'placed', 'fish', 2, 'cold-1'],
      [30, 'placed', 'pork', 3, 'cold-2'],
      [40, 'moved', 'beef', 1, 'cold-2'],
      [50, 'removed', 'pork', 3, ''],
      [60, 'placed', 'milk', null, 'cold-2'],
    ];
    expect(contacts('beef', moves)).toEqual([
      { lot: 'fish', place: 'cold-1', kind: 'zone', from: 20, to: 40 },
      { lot: 'pork', place: 'cold-2', kind: 'zone', from: 40, to: 50 },
      { lot: 'milk', place: 'cold-2', kind: 'zone', from: 60, to: null },
    ]);
  });

  it('is told of the vehicle that orders name, where their windows meet', () => {
    const trace = new Trace('beef');
    const order = (lot: string, from: number, until: number): void =>
      trace.take(
        { slot: 0, seq: 0, t: from, type: RecordType.statement, body: [3, 'x', 1, Uint8Array.of(1), ''] },
        () => ({
          kind: 'order',
          order: 'ab'.repeat(32),
          direction: 'out',
          receipt: null,
          lot,
          epcs: null,
          amount: { value: 1, exp: 0, unit: '1' },
          portal: 'dock-1',
          zone: 'cold-1',
          from,
          until,
          vehicle: '沪A12345',
        }),
      );
    order('beef', 0, 100);
    order('fish', 60, 160);
    order('pork', 100, 200);
    expect(trace.contacts()).toEqual([
      { lot: 'fish', place: '沪A12345', kind: 'vehicle', from: 60, to: 100 },
    ]);
  });

  it('agrees with looking at every thing in every minute', () => {
    const move = fc.tuple(
      fc.integer({ min: 0, max: 60 }),
      fc.constantFrom<Verb>('placed', 'moved', 'removed'),
      fc.constantFrom('beef', 'fish', 'pork'),
      fc.constantFrom(1, 2, 3, 4, 5, null),
      fc.constantFrom('a', 'b', 'c'),
    );
    fc.assert(
      fc.property(fc.array(move, { maxLength: 40 }), (made) => {
        const moves = made.toSorted((x, y) => x[0] - y[0]);
        const told = contacts('beef', moves);
        const minutes = new Set(
          told.flatMap(({ lot, place, from, to }) =>
            Array.from({ length: (to ?? 70) - from }, (_, i) => `${from + i} ${place} ${lot}`),
          ),
        );
        expect(minutes).toEqual(naive('beef', moves, 70));
      }),
      { numRuns: 500 },
    );
  });

  it('remembers what lies where, not a million events', () => {
    const trace = new Trace('lot-7');
    for (let i = 0; i < 1_000_000; i++) {
      const tag = i % 20_000;
      const epc = Uint8Array.of(0, tag >> 8, tag & 255);
      const body = [GoodsVerb.moved, `lot-${tag % 400}`, epc, `zone-${(i * 7919) % 53}`];
      trace.take({ slot: 0, seq: i, t: i, type: RecordType.goods, body }, () => null);
    }
    expect(new Set(trace.contacts().map(({ lot }) => lot)).size).toBe(399);
  });
});
