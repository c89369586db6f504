import { bytesEqual } from './encodings.ts';
import { intoOf, type Sha256, type Sha256Into } from './primitives.ts';

/**
 * Merkle trees of RFC 6962 section 2.1 over SHA-256 and the checks of their proofs (RFC 9162 sections
 * 2.1.3.2 and 2.1.4.2). Indexes and sizes are integers 0…2^53-1; a hash has 32 bytes or is refused.
 */

export const HASH_LENGTH = 32;

const nodeInput = new Uint8Array(1 + 2 * HASH_LENGTH);
nodeInput[0] = 1;
const LEFT = 1;
const RIGHT = 1 + HASH_LENGTH;

/** `LH(x)` = H(00 ‖ x). */
export function leafHash(sha256: Sha256, data: Uint8Array): Uint8Array {
  const input = new Uint8Array(1 + data.length);
  input.set(data, 1);
  return sha256(input);
}

/** `NH(l, r)` = H(01 ‖ l ‖ r). @throws RangeError if either has not 32 bytes */
export function nodeHash(sha256: Sha256, left: Uint8Array, right: Uint8Array): Uint8Array {
  requireHash(left);
  requireHash(right);
  nodeInput.set(left, LEFT);
  nodeInput.set(right, RIGHT);
  return sha256(nodeInput);
}

/** Root of the tree over these leaf hashes; of none, H(""). */
export function mth(sha256: Sha256, leafHashes: Iterable<Uint8Array>): Uint8Array {
  const range = new CompactRange(sha256);
  for (const hash of leafHashes) range.append(hash);
  return range.root();
}

/** Folds the roots of ever smaller perfect subtrees, left to right, into one root; of none, H(""). */
export function foldRoots(sha256: Sha256, roots: readonly Uint8Array[]): Uint8Array {
  if (roots.length === 0) return sha256(new Uint8Array(0));
  return roots.reduceRight((right, left) => nodeHash(sha256, left, right));
}

/**
 * A tree that grows to the right and keeps only the roots of its perfect subtrees, log2(size)
 * hashes, as bytes in one array.
 */
export class CompactRange {
  readonly #sha256: Sha256;
  readonly #into: Sha256Into;
  #roots = new Uint8Array(4 * HASH_LENGTH);
  /** Bytes of `#roots` in use. */
  #length = 0;
  #size = 0;

  constructor(sha256: Sha256, into: Sha256Into = intoOf(sha256)) {
    this.#sha256 = sha256;
    this.#into = into;
  }

  get size(): number {
    return this.#size;
  }

  /** @throws RangeError for a leaf hash that has not 32 bytes */
  append(hash: Uint8Array): void {
    requireHash(hash);
    this.appendFrom(hash, 0);
  }

  /** Appends the leaf hash that lies in `bytes` at `at`. */
  appendFrom(bytes: Uint8Array, at: number): void {
    copyHash(bytes, at, nodeInput, RIGHT);
    for (let n = this.#size; n % 2 === 1; n = half(n)) {
      this.#length -= HASH_LENGTH;
      copyHash(this.#roots, this.#length, nodeInput, LEFT);
      this.#into(nodeInput, nodeInput, RIGHT);
    }
    if (this.#length === this.#roots.length) {
      const grown = new Uint8Array(2 * this.#length);
      grown.set(this.#roots);
      this.#roots = grown;
    }
    copyHash(nodeInput, RIGHT, this.#roots, this.#length);
    this.#length += HASH_LENGTH;
    this.#size++;
  }

  root(): Uint8Array {
    const roots: Uint8Array[] = [];
    for (let at = 0; at < this.#length; at += HASH_LENGTH)
      roots.push(this.#roots.slice(at, at + HASH_LENGTH));
    return foldRoots(this.#sha256, roots);
  }
}

/** Whether the leaf stands at `index` in the tree of `size` leaves and this root. Never throws. */
export function verifyInclusion(
  sha256: Sha256,
  index: number,
  size: number,
  hash: Uint8Array,
  proof: readonly Uint8Array[],
  root: Uint8Array,
): boolean {
  if (!isSize(index) || !isSize(size) || index >= size) return false;
  if (![hash, root, ...proof].every(isHash)) return false;
  let fn = index;
  let sn = size - 1;
  let r = hash;
  for (const p of proof) {
    if (sn === 0) return false;
    if (fn % 2 === 1 || fn === sn) {
      r = nodeHash(sha256, p, r);
      while (fn % 2 === 0 && fn !== 0) [fn, sn] = [half(fn), half(sn)];
    } else r = nodeHash(sha256, r, p);
    [fn, sn] = [half(fn), half(sn)];
  }
  return sn === 0 && bytesEqual(r, root);
}

/**
 * Whether the tree of `newSize` and `newRoot` continues the one of `oldSize` and `oldRoot`. Never throws.
 * The empty tree has root H("") and is continued by every tree, with the empty proof.
 */
export function verifyConsistency(
  sha256: Sha256,
  oldSize: number,
  newSize: number,
  oldRoot: Uint8Array,
  newRoot: Uint8Array,
  proof: readonly Uint8Array[],
): boolean {
  if (!isSize(oldSize) || !isSize(newSize) || oldSize > newSize) return false;
  if (![oldRoot, newRoot, ...proof].every(isHash)) return false;
  if (oldSize === 0 && !bytesEqual(oldRoot, foldRoots(sha256, []))) return false;
  if (oldSize === newSize) return proof.length === 0 && bytesEqual(oldRoot, newRoot);
  if (oldSize === 0) return proof.length === 0;

  // An old tree that is one perfect subtree of the new one is its own first proof element.
  const roots = consistencyRoots(sha256, oldSize, newSize, isPerfect(oldSize) ? [oldRoot, ...proof] : proof);
  return roots !== null && bytesEqual(roots.old, oldRoot) && bytesEqual(roots.new, newRoot);
}

/**
 * The roots of both sizes that a consistency proof leads to, 0 < oldSize < newSize; null for a proof
 * of another length. Where oldSize is a power of two the old root itself must stand before the proof.
 */
export function consistencyRoots(
  sha256: Sha256,
  oldSize: number,
  newSize: number,
  path: readonly Uint8Array[],
): { readonly old: Uint8Array; readonly new: Uint8Array } | null {
  const roots = subtreeRoots(sha256, { start: 0, end: oldSize, size: newSize }, path);
  return roots && { old: roots.part, new: roots.whole };
}

/** Leaves [start, end) of a tree of `size` leaves. */
type Subtree = { readonly start: number; readonly end: number; readonly size: number };

/**
 * Whether the leaves [start, end) with root `part` are part of the tree of `size` leaves with root
 * `whole` (draft-ietf-plants-merkle-tree-certs, subtree consistency proofs). Start must be a multiple
 * of the least power of two that holds them all; of no leaves, only the root is looked at. Never throws.
 */
export function verifySubtree(
  sha256: Sha256,
  subtree: Subtree,
  part: Uint8Array,
  whole: Uint8Array,
  proof: readonly Uint8Array[],
): boolean {
  const { start, end, size } = subtree;
  if (![start, end, size].every(isSize) || start > end || end > size) return false;
  if (![part, whole, ...proof].every(isHash) || !isAligned(start, end)) return false;
  if (start === end) return proof.length === 0 && bytesEqual(part, foldRoots(sha256, []));
  // What is one node of the whole tree is its own first proof element.
  const isNode = end === size || isPerfect(end - start);
  const roots = subtreeRoots(sha256, subtree, isNode ? [part, ...proof] : proof);
  return roots !== null && bytesEqual(roots.part, part) && bytesEqual(roots.whole, whole);
}

/** A subtree begins where a perfect one that holds it would. */
export function isAligned(start: number, end: number): boolean {
  let width = 1;
  while (width < end - start) width *= 2;
  return start % width === 0;
}

/** Where a proof leads, 0 ≤ start < end ≤ size; null for one of another length. */
function subtreeRoots(
  sha256: Sha256,
  { start, end, size }: Subtree,
  path: readonly Uint8Array[],
): { readonly part: Uint8Array; readonly whole: Uint8Array } | null {
  let [fn, sn, tn] = [start, end - 1, size - 1];
  while (fn !== sn && (sn % 2 === 1 || sn === tn)) [fn, sn, tn] = [half(fn), half(sn), half(tn)];
  const [first, ...rest] = path;
  if (first === undefined || !path.every(isHash)) return null;
  let part = first;
  let whole = first;
  for (const c of rest) {
    if (tn === 0) return null;
    if (sn % 2 === 1 || sn === tn) {
      if (fn < sn) part = nodeHash(sha256, c, part);
      whole = nodeHash(sha256, c, whole);
      while (sn % 2 === 0 && sn !== 0) [fn, sn, tn] = [half(fn), half(sn), half(tn)];
    } else whole = nodeHash(sha256, whole, c);
    [fn, sn, tn] = [half(fn), half(sn), half(tn)];
  }
  return tn === 0 ? { part, whole } : null;
}

/** Whether a tree of this size > 0 is one perfect subtree of every larger one. */
export function isPerfect(size: number): boolean {
  let odd = size;
  while (odd % 2 === 0 && odd > 0) odd /= 2;
  return odd === 1;
}

function copyHash(from: Uint8Array, at: number, to: Uint8Array, toAt: number): void {
  for (let i = 0; i < HASH_LENGTH; i++) to[toAt + i] = from[at + i] ?? 0;
}

function half(n: number): number {
  return Math.floor(n / 2);
}

function isSize(n: number): boolean {
  return Number.isSafeInteger(n) && n >= 0;
}

function isHash(hash: Uint8Array): boolean {
  return hash.length === HASH_LENGTH;
}

function requireHash(hash: Uint8Array): void {
  if (!isHash(hash)) throw new RangeError(`a hash of ${hash.length} bytes, ${HASH_LENGTH} are needed`);
}
