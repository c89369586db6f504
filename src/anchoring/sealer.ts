import type { SealedBlock, TailRow } from '../domain/commit.ts';
import type { Beacon, BlockClock } from '../evidence/block.ts';
import { checkpointText } from '../evidence/checkpoint.ts';
import { completedNodes, rootAt, type NodeAt } from '../evidence/log-tree.ts';
import { signNote } from '../evidence/note.ts';
import type { OpenBlock, StreamInBlock } from '../evidence/open-block.ts';
import type { Sha256 } from '../evidence/primitives.ts';
import { encodeTailHead, tailMessage, tailStart } from '../evidence/tail.ts';
import type { LogKeys } from './signer.ts';

/** The part of the journal that sealing needs. */
export type SealStore = {
  size(): number;
  node(level: number, index: number): Uint8Array | null;
  note(size: number): string | null;
  /** Fails unless the stored size is still block.no: compare-and-swap. */
  seal(block: SealedBlock): void;
  putNote(size: number, note: string): void;
};

export type SealerParts = {
  readonly sha256: Sha256;
  readonly origin: string;
  readonly store: SealStore;
  readonly keys: LogKeys;
  /** False until the fork guard has been answered: blocks are sealed, no head is signed. */
  readonly maySign: () => boolean;
};

/** How the open block ends and the next one begins. */
export type Sealing = {
  /** End of the block, evidence time; every leaf is before it. */
  readonly t1: number;
  /** BlockFlag added to those the block began with: recovered or tailBroken. */
  readonly flags: number;
  readonly beacons: readonly Beacon[];
  /** CBOR of the deciding state at t1. */
  readonly snapshot: Uint8Array;
  readonly next: NextBlock;
};

/** What the next block begins with; its streams are those carried over unless they change here. */
export type NextBlock = { readonly t0: number; readonly flags: number; readonly clock: BlockClock };

export type Sealed = {
  readonly size: number;
  readonly root: Uint8Array;
  readonly t1: number;
  /** Whether the head was signed. */
  readonly signed: boolean;
  /** Streams as the next block finds them. */
  readonly streams: readonly StreamInBlock[];
};

/** Turns the open block into history: segments, block, log nodes and signed head in one transaction. */
export class Sealer {
  readonly #parts: SealerParts;

  constructor(parts: SealerParts) {
    this.#parts = parts;
  }

  /**
   * Until the store's compare-and-swap has committed, nothing has happened; after it history is
   * fixed. The note is shown to nobody before. @throws StorageError FORK when the log has moved on
   */
  seal(open: OpenBlock, how: Sealing): Sealed {
    const { sha256, store, maySign } = this.#parts;
    const { no } = open;
    const closed = open.close(how);
    const nodes = completedNodes(sha256, no, closed.leafHash, this.#node);
    const fresh = new Map(nodes.map((n) => [`${n.level}/${n.index}`, n.hash]));
    const root = rootAt(sha256, no + 1, (l, i) => fresh.get(`${l}/${i}`) ?? this.#node(l, i));
    const signed = maySign();
    store.seal({
      no,
      t0: open.t0,
      t1: how.t1,
      block: closed.block,
      segments: closed.segments,
      nodes,
      note: signed ? this.#note(no + 1, root) : null,
      tail: this.#firstTail(no + 1, root, how.next),
      snapshot: { sha256: sha256(how.snapshot), bytes: how.snapshot },
    });
    return { size: no + 1, root, t1: how.t1, signed, streams: closed.next };
  }

  /** Signs the newest head once the fork guard lets us; false when it bears a note already. */
  signHead(): boolean {
    const { sha256, store } = this.#parts;
    const size = store.size();
    if (size === 0 || store.note(size) !== null) return false;
    store.putNote(size, this.#note(size, rootAt(sha256, size, this.#node)));
    return true;
  }

  /** The signed head of size 0: what a witness is asked with while none is stored. */
  emptyHead(): string {
    return this.#note(0, rootAt(this.#parts.sha256, 0, this.#node));
  }

  #note(size: number, root: Uint8Array): string {
    const { origin, keys, sha256 } = this.#parts;
    return signNote(checkpointText(origin, size, root), keys.noteSigners(size), sha256);
  }

  /** The signed row k = 0 of a block that has no commits yet. */
  #firstTail(no: number, root: Uint8Array, { t0, flags, clock }: NextBlock): TailRow {
    const { sha256, origin, keys } = this.#parts;
    const chain = tailStart(sha256, origin, no, root);
    const head = encodeTailHead({ t0, flags, clock, t: t0 });
    return { no, k: 0, chain, head, sig: keys.tailSigner(no).sign(tailMessage(sha256, chain, head)) };
  }

  readonly #node: NodeAt = (level, index) => {
    const hash = this.#parts.store.node(level, index);
    if (hash === null) throw new Error(`the log tree has no node ${level}/${index}`);
    return hash;
  };
}
