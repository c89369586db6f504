import type { RecordRef } from './record.ts';

/** What one transaction of the journal holds: a batch, its consequences, its outbox, its signed tail. */

/** A leaf as stored: everything but the salt, which follows from the slot's key and seq. */
export type StoredLeaf = {
  readonly slot: number;
  readonly seq: number;
  readonly t: number;
  readonly type: number;
  /** CBOR of the body array. */
  readonly body: Uint8Array;
};

/**
 * The leaves of one commit as the journal keeps them until they are sealed, one after the other:
 * u32 slot, u64 seq, u32 length, then so many bytes: CBOR of t, of type and of body, as they stand
 * in a segment. One blob for all: a row for each leaf took as long as all of deciding (m).
 */
export type PackedLeaves = { readonly n: number; readonly bytes: Uint8Array };

/** A leaf not yet sealed, with the commit (counted from 1 in its block) that brought it. */
export type TailLeaf = StoredLeaf & { readonly k: number };

/** The salt key of one slot in the open block: 32 random bytes, stored with the first leaf under it. */
export type SlotKey = { readonly slot: number; readonly key: Uint8Array };

/** The one tail row (evidence section 4.6): commit `k` of open block `no`. */
export type TailRow = {
  readonly no: number;
  readonly k: number;
  /** J_k, 32 bytes. */
  readonly chain: Uint8Array;
  /** CBOR of [t0, flags, clock, t]. */
  readonly head: Uint8Array;
  /** Ed25519 of the log key, 64 bytes. */
  readonly sig: Uint8Array;
};

/**
 * Something to be done in the world because of this commit. `key` is the id of its record
 * (alarm, channel, role and attempt of a notice; the command's id), unique in the outbox.
 */
export type OutboxEntry = {
  readonly key: string;
  readonly kind: 'notice' | 'command';
  /** Evidence time it was decided at, and the time after which it is worth nothing, ms. */
  readonly t: number;
  readonly expiry: number;
  readonly body: NoticeOrder | CommandOrder;
};

export type NoticeOrder = {
  readonly kind: 'notice';
  readonly alarm: string;
  readonly channel: string;
  readonly role: string;
};

export type CommandOrder = {
  readonly kind: 'command';
  readonly id: string;
  readonly device: string;
  readonly verb: string;
  readonly arg: number | null;
  /** The record it was ordered for. */
  readonly cause: RecordRef;
};

/** What became of an outbox entry: done leaves the outbox, retry stays with a later due time. */
export type Settled =
  | { readonly key: string; readonly state: 'done' | 'failed' }
  | { readonly key: string; readonly state: 'retry'; readonly attempt: number; readonly dueAt: number };

export type Commit = {
  readonly leaves: PackedLeaves;
  readonly keys: readonly SlotKey[];
  readonly tail: TailRow;
  readonly outbox: readonly OutboxEntry[];
  readonly settled: readonly Settled[];
  /** A clock step of so many ms: what waits in the outbox moves with the clock. */
  readonly outboxShift?: number;
  /** Documents named by a record's hash, e.g. rule and configuration files, snapshots. */
  readonly files: readonly StoredFile[];
  /** Rows of the stream registry that these records open, change or close. */
  readonly streams?: readonly StreamRow[];
  /** What the gateway remembers beside its evidence and must change with it, e.g. which keys sign. */
  readonly meta?: readonly { readonly key: string; readonly value: string }[];
};

/**
 * One descriptor of one slot, from block `openedBlock` on and before block `closedBlock`. A changed
 * descriptor is the old row with `closedBlock` set and a new row, so a past segment finds its D.
 */
export type StreamRow = {
  readonly slot: number;
  readonly dev: string;
  readonly ch: string;
  /** CBOR of D. */
  readonly descriptor: Uint8Array;
  readonly openedBlock: number;
  /** null while it is in force. */
  readonly closedBlock: number | null;
};

export type StoredFile = { readonly sha256: Uint8Array; readonly bytes: Uint8Array };

/** One stream's part of a sealed block. `leaves` is CBOR of [[t, type, body], …] in seq order. */
export type SealedSegment = {
  readonly slot: number;
  /** CBOR of S. */
  readonly segment: Uint8Array;
  /** Salt key, null when the segment is empty. */
  readonly key: Uint8Array | null;
  readonly seq0: number;
  readonly n: number;
  readonly leaves: Uint8Array;
  /** End of the coverage that the stream's readings so far give, evidence time; null for none. */
  readonly coveredUntil: number | null;
};

/** A node of the log tree: root of the perfect subtree [index·2^level, (index+1)·2^level). */
export type LogNode = { readonly level: number; readonly index: number; readonly hash: Uint8Array };

/** All that sealing stores in one transaction, which fails unless the stored size is still `no`. */
export type SealedBlock = {
  readonly no: number;
  readonly t0: number;
  readonly t1: number;
  /** CBOR of B. */
  readonly block: Uint8Array;
  readonly segments: readonly SealedSegment[];
  /** Perfect subtrees that this block completes, level 0 (its leaf hash) included. */
  readonly nodes: readonly LogNode[];
  /** Signed note of size no + 1; null while the fork guard has not been answered. */
  readonly note: string | null;
  /** The signed row k = 0 of block no + 1. */
  readonly tail: TailRow;
  /** Deciding state at the end of the block, so that a start replays one block at most. */
  readonly snapshot: StoredFile;
};
