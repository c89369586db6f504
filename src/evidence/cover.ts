/** The cover proof of a bundle (evidence section 14): blocks [a, b) are exactly those of the head of N. */
import type { Sha256 } from './primitives.ts';
import type { LogHead } from './verify-container.ts';
import { cut } from './log-tree.ts';
import { foldRoots, nodeHash } from './merkle.ts';

type Item = { readonly start: number; readonly length: number; readonly hash: Uint8Array };

export type Cover =
  | { readonly ok: true; readonly root: Uint8Array; readonly kept: ReadonlyMap<number, Uint8Array> }
  | { readonly ok: false; readonly why: string };

/**
 * Rebuilds the root of the log of N from its two sides and the leaf hashes of [a, b), and on the way
 * the roots it had at the sizes of `keep` within [a, b].
 */
export function coverRoots(
  sha256: Sha256,
  { a, b, size, left, right }: LogHead,
  leafHashes: readonly Uint8Array[],
  keep: ReadonlySet<number>,
): Cover {
  if (a >= b || b > size) return { ok: false, why: `blocks ${a} to ${b} of ${size}` };
  if (leafHashes.length !== b - a)
    return { ok: false, why: `${leafHashes.length} blocks instead of ${b - a}` };
  const leftCut = cut(0, a);
  const rightCut = cut(b, size);
  if (left.length !== leftCut.length || right.length !== rightCut.length)
    return { ok: false, why: `${left.length} and ${right.length} roots beside the blocks` };
  const stack: Item[] = [];
  const push = (start: number, length: number, hash: Uint8Array): void => {
    let item: Item = { start, length, hash };
    for (
      let top = stack.at(-1);
      top?.length === item.length && top.start % (2 * top.length) === 0;
      top = stack.at(-1)
    ) {
      item = { start: top.start, length: 2 * top.length, hash: nodeHash(sha256, top.hash, item.hash) };
      stack.pop();
    }
    stack.push(item);
  };
  const root = (): Uint8Array =>
    foldRoots(
      sha256,
      stack.map((item) => item.hash),
    );
  const kept = new Map<number, Uint8Array>();
  for (const [i, part] of leftCut.entries()) push(part.start, part.length, at(left, i));
  if (keep.has(a)) kept.set(a, root());
  for (const [i, hash] of leafHashes.entries()) {
    push(a + i, 1, hash);
    if (keep.has(a + i + 1)) kept.set(a + i + 1, root());
  }
  for (const [i, part] of rightCut.entries()) push(part.start, part.length, at(right, i));
  return { ok: true, root: root(), kept };
}

function at(hashes: readonly Uint8Array[], i: number): Uint8Array {
  const hash = hashes[i];
  if (hash === undefined) throw new RangeError(`no hash ${i} of ${hashes.length}`);
  return hash;
}
