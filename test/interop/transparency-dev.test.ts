import { describe, expect, it } from 'vitest';
import { toBase64, utf8 } from '../../src/evidence/encodings.ts';
import { completedNodes, consistencyProof, inclusionProof, rootAt } from '../../src/evidence/log-tree.ts';
import { leafHash } from '../../src/evidence/merkle.ts';
import { nodePrimitives } from '../evidence/primitives.ts';
import { goProgram, ifGo } from './go.ts';

const GO_MAIN = `package main

import (
	"encoding/json"
	"fmt"
	"os"

	"github.com/transparency-dev/merkle/proof"
	"github.com/transparency-dev/merkle/rfc6962"
)

type question struct {
	Leaf        []byte
	Index, Size uint64
	Old, Root   []byte
	Proof       [][]byte
}

func main() {
	var in struct{ Inclusion, Consistency []question }
	if err := json.NewDecoder(os.Stdin).Decode(&in); err != nil {
		panic(err)
	}
	h := rfc6962.DefaultHasher
	for _, q := range in.Inclusion {
		err := proof.VerifyInclusion(h, q.Index, q.Size, h.HashLeaf(q.Leaf), q.Proof, q.Root)
		fmt.Println("inclusion", q.Index, q.Size, err == nil)
	}
	for _, q := range in.Consistency {
		err := proof.VerifyConsistency(h, q.Index, q.Size, q.Proof, q.Old, q.Root)
		fmt.Println("consistency", q.Index, q.Size, err == nil)
	}
}
`;

const MODULE = 'github.com/transparency-dev/merkle v0.0.2';
const go = goProgram(GO_MAIN, MODULE);

const { sha256 } = nodePrimitives;
const SIZE = 40;
const leaves = Array.from({ length: SIZE }, (_, n) => utf8(`block ${n}`));
const nodes = new Map<string, Uint8Array>();
const node = (level: number, index: number): Uint8Array => nodes.get(`${level} ${index}`) ?? new Uint8Array();
for (const [no, leaf] of leaves.entries())
  for (const done of completedNodes(sha256, no, leafHash(sha256, leaf), node))
    nodes.set(`${done.level} ${done.index}`, done.hash);

/** Every question there is about the log at each of its sizes, with our proofs. */
const sizes = Array.from({ length: SIZE }, (_, n) => n + 1);
const inclusion = sizes.flatMap((size) =>
  leaves.slice(0, size).map((leaf, index) => ({
    leaf,
    index,
    size,
    root: rootAt(sha256, size, node),
    proof: inclusionProof(sha256, index, size, node),
  })),
);
const consistency = sizes.flatMap((size) =>
  sizes.slice(0, size).map((index) => ({
    index,
    size,
    old: rootAt(sha256, index, node),
    root: rootAt(sha256, size, node),
    proof: index === size ? [] : consistencyProof(sha256, index, size, node),
  })),
);
type Question = Omit<(typeof inclusion)[number] & (typeof consistency)[number], 'leaf' | 'old'> & {
  readonly leaf?: Uint8Array;
  readonly old?: Uint8Array;
};

const asked = (list: readonly Question[]) =>
  list.map(({ leaf, index, size, old, root, proof }) => ({
    Leaf: toBase64(leaf ?? new Uint8Array()),
    Index: index,
    Size: size,
    Old: toBase64(old ?? new Uint8Array()),
    Root: toBase64(root),
    Proof: proof.map((hash) => toBase64(hash)),
  }));
const answers = (kind: string, list: readonly Question[], good: boolean): string[] =>
  list.map(({ index, size }) => `${kind} ${index} ${size} ${good}`);

/** Proofs that prove nothing: towards another root, or without their first hash. */
function bent(list: readonly Question[]): Question[] {
  return list
    .filter((q) => q.proof.length > 0)
    .map((q, i) => (i % 2 === 0 ? { ...q, root: q.proof[0] ?? q.root } : { ...q, proof: q.proof.slice(1) }));
}

describe.skipIf(go === null)(`transparency-dev/merkle${ifGo(go, MODULE)}`, () => {
  it('takes all our proofs of inclusion and consistency up to 40 blocks', () => {
    const said = go?.({ Inclusion: asked(inclusion), Consistency: asked(consistency) });
    expect(said).toEqual([
      ...answers('inclusion', inclusion, true),
      ...answers('consistency', consistency, true),
    ]);
    expect(said).toHaveLength(SIZE * (SIZE + 1));
  });

  it('takes none of another root, nor one hash short', () => {
    const [wrongPlaces, wrongGrowth] = [bent(inclusion), bent(consistency)];
    expect(go?.({ Inclusion: asked(wrongPlaces), Consistency: asked(wrongGrowth) })).toEqual([
      ...answers('inclusion', wrongPlaces, false),
      ...answers('consistency', wrongGrowth, false),
    ]);
  });
});
