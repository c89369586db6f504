import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isInside, metresTo, type Point } from './plane.ts';

const square: Point[] = [
  [0, 0],
  [100, 0],
  [100, 100],
  [0, 100],
  [0, 0],
];

describe('a point and a ring', () => {
  it.each<[string, Point, boolean]>([
    ['in the middle', [50, 50], true],
    ['on a side', [100, 50], true],
    ['on a corner', [0, 100], true],
    ['one centimetre outside', [101, 50], false],
    ['level with a corner, outside', [-1, 0], false],
    ['level with the upper side, outside', [-1, 100], false],
  ])('%s', (_, p, inside) => expect(isInside([square], p)).toBe(inside));

  it('knows a hole, whose edge still belongs to the zone', () => {
    const hole: Point[] = [
      [40, 40],
      [60, 40],
      [60, 60],
      [40, 60],
      [40, 40],
    ];
    expect(isInside([square, hole], [50, 50])).toBe(false);
    expect(isInside([square, hole], [40, 50])).toBe(true);
    expect(isInside([square, hole], [30, 50])).toBe(true);
  });

  it('is exact where doubles are not: one step beside a side across a continent', () => {
    const far: Point[] = [
      [-1_790_000_001, -890_000_003],
      [1_789_999_999, 889_999_999],
      [-1_790_000_001, 889_999_999],
      [-1_790_000_001, -890_000_003],
    ];
    const [ax, ay] = far[0] ?? [0, 0];
    const [bx, by] = far[1] ?? [0, 0];
    const exact = (p: Point): bigint =>
      BigInt(bx - ax) * BigInt(p[1] - ay) - BigInt(by - ay) * BigInt(p[0] - ax);
    let near = 0;
    for (let i = 0; i < 20_000; i++) {
      const x = -1_790_000_001 + i * 178_999;
      const y = ay + Math.round(((by - ay) * (x - ax)) / (bx - ax));
      for (const p of [
        [x, y],
        [x, y + 1],
        [x, y - 1],
      ] as const) {
        const side = exact(p);
        if (x <= ax || x >= bx || y + 1 >= by) continue;
        near++;
        expect(isInside([far], p)).toBe(side >= 0n);
      }
    }
    expect(near).toBeGreaterThan(50_000);
  });

  it('agrees with a rectangle, and with the same ring the other way round (properties)', () => {
    const edge = fc.integer({ min: -1_800_000_000, max: 1_800_000_000 });
    fc.assert(
      fc.property(edge, edge, edge, edge, edge, edge, (x1, x2, y1, y2, x, y) => {
        const [w, e] = [Math.min(x1, x2), Math.max(x1, x2)];
        const [s, n] = [Math.min(y1, y2), Math.max(y1, y2)];
        const ring: Point[] = [
          [w, s],
          [e, s],
          [e, n],
          [w, n],
          [w, s],
        ];
        const inside = x >= w && x <= e && y >= s && y <= n;
        expect(isInside([ring], [x, y])).toBe(inside);
        expect(isInside([ring.toReversed()], [x, y])).toBe(inside);
      }),
      { numRuns: 2000 },
    );
  });
});

describe('metres to a line', () => {
  const degree = 111_195;
  const line: Point[] = [
    [1_214_000_000, 310_000_000],
    [1_215_000_000, 310_000_000],
  ];
  it.each<[string, Point, number]>([
    ['beside it', [1_214_500_000, 310_100_000], degree / 100],
    ['on it', [1_214_500_000, 310_000_000], 0],
    ['behind its end', [1_215_100_000, 310_000_000], (degree / 100) * Math.cos((31 * Math.PI) / 180)],
  ])('%s', (_, p, metres) => {
    expect(Math.abs(metresTo(line, p) - metres)).toBeLessThanOrEqual(0.01 * metres + 0.01);
  });

  it('is that to the only point of a line without length', () => {
    expect(Math.round(metresTo([line[0] ?? [0, 0], line[0] ?? [0, 0]], [1_214_000_000, 310_010_000]))).toBe(
      111,
    );
  });
});
