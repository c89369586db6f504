import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { nodePrimitives } from '../../test/evidence/primitives.ts';
import { foldRoots, leafHash, mth, verifyConsistency, verifyInclusion } from './merkle.ts';
import { completedNodes, consistencyProof, cut, inclusionProof, rootAt, subtreeRoots } from './log-tree.ts';

const { sha256 } = nodePrimitives;
const MOST = 200;

/** A log as the journal keeps it: each entry stores the nodes it completes. */
const stored = new Map<string, Uint8Array>();
const leaves: Uint8Array[] = [];
function node(level: number, index: number): Uint8Array {
  const hash = stored.get(`${level}/${index}`);
  if (hash === undefined) throw new Error(`node ${level}/${index} was asked for before it was complete`);
  return hash;
}
for (let no = 0; no < MOST; no++) {
  const hash = leafHash(sha256, Uint8Array.of(no));
  leaves.push(hash);
  for (const n of completedNodes(sha256, no, hash, node)) stored.set(`${n.level}/${n.index}`, n.hash);
}

const leafAt = (no: number): Uint8Array => node(0, no);
const size = fc.integer({ min: 1, max: MOST });
const flip = (hashes: readonly Uint8Array[], bit: number): Uint8Array[] =>
  hashes.map((hash, i) => {
    const copy = hash.slice();
    const at = bit - i * 256;
    if (at >= 0 && at < 256) copy[at >> 3] = (copy[at >> 3] ?? 0) ^ (1 << (at & 7));
    return copy;
  });

describe('the log over stored nodes', () => {
  it('stores each perfect subtree once', () => {
    let expected = 0;
    for (let length = 1; length <= MOST; length *= 2) expected += Math.floor(MOST / length);
    expect(stored.size).toBe(expected);
  });

  it('has the root of every size', () => {
    for (let n = 0; n <= MOST; n++) expect(rootAt(sha256, n, node)).toEqual(mth(sha256, leaves.slice(0, n)));
  });

  it('proves every leaf of every size up to 40', () => {
    for (let n = 1; n <= 40; n++)
      for (let i = 0; i < n; i++)
        expect(
          verifyInclusion(
            sha256,
            i,
            n,
            leafAt(i),
            inclusionProof(sha256, i, n, node),
            rootAt(sha256, n, node),
          ),
        ).toBe(true);
  });

  it('proves every growth up to size 40', () => {
    for (let n = 1; n <= 40; n++)
      for (let m = 0; m <= n; m++)
        expect(
          verifyConsistency(
            sha256,
            m,
            n,
            rootAt(sha256, m, node),
            rootAt(sha256, n, node),
            consistencyProof(sha256, m, n, node),
          ),
        ).toBe(true);
  });

  it('proves nothing with a flipped bit', () => {
    fc.assert(
      fc.property(size, fc.nat(), fc.nat(), fc.nat(), (n, pick, from, bit) => {
        const index = pick % n;
        const leaf = leafAt(index);
        const inclusion = [leaf, rootAt(sha256, n, node), ...inclusionProof(sha256, index, n, node)];
        const [l, r, ...p] = flip(inclusion, bit % (inclusion.length * 256));
        if (l === undefined || r === undefined) throw new Error('leaf and root');
        expect(verifyInclusion(sha256, index, n, l, p, r)).toBe(false);

        const old = 1 + (from % n);
        const growth = [
          rootAt(sha256, old, node),
          rootAt(sha256, n, node),
          ...consistencyProof(sha256, old, n, node),
        ];
        const [r1, r2, ...c] = flip(growth, bit % (growth.length * 256));
        if (r1 === undefined || r2 === undefined) throw new Error('two roots');
        expect(verifyConsistency(sha256, old, n, r1, r2, c)).toBe(false);
      }),
      { numRuns: 300 },
    );
  });

  it('proves a leaf at no other index', () => {
    fc.assert(
      fc.property(size, fc.nat(), fc.nat(), (n, pick, other) => {
        const index = pick % n;
        const proof = inclusionProof(sha256, index, n, node);
        const claimed = verifyInclusion(sha256, other % n, n, leafAt(index), proof, rootAt(sha256, n, node));
        expect(claimed).toBe(other % n === index);
      }),
    );
  });

  it('cuts any stretch into aligned subtrees that fold back to the root', () => {
    fc.assert(
      fc.property(fc.nat(MOST), fc.nat(MOST), fc.nat(MOST), (x, y, z) => {
        const [a = 0, b = 0, n = 0] = [x, y, z].toSorted((p, q) => p - q);
        const parts = cut(a, b);
        expect(parts.reduce((sum, s) => sum + s.length, 0)).toBe(b - a);
        for (const s of parts) expect(s.start % s.length).toBe(0);
        expect(subtreeRoots(a, b, node)).toEqual(
          parts.map((s) => mth(sha256, leaves.slice(s.start, s.start + s.length))),
        );
        expect(foldRoots(sha256, subtreeRoots(0, n, node))).toEqual(rootAt(sha256, n, node));
      }),
    );
  });

  it('refuses proofs that cannot be', () => {
    expect(() => inclusionProof(sha256, 5, 5, node)).toThrow(RangeError);
    expect(() => consistencyProof(sha256, 6, 5, node)).toThrow(RangeError);
  });
});
