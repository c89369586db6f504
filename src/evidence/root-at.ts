import type { Primitives } from './primitives.ts';
import { coverRoots } from './cover.ts';
import { leafHash } from './merkle.ts';
import { openContainer } from './verify-container.ts';

/**
 * Root that the log of a bundle had at this size; null where the bundle does not lead there. Only after it was
 * verified: then the blocks shown are those of the checkpoint, and so is every size from the first of them on.
 */
export function rootAt(bundle: Uint8Array, size: number, use: Primitives): Uint8Array | null {
  const { log, blocks } = openContainer(bundle, use);
  const leaves = blocks.map((block) => leafHash(use.sha256, block));
  const cover = coverRoots(use.sha256, log, leaves, new Set([size]));
  if (!cover.ok) return null;
  return size === log.size ? cover.root : (cover.kept.get(size) ?? null);
}
