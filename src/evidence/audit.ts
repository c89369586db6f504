import type { AuditArchive, AuditKeys } from './audit-archive.ts';
import type { Block } from './block.ts';
import type { Descriptor } from './descriptor.ts';
import type { Primitives } from './primitives.ts';
import { ErasureAudit, type AuditErasures } from './audit-erasure.ts';
import { auditNote } from './audit-note.ts';
import { auditTail } from './audit-tail.ts';
import { decodeBlock } from './block.ts';
import { CborReader } from './cbor-reader.ts';
import { CborError } from './cbor.ts';
import { parseOrigin } from './checkpoint.ts';
import { decodeDescriptor } from './descriptor.ts';
import { bytesEqual, toHex } from './encodings.ts';
import { GapCheck } from './gap-check.ts';
import { completedNodes } from './log-tree.ts';
import { CompactRange, leafHash, mth } from './merkle.ts';
import { decodeSegment } from './segment.ts';
import { VerificationError } from './verification-error.ts';
import { timeFault } from './verify-blocks.ts';
import { verifySegmentLeaves } from './verify-leaves.ts';

/** One thing that does not hold; block and slot are null where it belongs to none. */
type AuditProblem = {
  readonly block: number | null;
  readonly slot: number | null;
  readonly problem: string;
};

export type AuditReport = {
  readonly origin: string;
  readonly blocks: number;
  readonly segments: number;
  readonly leaves: number;
  readonly notes: number;
  /** Leaves that are durable but not sealed. */
  readonly tail: number;
  /** Leaves that are gone because an act on record ordered it. */
  readonly erased: AuditErasures;
  /** The first 1,000 in the order of the log; `found` counts all. */
  readonly problems: readonly AuditProblem[];
  readonly found: number;
};

const MAX_PROBLEMS = 1000;

/**
 * Checks everything a data directory holds against itself and its signatures: blocks, segments, each
 * leaf, gaps, sequence, the node table, notes and the signed tail. Memory stays flat, however long.
 *
 * @param progress called with the blocks done and all there are
 */
export function audit(
  archive: AuditArchive,
  keys: AuditKeys,
  primitives: Primitives,
  progress: (done: number, of: number) => void = () => undefined,
): AuditReport {
  const run = new AuditRun(archive, keys, primitives);
  const size = archive.size();
  const walk = (from: number, to: number): void => {
    for (let no = from; no < to; no++) {
      run.block(no);
      run.notes(no + 1);
      if (no % 100 === 99) progress(no + 1, to);
    }
  };
  walk(0, size);
  progress(size, size);
  // A gateway may have gone on meanwhile: what it has sealed since and the open block are of one moment.
  return archive.atOneMoment(() => {
    const grown = archive.size();
    walk(size, grown);
    return run.finish(grown);
  });
}

/** What is known of one slot when a block begins. */
type SlotState = { readonly gaps: GapCheck; next: number };

class AuditRun {
  readonly #archive: AuditArchive;
  readonly #keys: AuditKeys;
  readonly #use: Primitives;
  readonly #tree: CompactRange;
  readonly #erasures: ErasureAudit;
  readonly #slots: SlotState[] = [];
  readonly #descriptors: ReadonlyMap<string, Descriptor>;
  readonly #problems: AuditProblem[] = [];
  #found = 0;
  #segments = 0;
  #leaves = 0;
  #notes = 0;
  #first: Block | undefined;
  #previous: Block | null = null;

  constructor(archive: AuditArchive, keys: AuditKeys, use: Primitives) {
    this.#archive = archive;
    this.#keys = keys;
    this.#use = use;
    this.#tree = new CompactRange(use.sha256);
    this.#erasures = new ErasureAudit(archive, use.sha256);
    this.#descriptors = this.#readDescriptors();
    this.notes(0);
  }

  block(no: number): void {
    const stored = this.#archive.block(no);
    if (stored === null) {
      this.#add(no, null, 'the block is missing');
      this.#previous = null;
      return;
    }
    const hash = leafHash(this.#use.sha256, stored.block);
    this.#tree.append(hash);
    this.#nodes(no, hash);
    const block = this.#attempt(no, null, () => decodeBlock(stored.block));
    if (block === null) {
      this.#previous = null;
      return;
    }
    this.#first ??= block;
    if (block.no !== no) this.#add(no, null, `the block says it is ${block.no}`);
    if (block.t0 !== stored.t0 || block.t1 !== stored.t1)
      this.#add(no, null, 'its stored times are not its own');
    if (toHex(block.gw) !== parseOrigin(this.#keys.origin)?.gw)
      this.#add(no, null, `the block is of gateway ${toHex(block.gw)}`);
    const previous = this.#previous;
    if (previous !== null && block.slots < previous.slots) this.#add(no, null, 'slots fell');
    const fault = previous === null && no > 0 ? null : timeFault(block, previous);
    if (fault !== null) this.#add(no, null, fault);
    this.#slotTree(no, block);
    this.#previous = block;
  }

  /** All notes of this size: at most one. */
  notes(size: number): void {
    for (const { note } of this.#archive.notesBetween(size, size)) {
      this.#notes += 1;
      const problem = auditNote(
        note,
        size,
        this.#tree.size === size ? this.#tree.root() : null,
        this.#keys,
        this.#use,
      );
      if (problem !== null) this.#add(null, null, `note of size ${size}: ${problem}`);
    }
  }

  finish(size: number): AuditReport {
    for (const { size: beyond } of this.#archive.notesBetween(size + 1, Number.MAX_SAFE_INTEGER)) {
      this.#add(null, null, `note of size ${beyond} is beyond the ${size} blocks kept`);
      break;
    }
    const nextSeq = this.#slots.map((s) => s.next);
    const tail = auditTail(this.#archive, { size, root: this.#tree.root(), nextSeq }, this.#keys, this.#use);
    for (const problem of tail.problems) this.#add(null, problem.slot, `tail: ${problem.problem}`);
    return {
      origin: this.#keys.origin,
      blocks: size,
      segments: this.#segments,
      leaves: this.#leaves,
      notes: this.#notes,
      tail: tail.leaves,
      erased: this.#erasures.found(),
      problems: this.#problems,
      found: this.#found,
    };
  }

  #nodes(no: number, hash: Uint8Array): void {
    const at = (level: number, index: number): Uint8Array =>
      this.#archive.node(level, index) ?? new Uint8Array(32);
    for (const node of completedNodes(this.#use.sha256, no, hash, at))
      if (!bytesEqual(node.hash, this.#archive.node(node.level, node.index) ?? new Uint8Array()))
        this.#add(no, null, `node ${node.index} of level ${node.level} is not kept as it must be`);
  }

  #slotTree(no: number, block: Block): void {
    const heads = this.#archive.segmentHeads(no);
    if (heads.length !== block.slots) this.#add(no, null, `${heads.length} segments, ${block.slots} slots`);
    const root = mth(
      this.#use.sha256,
      heads.map((s) => leafHash(this.#use.sha256, s)),
    );
    if (!bytesEqual(root, block.sroot)) this.#add(no, null, 'the segments do not rebuild sroot');
    for (let slot = 0; slot < block.slots; slot++) {
      this.#slots[slot] ??= { gaps: this.#newGaps(no), next: 0 };
      this.#attempt(no, slot, () => this.#segment(no, slot, block));
    }
  }

  /** A slot opened after the first block has had no coverage before. */
  #newGaps(no: number): GapCheck {
    const gaps = new GapCheck(this.#first);
    if (no > 0) gaps.absent();
    return gaps;
  }

  #segment(no: number, slot: number, block: Block): void {
    const stored = this.#archive.segment(no, slot);
    if (stored === null) throw new CborError('the segment is missing');
    const segment = decodeSegment(stored.segment);
    this.#segments += 1;
    this.#leaves += segment.n;
    const state = this.#slots[slot];
    const d = this.#descriptors.get(toHex(segment.desc));
    if (state === undefined || d?.slot !== slot)
      throw new CborError(`no descriptor hashes to ${toHex(segment.desc)}`);
    if (segment.seq0 !== state.next) this.#add(no, slot, `seq0 ${segment.seq0}, not ${state.next}`);
    state.next = segment.seq0 + segment.n;
    if (stored.seq0 !== segment.seq0 || stored.n !== segment.n)
      this.#add(no, slot, 'its stored seq0 and n are not its own');
    if ((stored.erased ?? null) !== null) {
      this.#erasures.check(stored, { block, segment, d });
      // What it covered can no longer be recomputed; the next block's gaps hold what is kept of it.
      state.gaps.erased(block, segment, d, stored.coveredUntil);
      return;
    }
    const coverage = state.gaps.open(block, segment, d);
    const reader = new CborReader(stored.leaves);
    const expected = { i: no, block, segment, d, where: 'leaves' };
    verifySegmentLeaves(reader, stored.key, expected, coverage, this.#use);
    if (!reader.done) throw new CborError(`leaves: ${reader.left} bytes after them`);
    state.gaps.close(block, segment, d, coverage, 'gaps');
    if (stored.coveredUntil !== state.gaps.coveredUntil)
      this.#add(no, slot, `covered until ${stored.coveredUntil}, not ${state.gaps.coveredUntil}`);
  }

  #readDescriptors(): ReadonlyMap<string, Descriptor> {
    const found = new Map<string, Descriptor>();
    for (const { slot, descriptor } of this.#archive.streams()) {
      const d = this.#attempt(null, slot, () => decodeDescriptor(descriptor));
      if (d !== null) found.set(toHex(this.#use.sha256(descriptor)), d);
    }
    return found;
  }

  #attempt<T>(block: number | null, slot: number | null, check: () => T): T | null {
    try {
      return check();
    } catch (error) {
      if (!(error instanceof CborError || error instanceof VerificationError)) throw error;
      this.#add(block, slot, error.message);
      return null;
    }
  }

  #add(block: number | null, slot: number | null, problem: string): void {
    this.#found += 1;
    if (this.#problems.length < MAX_PROBLEMS) this.#problems.push({ block, slot, problem });
  }
}
