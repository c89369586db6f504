import type { Container } from './verify-container.ts';
import type { VerifiedNotes } from './verify-notes.ts';
import type { Block } from './block.ts';
import type { Primitives } from './primitives.ts';
import { BlockFlag, decodeBlock } from './block.ts';
import { LOG } from './bundle-files.ts';
import { CborError } from './cbor.ts';
import { parseOrigin } from './checkpoint.ts';
import { coverRoots } from './cover.ts';
import { bytesEqual, toHex } from './encodings.ts';
import { leafHash } from './merkle.ts';
import { VerificationError } from './verification-error.ts';
import { verifyLogLines } from './verify-log-lines.ts';
import { isAmong } from './verify-notes.ts';

const NO_ROOT = new Uint8Array();

/**
 * Step 4: the blocks are those of the checkpoint, and every head agrees with it. One that does not is a
 * fork only if the log signed it, which is checked then. @throws VerificationError
 */
export function verifyCover(
  container: Container,
  notes: VerifiedNotes,
  use: Primitives,
): readonly Uint8Array[] {
  const { sha256 } = use;
  const { log, blocks } = container;
  const { checkpoint, heads } = notes;
  if (log.size !== checkpoint.size)
    throw new VerificationError('COVER_SHAPE', `${LOG}: size ${log.size}, checkpoint ${checkpoint.size}`);
  const above = heads.find((h) => h.size > log.b);
  if (above !== undefined) throw new VerificationError('COVER_SHAPE', `heads/${above.size}: above ${log.b}`);
  const leaves = blocks.map((block) => leafHash(sha256, block));
  const cover = coverRoots(sha256, log, leaves, new Set(heads.map((h) => h.size)));
  if (!cover.ok) throw new VerificationError('COVER_SHAPE', `${LOG}: ${cover.why}`);
  if (!bytesEqual(cover.root, checkpoint.root))
    throw new VerificationError('ROOT_MISMATCH', `${LOG}: its root is ${toHex(cover.root)}`);
  for (const head of heads) {
    if (!isAmong(head, log) || bytesEqual(cover.kept.get(head.size) ?? NO_ROOT, head.root)) continue;
    verifyLogLines(head.logLines, use);
    throw new VerificationError('HEAD_CONFLICT', `heads/${head.size}: signed with another history`);
  }
  return blocks;
}

/** Step 5: form, owner, number and time of every block. @throws VerificationError */
export function verifyBlocks(encoded: readonly Uint8Array[], a: number, origin: string): readonly Block[] {
  const gw = parseOrigin(origin)?.gw;
  const blocks: Block[] = [];
  for (const [i, bytes] of encoded.entries()) {
    const where = `block ${a + i}`;
    const block = readBlock(bytes, where);
    const previous = blocks.at(-1) ?? null;
    if (block.no !== a + i) throw new VerificationError('BLOCK_FORMAT', `${where}: says it is ${block.no}`);
    if (toHex(block.gw) !== gw)
      throw new VerificationError('BLOCK_FORMAT', `${where}: is of ${toHex(block.gw)}`);
    if (previous !== null && block.slots < previous.slots)
      throw new VerificationError('BLOCK_FORMAT', `${where}: ${block.slots} slots after ${previous.slots}`);
    const fault = timeFault(block, previous);
    if (fault !== null) throw new VerificationError('BLOCK_TIME', `${where}: ${fault}`);
    blocks.push(block);
  }
  return blocks;
}

function readBlock(bytes: Uint8Array, where: string): Block {
  try {
    return decodeBlock(bytes);
  } catch (error) {
    if (error instanceof CborError)
      throw new VerificationError('BLOCK_FORMAT', `${where}: ${error.message}`, { cause: error });
    throw error;
  }
}

/**
 * Null if the block may follow `previous` (evidence section 4.4), else what is wrong with its time.
 * `previous` is null for the first one at hand, of which only block 0 is known to begin a boot.
 */
export function timeFault(block: Block, previous: Block | null): string | null {
  const restart = (block.flags & BlockFlag.restart) !== 0;
  const step = (block.flags & BlockFlag.step) !== 0;
  if ((block.flags & BlockFlag.tailBroken) !== 0 && (block.clock.src !== 0 || block.clock.err !== null))
    return 'TAIL_BROKEN with a claim about its clock';
  if (restart && step) return 'RESTART and STEP at once';
  if (previous === null)
    return block.no === 0 && !restart ? 'the first block of an epoch without RESTART' : null;
  const sameBoot = bytesEqual(block.clock.boot, previous.clock.boot);
  if (sameBoot === restart) return restart ? 'RESTART within a boot' : 'a new boot without RESTART';
  if (restart) return block.t0 < previous.t1 ? `starts at ${block.t0}, before ${previous.t1}` : null;
  if ((block.clock.offset !== previous.clock.offset) !== step)
    return step ? 'STEP without another offset' : 'another offset without STEP';
  const running = block.t0 - block.clock.offset - (previous.t1 - previous.clock.offset);
  return running === 0 ? null : `${running} ms of running time between it and the block before`;
}
