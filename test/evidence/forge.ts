import type { SealedSegment } from '../../src/domain/commit.ts';
import type { Block } from '../../src/evidence/block.ts';
import type { ClosedBlock } from '../../src/evidence/open-block.ts';
import type { Segment } from '../../src/evidence/segment.ts';
import { decodeBlock, encodeBlock } from '../../src/evidence/block.ts';
import { leafHash, mth } from '../../src/evidence/merkle.ts';
import { decodeSegment, encodeSegment } from '../../src/evidence/segment.ts';
import { nodePrimitives } from './primitives.ts';

const { sha256 } = nodePrimitives;

/** What a gateway that lies signs instead of the truth: parts to replace in segments and block. */
export type Forge = {
  readonly segment?: (slot: number, segment: Segment, stored: SealedSegment) => Partial<Segment>;
  readonly block?: (block: Block) => Partial<Block>;
};

/** The block as it would be sealed with these lies in it. */
export function forged(honest: ClosedBlock, forge: Forge): ClosedBlock {
  const segments = honest.segments.map((stored) => {
    const segment = decodeSegment(stored.segment);
    const change = forge.segment?.(stored.slot, segment, stored) ?? {};
    return { ...stored, segment: encodeSegment({ ...segment, ...change }) };
  });
  const sroot = mth(
    sha256,
    segments.map((s) => leafHash(sha256, s.segment)),
  );
  const block = { ...decodeBlock(honest.block), sroot };
  const bytes = encodeBlock({ ...block, ...forge.block?.(block) });
  return { ...honest, segments, block: bytes, leafHash: leafHash(sha256, bytes) };
}
