import type { SealedSegment } from '../domain/commit.ts';
import type { Value } from '../domain/record.ts';
import { BlockFlag } from './block.ts';
import { CborWriter } from './cbor-writer.ts';
import { Coverage } from './gaps.ts';
import { KEY_LENGTH, checkLeaf, meaningOf, putFiledLeafHash } from './leaf.ts';
import { CompactRange } from './merkle.ts';
import type { Sha256, Sha256Into } from './primitives.ts';
import { GapReason, MAX_LEAVES, encodeSegment } from './segment.ts';
import type { Gap } from './segment.ts';

/** A stream as a block begins. */
export type StreamInBlock = {
  /** CBOR of D. A closed stream keeps its last one. */
  readonly descriptor: Uint8Array;
  readonly kind: 0 | 1 | 2;
  readonly maxGapMs: number;
  /** Seq of the next leaf. */
  readonly seq0: number;
  /** End of the coverage by readings of earlier blocks, null for none. */
  readonly coveredUntil: number | null;
  /** The stream's first segment, or the first under a changed descriptor: coverage starts anew. */
  readonly first: boolean;
  /** Takes no more leaves; its empty segments keep the slot. */
  readonly closed: boolean;
};

type Placed = {
  readonly seq: number;
  readonly t: number;
  readonly type: number;
  readonly body: readonly Value[];
};

/** Why a segment takes no more leaves though nothing is wrong with them. */
export const FULL = `the segment is full with ${MAX_LEAVES} leaves`;

/** One stream's part of the open block; keeps running sums and encoded leaves, no object per leaf. */
export class OpenSegment {
  readonly #sha256: Sha256;
  readonly #into: Sha256Into;
  readonly #stream: StreamInBlock;
  readonly #tree: CompactRange;
  readonly #entries = new CborWriter(64);
  readonly #coverage: Coverage;
  #key: Uint8Array | null = null;
  #lastT: number;
  /** Leaves that were checked and are about to be added, and the time of the last of them. */
  #staged = 0;
  #stagedT: number;
  #min: number | null = null;
  #max: number | null = null;
  #nbad = 0;

  constructor(
    sha256: Sha256,
    into: Sha256Into,
    stream: StreamInBlock,
    block: { readonly t0: number; readonly flags: number },
  ) {
    this.#sha256 = sha256;
    this.#into = into;
    this.#stream = stream;
    this.#tree = new CompactRange(sha256, into);
    this.#lastT = block.t0;
    this.#stagedT = block.t0;
    const anew = stream.first || (block.flags & BlockFlag.step) !== 0;
    this.#coverage = new Coverage({
      t0: block.t0,
      maxGapMs: stream.maxGapMs,
      coveredUntil: anew ? null : stream.coveredUntil,
      reason: reasonAtStart(stream, block.flags),
    });
  }

  get n(): number {
    return this.#tree.size;
  }

  /** Salt key of this slot in this block, null before the first leaf. */
  get key(): Uint8Array | null {
    return this.#key;
  }

  /** Seq of the next leaf. */
  get nextSeq(): number {
    return this.#stream.seq0 + this.#tree.size;
  }

  /** Time of the last leaf, t0 of the block where there is none. */
  get lastT(): number {
    return this.#lastT;
  }

  /** Null if the leaf may stand behind those staged before it; then it is staged, too. Else why not. */
  stage(leaf: Placed): string | null {
    const seq = this.nextSeq + this.#staged;
    if (this.#stream.closed) return 'the stream is closed';
    if (leaf.seq !== seq) return `seq ${leaf.seq} where ${seq} is next`;
    if (leaf.seq - this.#stream.seq0 >= MAX_LEAVES) return FULL;
    if (leaf.t < this.#stagedT) return `t ${leaf.t} before ${this.#stagedT}`;
    const fault = checkLeaf(this.#stream, leaf);
    if (fault !== null) return fault;
    this.#staged++;
    this.#stagedT = leaf.t;
    return null;
  }

  /** Forgets what was staged and not added. */
  unstage(): void {
    this.#staged = 0;
    this.#stagedT = this.#lastT;
  }

  /** Sets the salt key; done before the first leaf. @throws RangeError for one that has not 32 bytes */
  useKey(key: Uint8Array): void {
    if (key.length !== KEY_LENGTH) throw new RangeError(`a salt key of ${key.length} bytes`);
    this.#key = key;
  }

  /**
   * Adds the leaf that was staged first, whose t, type and body are bytes [from, to) of `filed`, and
   * writes its leaf hash into `out` at `at`.
   */
  add(leaf: Placed, filed: Uint8Array, from: number, to: number, out: Uint8Array, at: number): void {
    if (this.#key === null) throw new Error('there is no salt key');
    putFiledLeafHash(this.#into, this.#key, leaf.seq, filed, from, to, out, at);
    this.#tree.appendFrom(out, at);
    this.#staged--;
    this.#entries.arrayHead(3);
    this.#entries.part(filed, from, to);
    this.#lastT = leaf.t;
    this.#sum(leaf.t, meaningOf(leaf.type, leaf.body));
  }

  /** The segment as it stands if the block ends at t1. */
  seal(slot: number, t1: number): SealedSegment {
    const { seq0 } = this.#stream;
    const segment = encodeSegment({
      desc: this.#sha256(this.#stream.descriptor),
      seq0,
      n: this.n,
      root: this.#tree.root(),
      min: this.#min,
      max: this.#max,
      nbad: this.#nbad,
      gaps: this.#gaps(t1),
    });
    const leaves = new CborWriter(this.#entries.length + 9);
    leaves.arrayHead(this.n);
    leaves.raw(this.#entries.view());
    return {
      slot,
      segment,
      key: this.#key,
      seq0,
      n: this.n,
      leaves: leaves.take(),
      coveredUntil: this.#coverage.coveredUntil,
    };
  }

  /** The stream as the next block begins, if neither it nor its descriptor changes there. */
  following(): StreamInBlock {
    return {
      ...this.#stream,
      seq0: this.nextSeq,
      coveredUntil: this.#coverage.coveredUntil,
      first: false,
    };
  }

  #gaps(t1: number): readonly Gap[] {
    if (this.#stream.kind === 0) return [];
    const gaps = this.#coverage.gaps(t1);
    return this.#stream.closed ? gaps.map((g) => ({ ...g, reason: GapReason.maintenance })) : gaps;
  }

  #sum(t: number, meaning: ReturnType<typeof meaningOf>): void {
    const { covers, value, bad } = meaning;
    if (value !== null) {
      this.#min = this.#min === null ? value : Math.min(this.#min, value);
      this.#max = this.#max === null ? value : Math.max(this.#max, value);
    }
    if (covers) this.#coverage.usable(t);
    if (bad) {
      this.#nbad++;
      this.#coverage.unusable(t);
    }
  }
}

function reasonAtStart(stream: StreamInBlock, flags: number): GapReason {
  if (stream.first) return GapReason.notStarted;
  return (flags & BlockFlag.restart) === 0 ? GapReason.deviceSilent : GapReason.gatewayDown;
}
