import type { Sha256 } from './primitives.ts';
import { inclusionProof } from './log-tree.ts';
import { leafHash, nodeHash } from './merkle.ts';

/** The slot tree of one block: its leaves are the segments, in slot order. */
export class SlotTree {
  readonly #sha256: Sha256;
  /** Roots of perfect subtrees by level. */
  readonly #levels: Uint8Array[][];

  /** @param segments CBOR of S, index = slot */
  constructor(sha256: Sha256, segments: readonly Uint8Array[]) {
    this.#sha256 = sha256;
    this.#levels = [segments.map((s) => leafHash(sha256, s))];
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

  path(slot: number): readonly Uint8Array[] {
    return inclusionProof(this.#sha256, slot, this.size, (level, index) =>
      at(this.#levels[level] ?? [], index),
    );
  }
}

function at(hashes: readonly Uint8Array[], i: number): Uint8Array {
  const hash = hashes[i];
  if (hash === undefined) throw new RangeError(`no hash ${i} of ${hashes.length}`);
  return hash;
}
