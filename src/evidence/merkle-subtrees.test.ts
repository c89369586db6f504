import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { nodePrimitives } from '../../test/evidence/primitives.ts';
import { fromBase64, toHex } from './encodings.ts';
import { isAligned, leafHash, mth, verifyConsistency, verifyInclusion, verifySubtree } from './merkle.ts';

type Case = {
  readonly id: string;
  readonly start: number;
  readonly end: number;
  readonly wantErr: boolean;
  readonly all32: boolean;
  readonly proof: string[] | null;
};
type Inclusion = Case & { leafIdx: number; leafHash: string; root: string };
type Consistency = Case & { size: number; root1: string; root2: string };

function vectors(name: string): string {
  const folder = join(import.meta.dirname, '../../test/fixtures/vectors/merkle');
  return readFileSync(join(folder, name), 'utf8');
}
const base64 = (text: string): Uint8Array => fromBase64(text) ?? new Uint8Array(0);
const { sha256 } = nodePrimitives;
const { cases: inclusion }: { cases: Inclusion[] } = JSON.parse(vectors('subtree-inclusion.json'));
const { cases: consistency }: { cases: Consistency[] } = JSON.parse(vectors('subtree-consistency.json'));
const { mtcAccumulated: accumulated }: { mtcAccumulated: Record<string, string> } = JSON.parse(
  vectors('known-answers.json'),
);

describe('subtree proofs of transparency-dev/merkle', () => {
  it('are all here', () => {
    expect([inclusion.length, consistency.length]).toEqual([136, 78]);
  });

  it.each(inclusion)('inclusion $id: refused $wantErr', (c) => {
    const proof = (c.proof ?? []).map(base64);
    const [index, size] = [c.leafIdx - c.start, c.end - c.start];
    const included = verifyInclusion(sha256, index, size, base64(c.leafHash), proof, base64(c.root));
    expect(isAligned(c.start, c.end) && included).toBe(!c.wantErr);
  });

  // The two valid cases with a placeholder for a root are refused too: a root has 32 bytes.
  it.each(consistency)('consistency $id: refused $wantErr, 32-byte hashes $all32', (c) => {
    const proof = (c.proof ?? []).map(base64);
    expect(verifySubtree(sha256, c, base64(c.root1), base64(c.root2), proof)).toBe(!c.wantErr && c.all32);
  });
});

const LEAVES = 130;
const hashes = Array.from({ length: LEAVES }, (_, n) => leafHash(sha256, Uint8Array.of(n)));
const roots = new Map<string, Uint8Array>();

function rootOf(start: number, end: number): Uint8Array {
  const key = `${start} ${end}`;
  const root = roots.get(key) ?? mth(sha256, hashes.slice(start, end));
  roots.set(key, root);
  return root;
}

/** The largest power of two below n. */
function split(n: number): number {
  let k = 1;
  while (k * 2 < n) k *= 2;
  return k;
}

/** SUBTREE_SUBPROOF of the draft, of [start, end) in the tree of the leaves [from, to). */
function subproof(start: number, end: number, from: number, to: number, known: boolean): Uint8Array[] {
  if (start === from && end === to) return known ? [] : [rootOf(from, to)];
  const k = from + split(to - from);
  if (end <= k) return [...subproof(start, end, from, k, known), rootOf(k, to)];
  if (k <= start) return [...subproof(start, end, k, to, known), rootOf(from, k)];
  return [...subproof(k, end, k, to, false), rootOf(from, k)];
}

const line = (head: string, proof: readonly Uint8Array[]): string =>
  `${[head, ...proof.map(toHex)].join(' ')}\n`;

describe('all subtrees of a tree of 130 leaves', () => {
  const subtrees = Array.from({ length: LEAVES + 1 }, (_, end) =>
    Array.from({ length: end + 1 }, (_s, start) => ({ start, end })).filter((s) => isAligned(s.start, end)),
  ).flat();

  it('have these roots and paths', () => {
    const [all, paths] = [createHash('sha256'), createHash('sha256')];
    for (const { start, end } of subtrees) {
      all.update(line(`[${start}, ${end})`, [rootOf(start, end)]));
      for (let index = start; index < end; index++) {
        const path = subproof(index, index + 1, start, end, true);
        paths.update(line(`${index} [${start}, ${end})`, path));
        const hash = hashes[index] ?? new Uint8Array();
        const shown = verifyInclusion(sha256, index - start, end - start, hash, path, rootOf(start, end));
        if (!shown) expect.fail(`${index} of [${start}, ${end})`);
      }
    }
    expect([all.digest('hex'), paths.digest('hex')]).toEqual([
      accumulated['subtreeHash'],
      accumulated['subtreeInclusion'],
    ]);
  });

  it('are shown to be part of the tree by these proofs, from 0 by those of consistency', () => {
    const all = createHash('sha256');
    for (let size = 0; size <= LEAVES; size++)
      for (const { start, end } of subtrees.filter((s) => s.end <= size)) {
        const proof = start === end ? [] : subproof(start, end, 0, size, true);
        all.update(line(`[${start}, ${end}) ${size}`, proof));
        const [part, whole] = [rootOf(start, end), rootOf(0, size)];
        const shown = verifySubtree(sha256, { start, end, size }, part, whole, proof);
        const continued = start > 0 || verifyConsistency(sha256, end, size, part, whole, proof);
        if (!shown || !continued) expect.fail(`[${start}, ${end}) of ${size}`);
      }
    expect(all.digest('hex')).toBe(accumulated['subtreeConsistency']);
  });
});
