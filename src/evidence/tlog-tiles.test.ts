import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { nodePrimitives } from '../../test/evidence/primitives.ts';
import { encodeBlock } from './block.ts';
import { utf8 } from './encodings.ts';
import { completedNodes, consistencyProof, inclusionProof, rootAt } from './log-tree.ts';
import { leafHash, verifyConsistency, verifyInclusion } from './merkle.ts';
import {
  MOST_ENTRY_BYTES,
  TILE_WIDTH,
  entryBundle,
  nodeLevel,
  parseTilePath,
  tilePath,
  tileWidth,
  type TilePath,
} from './tlog-tiles.ts';

const { sha256 } = nodePrimitives;

describe('the path of a tile', () => {
  it.each<[string, TilePath]>([
    ['0/000', { kind: 'hashes', level: 0, index: 0, width: 256 }],
    ['63/x001/x234/067', { kind: 'hashes', level: 63, index: 1_234_067, width: 256 }],
    ['0/x001/000.p/1', { kind: 'hashes', level: 0, index: 1000, width: 1 }],
    ['entries/005.p/255', { kind: 'entries', index: 5, width: 255 }],
    ['entries/x123/456', { kind: 'entries', index: 123_456, width: 256 }],
  ])('%s', (path, tile) => {
    expect(parseTilePath(path)).toEqual(tile);
    expect(tilePath(tile)).toBe(path);
  });

  it.each([
    '',
    '0/0',
    '00/000',
    '64/000',
    '0/1000',
    '0/x000/005',
    '0/001/002',
    '0/x001',
    '0/000.p/0',
    '0/000.p/256',
    '0/000.p/01',
    '-1/000',
    'entries/000/',
    'entries/000.p/',
    'data/000',
    '0/x999/x999/x999/x999/x999/999',
  ])('"%s" is none', (path) => {
    expect(parseTilePath(path)).toBeNull();
  });

  it('is one for each tile', () => {
    const tile = fc.record({
      kind: fc.constant('hashes' as const),
      level: fc.integer({ min: 0, max: 63 }),
      index: fc.integer({ min: 0, max: 2 ** 40 }),
      width: fc.integer({ min: 1, max: 256 }),
    });
    fc.assert(
      fc.property(tile, (t) => {
        expect(parseTilePath(tilePath(t))).toEqual(t);
      }),
    );
    fc.assert(
      fc.property(fc.string({ maxLength: 20 }), (path) => {
        const parsed = parseTilePath(path);
        return parsed === null || tilePath(parsed) === path;
      }),
    );
  });
});

describe('tiles of a log', () => {
  const SIZE = 700;
  const nodes = new Map<string, Uint8Array>();
  const node = (level: number, index: number): Uint8Array =>
    nodes.get(`${level} ${index}`) ?? new Uint8Array();
  const leaves = Array.from({ length: SIZE }, (_, n) => leafHash(sha256, utf8(`entry ${n}`)));
  for (const [no, leaf] of leaves.entries())
    for (const done of completedNodes(sha256, no, leaf, node))
      nodes.set(`${done.level} ${done.index}`, done.hash);

  /** A node as a monitor has it: hashed from the least tile that a log of this size shows. */
  function fromTiles(size: number): (level: number, index: number) => Uint8Array {
    return (level, index) => {
      const tileLevel = Math.floor(level / 8);
      const height = level - nodeLevel(tileLevel);
      const first = index * 2 ** height;
      const width = tileWidth(size, tileLevel, Math.floor(first / TILE_WIDTH));
      const from = first % TILE_WIDTH;
      if (from + 2 ** height > width)
        throw new Error(`node ${level}/${index} is not in a tile of size ${size}`);
      const hashes = Array.from({ length: 2 ** height }, (_, i) => node(nodeLevel(tileLevel), first + i));
      return rootAt(sha256, hashes.length, levelsOf(hashes));
    };
  }

  it('give the root of every size and all proofs, with no more than a log of that size shows', () => {
    for (const size of [1, 2, 255, 256, 257, 511, 512, 513, 699, SIZE]) {
      const root = rootAt(sha256, size, node);
      expect(rootAt(sha256, size, fromTiles(size))).toEqual(root);
      for (const index of [0, Math.floor(size / 2), size - 1]) {
        const proof = inclusionProof(sha256, index, size, fromTiles(size));
        expect(verifyInclusion(sha256, index, size, leaves[index] ?? new Uint8Array(), proof, root)).toBe(
          true,
        );
      }
      const proof = consistencyProof(sha256, Math.ceil(size / 3), size, fromTiles(size));
      const old = rootAt(sha256, Math.ceil(size / 3), node);
      expect(verifyConsistency(sha256, Math.ceil(size / 3), size, old, root, proof)).toBe(true);
    }
  });

  it('are as wide as their level has nodes', () => {
    expect([0, 1, 2, 3].map((i) => tileWidth(SIZE, 0, i))).toEqual([256, 256, 188, 0]);
    expect([0, 1].map((i) => tileWidth(SIZE, 1, i))).toEqual([2, 0]);
    expect(tileWidth(65_536, 2, 0)).toBe(1);
    expect(tileWidth(0, 0, 0)).toBe(0);
  });
});

describe('a bundle of entries', () => {
  it('has the length of each before it', () => {
    expect([...entryBundle([Uint8Array.of(7, 8), new Uint8Array(), Uint8Array.of(9)])]).toEqual([
      0, 2, 7, 8, 0, 0, 0, 1, 9,
    ]);
    expect(() => entryBundle([new Uint8Array(MOST_ENTRY_BYTES + 1)])).toThrow(RangeError);
  });

  it('can hold every block: the longest is far below what 16 bits can tell', () => {
    const most = Number.MAX_SAFE_INTEGER;
    const beacons = Array.from({ length: 8 }, () => ({
      kind: 2 as const,
      number: most,
      hash: new Uint8Array(32),
    }));
    const longest = encodeBlock({
      gw: new Uint8Array(8),
      no: most - 1,
      t0: most - 1,
      t1: most,
      slots: 1024,
      sroot: new Uint8Array(32),
      beacons,
      clock: { src: 4, err: most, boot: new Uint8Array(8), offset: -most },
      ctr: most,
      flags: 15,
    });
    expect(longest.length).toBeLessThan(1000);
    expect(entryBundle([longest]).length).toBe(longest.length + 2);
  });
});

/** Nodes over these hashes, as a tree of their own. */
function levelsOf(hashes: readonly Uint8Array[]): (level: number, index: number) => Uint8Array {
  const own = new Map<string, Uint8Array>();
  const at = (level: number, index: number): Uint8Array => own.get(`${level} ${index}`) ?? new Uint8Array();
  for (const [no, hash] of hashes.entries())
    for (const done of completedNodes(sha256, no, hash, at))
      own.set(`${done.level} ${done.index}`, done.hash);
  return at;
}
