import type { LogNode } from '../domain/commit.ts';
import { foldRoots, nodeHash } from './merkle.ts';
import type { Sha256 } from './primitives.ts';

/**
 * The log's Merkle tree over stored nodes: every perfect subtree has its root kept from the moment it
 * is complete, so roots and proofs of any size cost some tens of look-ups and no replay.
 */

/** Root of the perfect subtree [index·2^level, (index+1)·2^level). */
export type NodeAt = (level: number, index: number) => Uint8Array;

/** A perfect subtree of `length` leaves that begins at `start`, a multiple of `length`. */
export type Subtree = { readonly start: number; readonly length: number };

/** The fewest perfect aligned subtrees that make up the leaves [start, end), left to right. */
export function cut(start: number, end: number): Subtree[] {
  const subtrees: Subtree[] = [];
  for (let a = start; a < end;) {
    let length = 1;
    while (a % (2 * length) === 0 && 2 * length <= end - a) length *= 2;
    subtrees.push({ start: a, length });
    a += length;
  }
  return subtrees;
}

/** Roots of cut(start, end): `left` and `right` of a bundle's cover proof. */
export function subtreeRoots(start: number, end: number, node: NodeAt): Uint8Array[] {
  return cut(start, end).map((s) => node(Math.log2(s.length), s.start / s.length));
}

/** Root of the log when it had `size` entries. */
export function rootAt(sha256: Sha256, size: number, node: NodeAt): Uint8Array {
  return foldRoots(sha256, subtreeRoots(0, size, node));
}

/** PATH(index, D[size]) of RFC 6962 section 2.1.1. @throws RangeError if the tree has no such leaf */
export function inclusionProof(sha256: Sha256, index: number, size: number, node: NodeAt): Uint8Array[] {
  if (index < 0 || index >= size) throw new RangeError(`no leaf ${index} in a tree of ${size}`);
  const path: Uint8Array[] = [];
  let start = 0;
  let end = size;
  while (end - start > 1) {
    const middle = start + splitOf(end - start);
    const inLeft = index < middle;
    path.push(hashOf(sha256, inLeft ? middle : start, inLeft ? end : middle, node));
    if (inLeft) end = middle;
    else start = middle;
  }
  return path.toReversed();
}

/**
 * PROOF(oldSize, D[newSize]) of RFC 6962 section 2.1.2; from size 0 the empty proof.
 * @throws RangeError if the tree would shrink
 */
export function consistencyProof(
  sha256: Sha256,
  oldSize: number,
  newSize: number,
  node: NodeAt,
): Uint8Array[] {
  if (oldSize < 0 || oldSize > newSize) throw new RangeError(`from size ${oldSize} to ${newSize}`);
  if (oldSize === 0) return [];
  const proof: Uint8Array[] = [];
  let start = 0;
  let end = newSize;
  while (oldSize < end) {
    const middle = start + splitOf(end - start);
    const inLeft = oldSize <= middle;
    proof.push(hashOf(sha256, inLeft ? middle : start, inLeft ? end : middle, node));
    if (inLeft) end = middle;
    else start = middle;
  }
  // An old tree that is a subtree of the new one from its first leaf on is known to who asks.
  if (start > 0) proof.push(hashOf(sha256, start, end, node));
  return proof.toReversed();
}

/** All perfect subtrees that entry `no` completes, its own leaf hash (level 0) included. */
export function completedNodes(sha256: Sha256, no: number, leafHash: Uint8Array, node: NodeAt): LogNode[] {
  const nodes: LogNode[] = [{ level: 0, index: no, hash: leafHash }];
  let hash = leafHash;
  for (let level = 0, index = no; index % 2 === 1; level++) {
    hash = nodeHash(sha256, node(level, index - 1), hash);
    index = (index - 1) / 2;
    nodes.push({ level: level + 1, index, hash });
  }
  return nodes;
}

/** MTH(D[start:end]) where start is a multiple of the least power of two not below end - start. */
function hashOf(sha256: Sha256, start: number, end: number, node: NodeAt): Uint8Array {
  return foldRoots(sha256, subtreeRoots(start, end, node));
}

/** Greatest power of two below n, n ≥ 2: where RFC 6962 splits a tree. */
function splitOf(n: number): number {
  let k = 1;
  while (2 * k < n) k *= 2;
  return k;
}
