import type { SlotKey, StreamRow, TailLeaf, TailRow } from '../../domain/commit.ts';
import { BlockFlag, decodeBlock, type BlockClock } from '../../evidence/block.ts';
import { decodeDescriptor } from '../../evidence/descriptor.ts';
import { rootAt, type NodeAt } from '../../evidence/log-tree.ts';
import { OpenBlock, type StreamInBlock } from '../../evidence/open-block.ts';
import type { Sha256, VerifyEd25519 } from '../../evidence/primitives.ts';
import { decodeTailHead, tailMessage } from '../../evidence/tail.ts';
import { countMissing, keepFitting } from './broken-tail.ts';

/** The journal as recovery and audit read it. */
export type RecoveryStore = {
  size(): number;
  node(level: number, index: number): Uint8Array | null;
  block(no: number): { readonly t1: number; readonly block: Uint8Array } | null;
  segment(
    no: number,
    slot: number,
  ): { readonly seq0: number; readonly n: number; readonly coveredUntil: number | null } | null;
  streams(): readonly StreamRow[];
  tailRow(): TailRow | null;
  tailLeaves(): Iterable<TailLeaf>;
  /** How many there should be. */
  tailCount(): number;
  tailKeys(): readonly SlotKey[];
};

export type RecoveryParts = {
  readonly sha256: Sha256;
  readonly verifyEd25519: VerifyEd25519;
  readonly randomKey: () => Uint8Array;
  readonly identity: { readonly gw: Uint8Array; readonly origin: string };
  readonly logKey: Uint8Array;
  readonly store: RecoveryStore;
};

/** The block that a start found open, ready to be sealed; null in an empty journal. */
export type Found = {
  readonly open: OpenBlock;
  /** End of that block, and what sealing adds to its flags: recovered or tail broken. */
  readonly t1: number;
  readonly flags: number;
  readonly leaves: readonly TailLeaf[];
  /** Leaves of a broken tail that are known to be gone or could not be kept. */
  readonly lost: number;
  /** Ms of a clock step that begins this block but is not on record: we died before its first commit. */
  readonly owedStep: number | null;
};

/** Recomputes the tail: equal and signed, or broken and said to be so (evidence section 4.6). */
export function findOpenBlock(parts: RecoveryParts): Found | null {
  const { store, sha256 } = parts;
  const no = store.size();
  const row = store.tailRow();
  const leaves = [...store.tailLeaves()];
  if (row === null && no === 0 && leaves.length === 0) return null;
  const streams = streamsAt(store, no);
  const root = rootAt(sha256, no, nodesOf(store));
  const signed = row !== null && row.no === no && isSigned(parts, row) ? row : null;
  if (signed !== null) {
    const head = decodeTailHead(signed.head);
    const { t0, flags, clock } = head;
    const open = new OpenBlock(sha256, parts.identity, parts.randomKey, {
      no,
      t0,
      flags,
      clock,
      root,
      streams,
    });
    const unfit = open.restore(leaves, store.tailKeys());
    if (unfit.length === 0 && open.k === signed.k && Buffer.compare(open.chain, signed.chain) === 0) {
      const isOwed = (flags & BlockFlag.step) !== 0 && signed.k === 0;
      const owedStep = isOwed ? t0 - (store.block(no - 1)?.t1 ?? t0) : null;
      return { open, t1: head.t + 1, flags: BlockFlag.recovered, leaves, lost: 0, owedStep };
    }
  }
  return findBroken(parts, { no, root, streams, leaves, commits: signed?.k ?? null });
}

/** Keeps what fits, renumbered; the time of such a block is nobody's word, so its clock is unknown. */
function findBroken(
  parts: RecoveryParts,
  tail: {
    readonly no: number;
    readonly root: Uint8Array;
    readonly streams: readonly StreamInBlock[];
    readonly leaves: readonly TailLeaf[];
    /** How many the signed row counts; null without one. */
    readonly commits: number | null;
  },
): Found {
  const { store, sha256, identity, randomKey } = parts;
  const { no, root, streams } = tail;
  const before = no === 0 ? null : store.block(no - 1);
  const t0 = before?.t1 ?? tail.leaves[0]?.t ?? 0;
  const clock: BlockClock =
    before === null
      ? { src: 0, err: null, boot: randomKey().slice(0, 8), offset: t0 }
      : { ...decodeBlock(before.block).clock, src: 0, err: null };
  const flags = before === null ? BlockFlag.restart : 0;
  const open = new OpenBlock(sha256, identity, randomKey, { no, t0, flags, clock, root, streams });
  const keys = store.tailKeys();
  const { kept, unfit } = keepFitting(open, tail.leaves, { keys, slots: streams.length, randomKey });
  const unread = store.tailCount() - tail.leaves.length;
  const lost = unfit + Math.max(unread, countMissing(tail.leaves, streams, tail.commits));
  const last = kept.reduce((t, leaf) => Math.max(t, leaf.t), t0);
  return { open, t1: last + 1, flags: BlockFlag.tailBroken, leaves: kept, lost, owedStep: null };
}

/** Streams as block `no` finds them, from the registry and the last sealed segments. */
export function streamsAt(store: Pick<RecoveryStore, 'segment' | 'streams'>, no: number): StreamInBlock[] {
  const inForce = new Map<number, StreamRow>();
  for (const row of store.streams()) if (row.openedBlock <= no) inForce.set(row.slot, row);
  return [...inForce.values()]
    .sort((a, b) => a.slot - b.slot)
    .map((row) => {
      const { kind, maxGapMs } = decodeDescriptor(row.descriptor);
      const last = no === 0 ? null : store.segment(no - 1, row.slot);
      return {
        descriptor: row.descriptor,
        kind,
        maxGapMs,
        seq0: last === null ? 0 : last.seq0 + last.n,
        coveredUntil: last?.coveredUntil ?? null,
        first: row.openedBlock === no,
        closed: row.closedBlock !== null && row.closedBlock <= no,
      };
    });
}

export function nodesOf(store: Pick<RecoveryStore, 'node'>): NodeAt {
  return (level, index) => {
    const hash = store.node(level, index);
    if (hash === null) throw new RangeError(`the log tree has no node ${level}/${index}`);
    return hash;
  };
}

function isSigned({ sha256, verifyEd25519, logKey }: RecoveryParts, row: TailRow): boolean {
  return verifyEd25519(logKey, tailMessage(sha256, row.chain, row.head), row.sig);
}
