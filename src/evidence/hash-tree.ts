import type { Sha256 } from './primitives.ts';
import { inclusionProof } from './log-tree.ts';
import { leafHash, nodeHash } from './merkle.ts';

/** A whole Merkle tree in memory (RFC 6962 section 2.1), for the paths of some of its leaves. */
export class HashTree {
  readonly #sha256: Sha256;
  /** Roots of perfect subtrees by level. */
  readonly #levels: Uint8Array[][];

  constructor(sha256: Sha256, leafHashes: readonly Uint8Array[]) {
    this.#sha256 = sha256;
    this.#levels = [[...leafHashes]];
    for (let level = this.#levels[0] ?? []; level.length > 1; level = this.#levels.at(-1) ?? []) {
      const above: Uint8Array[] = [];
      for (let i = 0; i + 1 < level.length; i += 2)
        above.push(nodeHash(sha256, at(level, i), at(level, i + 1)));
      this.#levels.push(above);
    }
  }

  get size(): number {
    return this.#levels[0]?.length ?? 0;
  }

  path(index: number): readonly Uint8Array[] {
    return inclusionProof(this.#sha256, index, this.size, (level, i) => at(this.#levels[level] ?? [], i));
  }
}

/** The slot tree of one block: its leaves are the segments' CBOR, index = slot. */
export function slotTree(sha256: Sha256, segments: readonly Uint8Array[]): HashTree {
  return new HashTree(
    sha256,
    segments.map((s) => leafHash(sha256, s)),
  );
}

function at(hashes: readonly Uint8Array[], i: number): Uint8Array {
  const hash = hashes[i];
  if (hash === undefined) throw new RangeError(`no hash ${i} of ${hashes.length}`);
  return hash;
}
