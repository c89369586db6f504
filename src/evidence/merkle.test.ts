import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { nodePrimitives } from '../../test/evidence/primitives.ts';
import { fromBase64, fromHex, toHex } from './encodings.ts';
import { CompactRange, leafHash, mth, nodeHash, verifyConsistency, verifyInclusion } from './merkle.ts';

type Case = {
  readonly id: string;
  readonly wantErr: boolean;
  readonly all32: boolean;
  readonly proof: string[] | null;
};
type Inclusion = Case & { leafIdx: number; treeSize: number; leafHash: string; root: string };
type Consistency = Case & { size1: number; size2: number; root1: string; root2: string };
type Known = {
  emptyRoot: string;
  emptyLeafHash: string;
  leafHash_L123456: string;
  nodeHash_N123_N456: string;
  ctLeaves: string[];
  ctRoots: string[];
};

function vectors(name: string): string {
  const folder = join(import.meta.dirname, '../../test/fixtures/vectors/merkle');
  return readFileSync(join(folder, name), 'utf8');
}
const base64 = (text: string): Uint8Array => fromBase64(text) ?? new Uint8Array(0);
const hex = (text: string): Uint8Array => fromHex(text) ?? new Uint8Array(0);
const ascii = (text: string): Uint8Array => new TextEncoder().encode(text);

const { sha256 } = nodePrimitives;
const { cases: inclusion }: { cases: Inclusion[] } = JSON.parse(vectors('inclusion.json'));
const { cases: consistency }: { cases: Consistency[] } = JSON.parse(vectors('consistency.json'));
const known: Known = JSON.parse(vectors('known-answers.json'));

/** MTH as RFC 6962 section 2.1 defines it, to compare with. */
function definedRoot(hashes: readonly Uint8Array[]): Uint8Array {
  const [only] = hashes;
  if (only === undefined) return sha256(new Uint8Array(0));
  if (hashes.length === 1) return only;
  let k = 1;
  while (k * 2 < hashes.length) k *= 2;
  return nodeHash(sha256, definedRoot(hashes.slice(0, k)), definedRoot(hashes.slice(k)));
}

describe('Merkle trees', () => {
  it('have the known answers', () => {
    expect(toHex(mth(sha256, []))).toBe(known.emptyRoot);
    expect(toHex(leafHash(sha256, new Uint8Array(0)))).toBe(known.emptyLeafHash);
    expect(toHex(leafHash(sha256, ascii('L123456')))).toBe(known.leafHash_L123456);
    const leaves = known.ctLeaves.map((l) => leafHash(sha256, hex(l)));
    expect(known.ctRoots.map((_, i) => toHex(mth(sha256, leaves.slice(0, i + 1))))).toEqual(known.ctRoots);
  });

  it('grow leaf by leaf to the root the definition gives', () => {
    const range = new CompactRange(sha256);
    const hashes: Uint8Array[] = [];
    for (let i = 0; i < 140; i++) {
      expect(range.size).toBe(i);
      expect(range.root()).toEqual(definedRoot(hashes));
      const hash = leafHash(sha256, Uint8Array.of(i));
      hashes.push(hash);
      range.append(hash);
    }
  });

  it('17: do not repeat their last leaf', () => {
    const [a, b, c] = [1, 2, 3].map((n) => leafHash(sha256, Uint8Array.of(n)));
    if (a === undefined || b === undefined || c === undefined) throw new Error('three leaves');
    expect(mth(sha256, [a, b, c])).not.toEqual(mth(sha256, [a, b, c, c]));
  });

  it('take no hash that has not 32 bytes', () => {
    const good = sha256(new Uint8Array(0));
    expect(() => nodeHash(sha256, good, good.slice(1))).toThrow(RangeError);
    expect(() => new CompactRange(sha256).append(new Uint8Array(33))).toThrow(RangeError);
  });

  it('16: do not take the hash of a node for that of a leaf', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 64, maxLength: 64 }), (joined) => {
        const node = nodeHash(sha256, joined.slice(0, 32), joined.slice(32));
        expect(leafHash(sha256, joined)).not.toEqual(node);
      }),
    );
  });
});

describe('18: inclusion proofs', () => {
  it.each(inclusion)('$id: refused $wantErr', (c) => {
    const proof = (c.proof ?? []).map(base64);
    expect(verifyInclusion(sha256, c.leafIdx, c.treeSize, base64(c.leafHash), proof, base64(c.root))).toBe(
      !c.wantErr,
    );
  });
});

describe('18: consistency proofs', () => {
  // The one valid case with a placeholder for a root is refused too: a root has 32 bytes.
  it.each(consistency)('$id: refused $wantErr, 32-byte hashes $all32', (c) => {
    const proof = (c.proof ?? []).map(base64);
    expect(verifyConsistency(sha256, c.size1, c.size2, base64(c.root1), base64(c.root2), proof)).toBe(
      !c.wantErr && c.all32,
    );
  });

  it('say that every tree continues the empty one, and only with the empty proof', () => {
    const empty = mth(sha256, []);
    const root = leafHash(sha256, Uint8Array.of(1));
    expect(verifyConsistency(sha256, 0, 1, empty, root, [])).toBe(true);
    expect(verifyConsistency(sha256, 0, 1, empty, root, [root])).toBe(false);
    expect(verifyConsistency(sha256, 0, 1, root, root, [])).toBe(false);
    expect(verifyConsistency(sha256, 0, 0, empty, empty, [])).toBe(true);
    expect(verifyConsistency(sha256, 0, 0, root, root, [])).toBe(false);
  });
});
