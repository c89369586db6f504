import { describe, expect, it } from 'vitest';
import { nodePrimitives } from '../../test/evidence/primitives.ts';
import { DESCRIPTORS } from '../../test/evidence/worked-example.ts';
import type { Value } from '../domain/record.ts';
import { checkLeaf, meaningOf, saltOf } from './leaf.ts';

const h = new Uint8Array(32);
const epc = new Uint8Array(12);
const T = 1_000_000;
const MAX_GAP = 60_000;

/** One good body of every type, its kind, and changes that make it wrong: [item, value]. */
const TYPES: readonly [
  type: number,
  kind: 0 | 1 | 2,
  good: readonly Value[],
  wrong: readonly [number, Value][],
][] = [
  [
    1,
    1,
    [412, 0],
    [
      [0, 'x'],
      [1, 64],
      [1, -1],
      [1, null],
      [1, 32],
    ],
  ],
  [
    1,
    1,
    [null, 3, T - 60_000],
    [
      [2, T - 60_001],
      [2, null],
      [2, -1],
    ],
  ],
  [
    1,
    1,
    [5, 32, T - 60_001, 9, new Uint8Array(64)],
    [
      [1, 0],
      [2, T],
      [3, -1],
      [4, new Uint8Array(63)],
    ],
  ],
  [
    2,
    2,
    [epc, null, 1, T - 60_000, T, 3, -4500, 0],
    [
      [0, 'e'],
      [1, 0],
      [3, T - 60_001],
      [3, T + 1],
      [4, T + 1],
      [6, null],
      [7, 32],
    ],
  ],
  [
    3,
    2,
    [4, 17],
    [
      [0, -1],
      [1, null],
    ],
  ],
  [
    4,
    0,
    ['rule', 'cold-1', 1, 1, 0, null],
    [
      [0, 1],
      [2, 0],
      [2, 6],
      [3, 1024],
      [4, -1],
      [5, 'v'],
    ],
  ],
  [
    5,
    0,
    ['cold-1/silent', 0, 8, 4, 1, 1],
    [
      [1, 9],
      [2, -1],
      [3, 0],
      [3, 5],
    ],
  ],
  [
    6,
    0,
    [7, 'keeper', 'ack', 'alarm', null, 'x', 'seen', 1],
    [
      [0, -1],
      [4, 1],
      [6, null],
      [7, 2],
    ],
  ],
  [
    7,
    0,
    [h, h, h],
    [
      [2, h.slice(1)],
      [0, null],
    ],
  ],
  [
    8,
    0,
    ['id', 'siren', 'on', null, 0, 1, T, 4],
    [
      [3, 'x'],
      [6, -1],
      [7, 5],
    ],
  ],
  [
    9,
    0,
    [5, 'lot', epc, 'zone'],
    [
      [0, 0],
      [0, 6],
      [2, 'e'],
      [3, null],
    ],
  ],
  [
    10,
    0,
    [h, 9, 1, 'detail'],
    [
      [0, h.slice(1)],
      [1, 0],
      [1, 10],
      [2, -1],
    ],
  ],
  [
    11,
    0,
    [0, h, new Uint8Array(65)],
    [
      [1, null],
      [2, h],
    ],
  ],
  [
    12,
    0,
    [1, DESCRIPTORS[1] ?? null],
    [
      [0, 0],
      [0, 1024],
      [1, []],
      [1, h],
    ],
  ],
  [
    13,
    0,
    [9, null, -5, h],
    [
      [0, 0],
      [0, 10],
      [1, 'a'],
      [3, h.slice(1)],
    ],
  ],
  [
    14,
    0,
    [h, 100, 'image/jpeg', 'cam', T],
    [
      [0, null],
      [1, -1],
      [4, null],
    ],
  ],
  [
    15,
    0,
    ['a', 'sms', 'keeper', 1, 2],
    [
      [3, 0],
      [4, 3],
    ],
  ],
  [
    16,
    0,
    [10, 'gw', null, null, 'evm'],
    [
      [0, 0],
      [0, 12],
      [2, 'x'],
      [3, epc],
    ],
  ],
];
const stream = (kind: 0 | 1 | 2) => ({ kind, maxGapMs: kind === 0 ? 0 : MAX_GAP });

describe.each(TYPES)('a leaf of type %i in a stream of kind %i', (type, kind, good, wrong) => {
  it('is taken', () => {
    expect(checkLeaf(stream(kind), { t: T, type, body: good })).toBeNull();
  });

  it('is refused in streams of other kinds', () => {
    for (const other of [0, 1, 2] as const)
      if (other !== kind) expect(checkLeaf(stream(other), { t: T, type, body: good })).not.toBeNull();
  });

  // A reading may have two, three or five items.
  it('is refused with an item less or more', () => {
    expect(checkLeaf(stream(kind), { t: T, type, body: good.slice(0, type === 1 ? 1 : -1) })).not.toBeNull();
    expect(checkLeaf(stream(kind), { t: T, type, body: [...good, 0] })).not.toBeNull();
  });

  it.each(wrong)('is refused with another item %i', (item, value) => {
    expect(checkLeaf(stream(kind), { t: T, type, body: good.with(item, value) })).not.toBeNull();
  });
});

describe('leaves', () => {
  it.each([0, 17, 255, -1])('have no type %i', (type) => {
    for (const kind of [0, 1, 2] as const)
      expect(checkLeaf(stream(kind), { t: T, type, body: [] })).not.toBeNull();
  });

  it.each<[number | null, number, boolean]>([
    [1, 0, false],
    [1, 8, false],
    [1, 16, false],
    [null, 0, true],
    [1, 1, true],
    [1, 2, true],
    [1, 4, true],
    [1, 32, true],
  ])('with value %j and quality %i are bad: %j', (v, q, bad) => {
    expect(meaningOf(1, [v, q])).toEqual({ covers: !bad, value: bad ? null : v, bad });
  });

  it('cover time by rounds, not by tags seen', () => {
    expect(meaningOf(3, [1, 1]).covers).toBe(true);
    expect(meaningOf(2, [epc, null, 1, T, T, 1, 0, 0])).toEqual({ covers: false, value: null, bad: false });
  });

  it('have another salt for every seq and key', () => {
    const keys = [h, new Uint8Array(32).fill(1)];
    const salts = keys.flatMap((key) =>
      [0, 1, 2 ** 32, 2 ** 53 - 1].map((seq) => saltOf(nodePrimitives.sha256, key, seq)),
    );
    expect(new Set(salts.map(String)).size).toBe(8);
    expect(salts.every((s) => s.length === 16)).toBe(true);
  });
});
