import type { Commit, OutboxEntry, Settled, StoredFile, StreamRow } from '../domain/commit.ts';
import { EVENTS_SLOT, type LogRecord } from '../domain/record.ts';
import { tailMessage } from '../evidence/tail.ts';
import type { OpenBlock } from '../evidence/open-block.ts';
import type { Sha256 } from '../evidence/primitives.ts';
import { markBackfilled } from './backfill.ts';
import type { Deciding, Output } from './deciding.ts';
import type { Input, InputRecord } from './input.ts';
import { order } from './order.ts';

/** The journal as intake needs it: durable when it returns, or it throws and nothing is stored. */
export type CommitStore = { append(commit: Commit): void };

export type IntakeParts = {
  readonly sha256: Sha256;
  readonly store: CommitStore;
  /** Signs the tail of block `no` with the log key then in force. */
  readonly sign: (message: Uint8Array, no: number) => Uint8Array;
  readonly now: () => number;
  readonly deciding: Deciding;
  /** Greatest gap by slot: late readings are marked as backfilled against it. */
  readonly maxGapMs: (slot: number) => number;
  /** Told after each commit: the event stream, the outbox and sealing wake up on it. */
  readonly onCommit: (commit: Committed) => void;
};

/** What a commit brought, inputs and decisions in the order of evidence. */
export type Committed = {
  readonly records: readonly LogRecord[];
  readonly outbox: readonly OutboxEntry[];
};

/** What only starts, clock steps, configuration and key changes bring along with their records. */
export type Enclosed = {
  readonly files?: readonly StoredFile[];
  readonly streams?: readonly StreamRow[];
  readonly outboxShift?: number;
  readonly meta?: Commit['meta'];
};

/**
 * The table of contents of the hot path. A batch and all its consequences are decided first,
 * purely, then written in one transaction; only then does state advance and is anyone told.
 */
export class Intake {
  readonly #parts: IntakeParts;
  #open: OpenBlock;
  #blockStart: number;
  #notBefore: number;

  constructor(parts: IntakeParts, open: OpenBlock, blockStart: number) {
    this.#parts = parts;
    this.#open = open;
    this.#blockStart = blockStart;
    this.#notBefore = blockStart;
  }

  get open(): OpenBlock {
    return this.#open;
  }

  get blockStart(): number {
    return this.#blockStart;
  }

  /** Least t that the next record may have, ms. */
  get notBefore(): number {
    return this.#notBefore;
  }

  /** Goes on in the next block; between steps times never fall, after a step they start at t0. */
  continueIn(open: OpenBlock, blockStart: number): void {
    this.#open = open;
    this.#blockStart = blockStart;
    this.#notBefore = blockStart;
  }

  /** @throws StorageError when nothing could be stored: then nobody was told and no state advanced */
  accept(inputs: readonly Input[], enclosed: Enclosed = {}): void {
    const { deciding, store, onCommit } = this.#parts;
    let decided: { records: LogRecord[]; outbox: OutboxEntry[] };
    try {
      decided = this.#decide(inputs);
      if (decided.records.length > 0) {
        store.append(this.#commitOf(decided, inputs, enclosed));
      }
    } catch (error) {
      deciding.discard();
      throw error;
    }
    const { records, outbox } = decided;
    deciding.commit();
    this.#notBefore = (records.at(-1)?.t ?? this.#notBefore - 1) + 1;
    for (const input of inputs) input.committed?.();
    if (records.length > 0) onCommit({ records, outbox });
  }

  /** Order, then timers and rules record by record; outputs stand in slot 0 at their cause's time. */
  #decide(inputs: readonly Input[]): { records: LogRecord[]; outbox: OutboxEntry[] } {
    const { deciding, maxGapMs } = this.#parts;
    const records: LogRecord[] = [];
    const outbox: OutboxEntry[] = [];
    const taken: number[] = [];
    const nextSeq = (slot: number): number => {
      const before = taken[slot] ?? 0;
      taken[slot] = before + 1;
      return this.#open.seqOf(slot) + before;
    };
    const put = (outputs: readonly Output[]): void => {
      for (const { t, type, body, outbox: entry } of outputs) {
        const decision = { slot: EVENTS_SLOT, seq: nextSeq(EVENTS_SLOT), t, type, body };
        records.push(decision);
        deciding.note(decision);
        if (entry !== undefined) outbox.push(entry);
      }
    };
    for (const { files } of inputs) if (files !== undefined) deciding.offer(files);
    for (const record of order(inputs, this.#notBefore)) {
      put(deciding.before(record, this.#blockStart));
      const placed = place(record, nextSeq(record.slot), maxGapMs(record.slot));
      records.push(placed);
      put(deciding.judge(placed));
    }
    records.sort((a, b) => a.t - b.t || a.slot - b.slot || a.seq - b.seq);
    return { records, outbox };
  }

  #commitOf({ records, outbox }: Committed, inputs: readonly Input[], enclosed: Enclosed): Commit {
    const { sha256, sign, now } = this.#parts;
    const { no } = this.#open;
    const t = Math.max(now(), records.at(-1)?.t ?? 0);
    const { leaves, keys, k, chain, head } = this.#open.append(records, t);
    const tail = { no, k, chain, head, sig: sign(tailMessage(sha256, chain, head), no) };
    return {
      leaves,
      keys,
      tail,
      outbox,
      settled: settledBy(inputs),
      files: filesOf(inputs, enclosed),
      streams: enclosed.streams ?? [],
      outboxShift: enclosed.outboxShift ?? 0,
      meta: enclosed.meta ?? [],
    };
  }
}

/** The record as it is journaled. */
function place(record: InputRecord, seq: number, maxGapMs: number): LogRecord {
  record.seq = seq;
  record.body = markBackfilled(record, maxGapMs);
  if (!isPlaced(record)) throw new Error('a record without its place');
  return record;
}

function isPlaced(record: InputRecord): record is InputRecord & LogRecord {
  return record.seq !== undefined;
}

/** Hardly an input brings any: a list for each of them was garbage of the hot path. */
function settledBy(inputs: readonly Input[]): Settled[] {
  const all: Settled[] = [];
  for (const { settled } of inputs) if (settled !== undefined) all.push(...settled);
  return all;
}

function filesOf(inputs: readonly Input[], enclosed: Enclosed): StoredFile[] {
  const all = [...(enclosed.files ?? [])];
  for (const { files } of inputs) if (files !== undefined) all.push(...files);
  return all;
}
