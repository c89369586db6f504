import type { DatabaseSync } from 'node:sqlite';
import { guarded } from './storage-failure.ts';
import { segmentId } from './stored.ts';
import type { Transactions } from './transactions.ts';

/** Leaves of one segment that are to go: their key goes with them, and `rest` is what stays of the others. */
export type SegmentErasure = {
  readonly no: number;
  readonly slot: number;
  /** The act of slot 0 that ordered it. */
  readonly act: { readonly block: number; readonly seq: number };
  readonly rest: Uint8Array | null;
};

/** CBOR of []: an erased segment's own row holds no leaves. */
const NO_LEAVES = Uint8Array.of(0x80);

/**
 * Takes sealed leaves and their keys out of the file for good. The writer's connection overwrites what
 * it deletes (secure_delete), so the file itself holds none of it after the commit was copied into it.
 */
export class SqliteErasing {
  readonly #db: DatabaseSync;
  readonly #transactions: Transactions;

  constructor(db: DatabaseSync, transactions: Transactions) {
    this.#db = db;
    this.#transactions = transactions;
  }

  /** One step of an erasure, in one transaction; done again it changes nothing. @throws StorageError */
  erase(segments: readonly SegmentErasure[]): void {
    this.#transactions.run(`erasing in ${segments.length} segments`, () => {
      const empty = this.#db.prepare('UPDATE segment SET key = NULL, leaves = ? WHERE id = ?');
      const note = this.#db.prepare(
        'INSERT OR REPLACE INTO erased (id, act_block, act_seq, rest) VALUES (?, ?, ?, ?)',
      );
      for (const { no, slot, act, rest } of segments) {
        const id = segmentId(no, slot);
        if (Number(empty.run(NO_LEAVES, id).changes) !== 1)
          throw new Error(`block ${no} has no segment of slot ${slot}`);
        note.run(id, act.block, act.seq, rest);
      }
    });
  }

  /**
   * Copies the write-ahead log into the file and empties it: what was overwritten there stands nowhere
   * any more. False while a reader still needs it; ask again later. Waits for nobody.
   */
  emptyLog(): boolean {
    return guarded('emptying the write-ahead log', () => {
      const before = this.#db.prepare('PRAGMA busy_timeout').get()?.['timeout'];
      this.#db.exec('PRAGMA busy_timeout = 0');
      try {
        return this.#db.prepare('PRAGMA wal_checkpoint(TRUNCATE)').get()?.['busy'] === 0;
      } finally {
        this.#db.exec(`PRAGMA busy_timeout = ${Number(before)}`);
      }
    });
  }
}
