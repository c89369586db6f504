import { putU32 } from '../domain/big-endian.ts';
import type { PackedLeaves, SealedSegment, SlotKey, StoredLeaf, TailLeaf } from '../domain/commit.ts';
import { PACKED_HEAD, putPackedHead } from '../domain/packed-leaves.ts';
import type { Value } from '../domain/record.ts';
import { encodeBlock } from './block.ts';
import type { Beacon, BlockClock } from './block.ts';
import { CborError, decode, encode } from './cbor.ts';
import { CborWriter } from './cbor-writer.ts';
import { encodeLeaf, KEY_LENGTH, saltOf } from './leaf.ts';
import { CompactRange, leafHash } from './merkle.ts';
import { FULL, OpenSegment } from './open-segment.ts';
import type { StreamInBlock } from './open-segment.ts';
import { intoOf, type Sha256, type Sha256Into } from './primitives.ts';
import { encodeTailHead, ENTRY_HASH, ENTRY_LENGTH, tailAfter, tailStart } from './tail.ts';

export type { StreamInBlock } from './open-segment.ts';

export type OpenBlockStart = {
  /** Index of the block, the log's size when it opened. */
  readonly no: number;
  readonly t0: number;
  /** Sum of BlockFlag; restart and step are known when a block opens. */
  readonly flags: number;
  readonly clock: BlockClock;
  /** Root of the log at size `no`. */
  readonly root: Uint8Array;
  /** Index = slot; slot 0 is the gateway's events. */
  readonly streams: readonly StreamInBlock[];
};

/** The leaves are as they should be, but the block must be closed before it could take them. */
export class SegmentFull extends RangeError {
  override readonly name = 'SegmentFull';
}

/** A record with its place in its stream, not yet encoded. */
export type LeafDraft = Omit<StoredLeaf, 'body'> & { readonly body: readonly Value[] };

/** What one commit stores, but for the signature over tailMessage(chain, head). */
export type Appended = {
  readonly leaves: PackedLeaves;
  /** Salt keys of slots that had no leaf in this block before. */
  readonly keys: readonly SlotKey[];
  readonly k: number;
  readonly chain: Uint8Array;
  readonly head: Uint8Array;
};

export type ClosedBlock = {
  /** CBOR of B. */
  readonly block: Uint8Array;
  /** LH(B), the log's next leaf. */
  readonly leafHash: Uint8Array;
  readonly segments: readonly SealedSegment[];
  /** The streams as the next block begins, unless one opens, changes or closes there. */
  readonly next: readonly StreamInBlock[];
};

/**
 * The block that is being filled. Every commit adds to running trees, sums and the tail chain, so
 * that closing it costs the same however many leaves it holds.
 */
export class OpenBlock {
  readonly #sha256: Sha256;
  readonly #gw: Uint8Array;
  readonly #randomKey: () => Uint8Array;
  readonly #start: OpenBlockStart;
  readonly #segments: readonly OpenSegment[];
  #chain: Uint8Array;
  #k = 0;
  #leafCount = 0;

  /** @param randomKey 32 fresh random bytes at every call */
  constructor(
    sha256: Sha256,
    identity: { readonly gw: Uint8Array; readonly origin: string },
    randomKey: () => Uint8Array,
    start: OpenBlockStart,
    into: Sha256Into = intoOf(sha256),
  ) {
    this.#sha256 = sha256;
    this.#gw = identity.gw;
    this.#randomKey = randomKey;
    this.#start = start;
    this.#segments = start.streams.map((stream) => new OpenSegment(sha256, into, stream, start));
    this.#chain = tailStart(sha256, identity.origin, start.no, start.root);
  }

  get no(): number {
    return this.#start.no;
  }

  get t0(): number {
    return this.#start.t0;
  }

  /** Commits so far. */
  get k(): number {
    return this.#k;
  }

  /** J_k. */
  get chain(): Uint8Array {
    return this.#chain;
  }

  get leafCount(): number {
    return this.#leafCount;
  }

  /** Seq of the next leaf of a slot. @throws RangeError for a slot this block does not have */
  seqOf(slot: number): number {
    return this.#segment(slot).nextSeq;
  }

  /**
   * LH(L) of a leaf that was added to this block: what it is known by outside, before the block is sealed.
   * @throws RangeError for a slot that has no leaf here
   */
  leafHashOf({ slot, seq, t, type, body }: LeafDraft): Uint8Array {
    const { key } = this.#segment(slot);
    if (key === null) throw new RangeError(`slot ${slot} has no leaf in block ${this.no}`);
    const salt = saltOf(this.#sha256, key, seq);
    return leafHash(this.#sha256, encodeLeaf({ salt, seq, t, type, body: encode(body) }));
  }

  /** Head of the tail row at clock time t; with k = 0, the row that opens this block. */
  head(t: number): Uint8Array {
    const { t0, flags, clock } = this.#start;
    return encodeTailHead({ t0, flags, clock, t });
  }

  /**
   * Adds the leaves of one commit, in the order given, at clock time t ≥ every leaf's. Without
   * leaves only the head is new. All are checked before the first is added.
   * @throws SegmentFull where they are too many for one block, RangeError for a leaf that evidence
   *   would refuse, CborError for a value it cannot carry
   */
  append(drafts: readonly LeafDraft[], t: number): Appended {
    const filed = this.#stage(drafts, t);
    const keys: SlotKey[] = [];
    for (const { slot } of drafts) {
      const segment = this.#segment(slot);
      if (segment.key !== null) continue;
      const key = this.#randomKey();
      segment.useKey(key);
      keys.push({ slot, key });
    }
    const leaves = this.#add(drafts, filed, this.#k + 1);
    return { leaves, keys, k: this.#k, chain: this.#chain, head: this.head(t) };
  }

  /**
   * Adds what the journal's tail holds, in the order it was committed. Returns the leaves that do not
   * fit, e.g. behind one that is missing or whose key is lost. The tail is whole exactly if none is
   * returned and k and chain equal the signed row.
   */
  restore(leaves: readonly TailLeaf[], keys: readonly SlotKey[]): TailLeaf[] {
    const keyOf = new Map(keys.map((k) => [k.slot, k.key]));
    const unfit: TailLeaf[] = [];
    for (let at = 0; at < leaves.length;) {
      const k = leaves[at]?.k ?? 0;
      const fitting: LeafDraft[] = [];
      for (let leaf = leaves[at]; leaf?.k === k; leaf = leaves[++at]) {
        const body = this.#bodyOfFitting(leaf, keyOf);
        if (body === null) unfit.push(leaf);
        else fitting.push({ ...leaf, body });
      }
      this.#add(fitting, fileLeaves(fitting), k);
    }
    return unfit;
  }

  /**
   * The block as it stands if it ends at t1, after every leaf. Changes nothing.
   * @param at.flags what is added to the flags it was opened with: recovered or tailBroken
   * @throws RangeError for a t1 that is not after t0 and every leaf
   */
  close(at: {
    readonly t1: number;
    readonly flags: number;
    readonly beacons: readonly Beacon[];
  }): ClosedBlock {
    const { no, t0, flags, clock } = this.#start;
    const last = this.#segments.reduce((t, s) => Math.max(t, s.lastT), t0);
    if (at.t1 <= last) throw new RangeError(`block ${no} cannot end at ${at.t1}, it holds ${last}`);
    const segments = this.#segments.map((s, slot) => s.seal(slot, at.t1));
    const slotTree = new CompactRange(this.#sha256);
    for (const s of segments) slotTree.append(leafHash(this.#sha256, s.segment));
    const block = encodeBlock({
      gw: this.#gw,
      no,
      t0,
      t1: at.t1,
      slots: segments.length,
      sroot: slotTree.root(),
      beacons: at.beacons,
      clock,
      ctr: null,
      flags: flags | at.flags,
    });
    return {
      block,
      leafHash: leafHash(this.#sha256, block),
      segments,
      next: this.#segments.map((s) => s.following()),
    };
  }

  /** Checks and encodes every draft against the place it will have once those before it are in. */
  #stage(drafts: readonly LeafDraft[], t: number): Filed {
    try {
      for (const draft of drafts) {
        const { slot, seq } = draft;
        const fault = draft.t > t ? `t ${draft.t} after the commit's ${t}` : this.#segment(slot).stage(draft);
        if (fault === null) continue;
        const why = `leaf ${seq} of slot ${slot}: ${fault}`;
        throw fault === FULL ? new SegmentFull(why) : new RangeError(why);
      }
      return fileLeaves(drafts);
    } catch (error) {
      for (const { slot } of drafts) this.#segments[slot]?.unstage();
      throw error;
    }
  }

  /** Adds leaves that were staged, in their order, as commit k; a commit without any changes nothing. */
  #add(drafts: readonly LeafDraft[], { bytes, ends }: Filed, k: number): PackedLeaves {
    const n = drafts.length;
    if (n === 0) return { n, bytes };
    const packed = new Uint8Array(n * PACKED_HEAD + bytes.length);
    const commit = new Uint8Array(n * ENTRY_LENGTH);
    for (let i = 0, from = 0, at = 0; i < n; i++) {
      const draft = drafts[i];
      const to = ends[i];
      if (draft === undefined || to === undefined) throw new RangeError(`no leaf ${i} in commit ${k}`);
      putU32(commit, i * ENTRY_LENGTH, draft.slot);
      this.#segment(draft.slot).add(draft, bytes, from, to, commit, i * ENTRY_LENGTH + ENTRY_HASH);
      putPackedHead(packed, at, draft.slot, draft.seq, to - from);
      at += PACKED_HEAD;
      while (from < to) packed[at++] = bytes[from++] ?? 0;
    }
    this.#chain = tailAfter(this.#sha256, this.#chain, k, commit);
    this.#k = k;
    this.#leafCount += n;
    return { n, bytes: packed };
  }

  /** The body of a stored leaf, which is then staged and its key in place; null if it does not fit. */
  #bodyOfFitting(leaf: StoredLeaf, keyOf: ReadonlyMap<number, Uint8Array>): readonly Value[] | null {
    const segment = this.#segments[leaf.slot];
    const key = segment?.key ?? keyOf.get(leaf.slot);
    const body = storedBody(leaf);
    if (segment === undefined || key?.length !== KEY_LENGTH || body === null) return null;
    if (segment.stage({ ...leaf, body }) !== null) return null;
    segment.useKey(key);
    return body;
  }

  #segment(slot: number): OpenSegment {
    const segment = this.#segments[slot];
    if (segment === undefined) throw new RangeError(`no slot ${slot} in block ${this.#start.no}`);
    return segment;
  }
}

/** CBOR of t, type and body of every leaf, one after the other; `ends[i]` is where leaf i ends. */
type Filed = { readonly bytes: Uint8Array; readonly ends: readonly number[] };

let writer = new CborWriter(16_384);
/** One great commit must not keep its memory for good. */
const WRITER_LIMIT = 262_144;

/** What it gives is valid until it is called again. @throws CborError for a value evidence cannot carry */
function fileLeaves(drafts: readonly LeafDraft[]): Filed {
  if (writer.capacity > WRITER_LIMIT) writer = new CborWriter(16_384);
  writer.clear();
  const ends: number[] = [];
  for (const { t, type, body } of drafts) {
    writer.integer(t);
    writer.integer(type);
    writer.value(body);
    ends.push(writer.length);
  }
  return { bytes: writer.view(), ends };
}

/** Body of a stored leaf, null where its bytes are damaged. */
function storedBody(leaf: StoredLeaf): readonly Value[] | null {
  try {
    const body = decode(leaf.body);
    return Array.isArray(body) ? body : null;
  } catch (error) {
    if (error instanceof CborError) return null;
    throw error;
  }
}
