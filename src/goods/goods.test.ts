import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { StatementKind, SystemCode, RecordType, type Value } from '../domain/record.ts';
import { encode } from '../evidence/cbor.ts';
import { Goods } from './goods.ts';
import { bytesOf, epc, SITE, Yard } from './goods.fixture.ts';

const ZONES = ['hall-a', 'hall-b', 'silo', 'yard'];
const zone = fc.constantFrom(...ZONES);
const tag = fc.integer({ min: 0, max: 12 });
const lot = fc.constantFrom('lot-1', 'lot-2');

/** Everything that can happen to goods, as an effect on a yard. */
const happening = fc.oneof(
  fc
    .tuple(fc.constantFrom('placed', 'moved', 'removed', 'linked', 'unlinked'), lot, fc.option(tag), zone)
    .map(
      ([verb, l, n, z]) =>
        (y: Yard) =>
          y.act(verb, l, n === null ? null : epc(n), z),
    ),
  fc
    .tuple(fc.integer({ min: 1, max: 3 }), tag, fc.constantFrom(0, 16, 32))
    .map(([slot, n, q]) => (y: Yard): void => {
      y.take(slot, RecordType.observation, [
        bytesOf(epc(n)),
        bytesOf('e280'),
        1,
        y.t - 500,
        y.t - 100,
        2,
        -5000,
        q,
      ]);
    }),
  fc.integer({ min: 1, max: 3 }).map(
    (slot) =>
      (y: Yard): void =>
        void y.take(slot, RecordType.round, [1, 1]),
  ),
  fc.tuple(fc.constantFrom('reader-a', 'reader-b'), fc.boolean()).map(
    ([device, isWell]) =>
      (y: Yard): void =>
        y.device(device, isWell),
  ),
  fc.constant((y: Yard): void => y.start()),
  fc.integer({ min: -5000, max: 5000 }).map((a) => (y: Yard): void => {
    y.t += a;
    y.take(0, RecordType.system, [SystemCode.clockStepped, a, null, null]);
  }),
  fc.integer({ min: 0, max: 900 }).map(
    (v) =>
      (y: Yard): void =>
        void y.take(4, RecordType.reading, [v, 0]),
  ),
  fc.tuple(tag, tag, fc.boolean(), zone).map(
    ([parent, child, on, z]) =>
      (y: Yard): void =>
        y.tell(StatementKind.aggregation, {
          kind: 'aggregation',
          parent: epc(parent + 100),
          children: [epc(child)],
          on,
          zone: z,
        }),
  ),
);
const story = fc.array(fc.tuple(happening, fc.integer({ min: 1, max: 4000 })), { maxLength: 60 });

const bytes = (value: Value): string => Buffer.from(encode(value)).toString('hex');

describe('goods', () => {
  it('are the same with a restart at any point', () => {
    fc.assert(
      fc.property(story, fc.infiniteStream(fc.boolean()), (steps, restarts) => {
        const [whole, broken] = [new Yard(), new Yard()];
        for (const [happen, ms] of steps) {
          for (const yard of [whole, broken]) {
            yard.t += ms;
            happen(yard);
          }
          if (restarts.next().value) broken.restart();
          expect(bytes(broken.goods.encode())).toBe(bytes(whole.goods.encode()));
        }
      }),
      { numRuns: 150 },
    );
  });

  it('are what they were when a commit failed, and the same with any batching', () => {
    fc.assert(
      fc.property(story, fc.infiniteStream(fc.constantFrom('commit', 'discard', 'go on')), (steps, ends) => {
        const yard = new Yard();
        const batched = Goods.decode(SITE, yard.kept, null);
        let waiting: Parameters<Goods['take']>[0][] = [];
        const take = yard.take.bind(yard);
        yard.take = (slot, type, body) => {
          const record = take(slot, type, body);
          batched.take(record);
          waiting.push(record);
          return record;
        };
        const before = { bytes: bytes(batched.encode()) };
        for (const [happen, ms] of steps) {
          yard.t += ms;
          happen(yard);
          const end = ends.next().value;
          if (end === 'go on') continue;
          if (end === 'discard') {
            batched.discard();
            expect(bytes(batched.encode())).toBe(before.bytes);
            for (const record of waiting) batched.take(record);
          }
          batched.commit();
          waiting = [];
          before.bytes = bytes(batched.encode());
        }
        batched.commit();
        expect(bytes(batched.encode())).toBe(bytes(yard.goods.encode()));
      }),
      { numRuns: 150 },
    );
  });

  it('leave out what a later build knew', () => {
    const goods = Goods.decode(SITE, () => null, [['oracles', [1, 2]]]);
    expect(goods.items.size).toBe(0);
  });

  it.each([[1], [[1]], [[['items', 1]]], [[['items', [[], 1, 1, 1, 1, 1, 1, 1]]]]])(
    'are no state such as %j',
    (state) => {
      expect(() => Goods.decode(SITE, () => null, state as Value)).toThrow(TypeError);
    },
  );
});
