import { createHash } from 'node:crypto';
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { SlotKey, StreamRow, TailLeaf, TailRow } from '../domain/commit.ts';
import { StorageError } from '../domain/errors.ts';
import { unpackLeaves } from '../domain/packed-leaves.ts';
import { journalPath, openForReading } from './connection.ts';
import { epochDirectory, newestEpoch } from './epochs.ts';
import { bytes, integer, integerOrNull, text, type Row } from './rows.ts';
import { entryOf, type WaitingEntry } from './outbox.ts';
import { readPicture } from './picture-store.ts';
import { requireSchema } from './schema.ts';
import { guarded } from './storage-failure.ts';
import {
  SEGMENT,
  SLOTS,
  blockOf,
  noteOf,
  segmentId,
  segmentOf,
  snapshotOf,
  streamOf,
  tailCommitOf,
  tailRowOf,
  type StoredBlock,
  type StoredNote,
  type StoredSegment,
  type StoredSnapshot,
} from './stored.ts';

/**
 * Reads the journal. Over a writer's connection it sees the writer's world, over its own one the
 * last committed state. A walk over history asks block by block and so never holds a snapshot,
 * which would keep the WAL from being copied in. @throws StorageError from every method
 */
export class SqliteArchive implements Disposable {
  protected readonly db: DatabaseSync;
  readonly #pictures: string | null;
  readonly #prepared = new Map<string, StatementSync>();

  /** @param pictures data directory whose pictures are found, too; null for none */
  constructor(db: DatabaseSync, pictures: string | null = null) {
    this.db = db;
    this.#pictures = pictures;
  }

  /** Number of sealed blocks: the size of the log. */
  size(): number {
    return this.#one('SELECT coalesce(max(no) + 1, 0) AS size FROM block', (r) => integer(r, 'size')) ?? 0;
  }

  block(no: number): StoredBlock | null {
    return this.#one('SELECT no, t0, t1, block FROM block WHERE no = ?', blockOf, no);
  }

  /** Blocks a ≤ no < b that reach from the first to the last one meeting [t1, t2); a = b for none. */
  blocksBetween(t1: number, t2: number): { readonly a: number; readonly b: number } {
    const sql = 'SELECT min(no) AS a, max(no) + 1 AS b FROM block WHERE t0 < ? AND t1 > ?';
    const [a, b] = this.#one(sql, (r) => [integerOrNull(r, 'a'), integerOrNull(r, 'b')], t2, t1) ?? [];
    return { a: a ?? 0, b: b ?? 0 };
  }

  segment(no: number, slot: number): StoredSegment | null {
    return this.#one(`SELECT ${SEGMENT} WHERE s.id = ?`, segmentOf, segmentId(no, slot));
  }

  /** CBOR of S of every slot of a block, in slot order: what a slot's path is made from. */
  segmentHeads(no: number): Uint8Array[] {
    const sql = 'SELECT segment FROM segment WHERE id BETWEEN ? AND ? ORDER BY id';
    return this.#every(sql, (r) => bytes(r, 'segment'), segmentId(no, 0), segmentId(no, SLOTS - 1));
  }

  /** Bytes of S and of the leaves of every slot of a block, in slot order, which are not read for it. */
  segmentSizes(no: number): { readonly segment: number; readonly leaves: number }[] {
    const sql =
      'SELECT length(segment) AS segment, length(leaves) AS leaves FROM segment WHERE id BETWEEN ? AND ? ORDER BY id';
    return this.#every(
      sql,
      (r) => ({ segment: integer(r, 'segment'), leaves: integer(r, 'leaves') }),
      segmentId(no, 0),
      segmentId(no, SLOTS - 1),
    );
  }

  /** Whether leaves of this segment were erased. */
  isErased(no: number, slot: number): boolean {
    return this.#one('SELECT id FROM erased WHERE id = ?', () => true, segmentId(no, slot)) ?? false;
  }

  /** In how many segments of the whole journal leaves were erased. */
  erasedSegments(): number {
    return this.#one('SELECT count(*) AS n FROM erased', (r) => integer(r, 'n')) ?? 0;
  }

  /** The acts of slot 0 by which leaves of this block were erased, each once. */
  erasingActs(no: number): { readonly block: number; readonly seq: number }[] {
    return this.#every(
      'SELECT DISTINCT act_block, act_seq FROM erased WHERE id BETWEEN ? AND ? ORDER BY act_block, act_seq',
      (r) => ({ block: integer(r, 'act_block'), seq: integer(r, 'act_seq') }),
      segmentId(no, 0),
      segmentId(no, SLOTS - 1),
    );
  }

  /** One stream's segments of blocks fromNo ≤ no < toNo, those blocks left out that have none. */
  *segmentsOf(slot: number, fromNo: number, toNo: number): Generator<StoredSegment, void, void> {
    for (let no = fromNo; no < toNo; no += 1) {
      const segment = this.segment(no, slot);
      if (segment !== null) yield segment;
    }
  }

  /** Root of the perfect subtree [index · 2^level, (index + 1) · 2^level) of the log. */
  node(level: number, index: number): Uint8Array | null {
    const sql = 'SELECT hash FROM log_node WHERE level = ? AND idx = ?';
    return this.#one(sql, (r) => bytes(r, 'hash'), level, index);
  }

  /** Roots of `count` perfect subtrees of this level from `index` on, those left out that are not complete. */
  nodesFrom(level: number, index: number, count: number): Uint8Array[] {
    const sql = 'SELECT hash FROM log_node WHERE level = ? AND idx >= ? AND idx < ? ORDER BY idx';
    return this.#every(sql, (r) => bytes(r, 'hash'), level, index, index + count);
  }

  /** CBOR of B of `count` blocks from `no` on, as far as there are so many. */
  blocksFrom(no: number, count: number): Uint8Array[] {
    const sql = 'SELECT block FROM block WHERE no >= ? AND no < ? ORDER BY no';
    return this.#every(sql, (r) => bytes(r, 'block'), no, no + count);
  }

  note(size: number): string | null {
    return this.#one('SELECT note FROM note WHERE size = ?', (r) => text(r, 'note'), size);
  }

  latestNote(): StoredNote | null {
    return this.#one('SELECT size, note FROM note ORDER BY size DESC LIMIT 1', noteOf);
  }

  /** Notes of sizes from ≤ size ≤ to, in order. */
  *notesBetween(from: number, to: number): Generator<StoredNote, void, void> {
    const sql = 'SELECT size, note FROM note WHERE size BETWEEN ? AND ? ORDER BY size LIMIT 1';
    let found = this.#one(sql, noteOf, from, to);
    while (found !== null) {
      yield found;
      found = this.#one(sql, noteOf, found.size + 1, to);
    }
  }

  /** What a ledger gave back for the checkpoint of this size, as JSON. */
  ledgerProof(size: number): string | null {
    return this.#one('SELECT proof FROM ledger_proof WHERE size = ?', (r) => text(r, 'proof'), size);
  }

  /** The smallest size ≥ `size` that a ledger holds; null while none does. */
  anchoredSize(size: number): number | null {
    const sql = 'SELECT min(size) AS size FROM ledger_proof WHERE size >= ?';
    return this.#one(sql, (r) => integerOrNull(r, 'size'), size);
  }

  /** Bytes with this hash. @throws StorageError CORRUPT when the bytes kept have another one */
  file(sha256: Uint8Array): Uint8Array | null {
    const found = this.#one('SELECT bytes FROM file WHERE sha256 = ?', (r) => bytes(r, 'bytes'), sha256);
    if (found !== null) requireHash(sha256, found);
    return found ?? this.#picture(sha256);
  }

  /** Bytes of a file that is kept; null for one that is not. */
  fileSize(sha256: Uint8Array): number | null {
    const sql = 'SELECT length(bytes) AS n FROM file WHERE sha256 = ?';
    const found = this.#one(sql, (r) => integer(r, 'n'), sha256);
    return found ?? this.#picture(sha256)?.length ?? null;
  }

  #picture(sha256: Uint8Array): Uint8Array | null {
    const directory = this.#pictures;
    return directory === null ? null : guarded('reading a picture', () => readPicture(directory, sha256));
  }

  /** Deciding state at the end of the newest sealed block. @throws StorageError CORRUPT like `file` */
  snapshot(): StoredSnapshot | null {
    const row = this.#one('SELECT size, sha256, bytes FROM snapshot', snapshotOf);
    if (row === null) return null;
    const pages = this.#every('SELECT bytes FROM snapshot_page ORDER BY no', (r) => bytes(r, 'bytes'));
    const found = { ...row, bytes: pages.length === 0 ? row.bytes : new Uint8Array(Buffer.concat(pages)) };
    requireHash(found.sha256, found.bytes);
    return found;
  }

  /** Every descriptor that was ever in force, by slot and then by opening block. */
  streams(): StreamRow[] {
    return this.#every(
      'SELECT slot, dev, ch, descriptor, opened_block, closed_block FROM stream ORDER BY slot, opened_block',
      streamOf,
    );
  }

  tailRow(): TailRow | null {
    return this.#one('SELECT no, k, chain, head, sig FROM tail_row', tailRowOf);
  }

  /**
   * The open block's leaves in the order of their commits; of a damaged commit those before
   * the damage. Finish the walk before the next write.
   */
  *tailLeaves(): Generator<TailLeaf, void, void> {
    // A statement of its own: a second walk would reset a shared one.
    const sql = 'SELECT k, n, leaves FROM tail ORDER BY k';
    const rows = guarded('reading the tail', () => this.db.prepare(sql).iterate());
    for (;;) {
      const row = guarded('reading the tail', () => rows.next());
      if (row.done === true) return;
      const { k, leaves } = tailCommitOf(row.value);
      for (const leaf of unpackLeaves(leaves)) yield { k, ...leaf };
    }
  }

  /** How many leaves the open block should have. */
  tailCount(): number {
    return this.#one('SELECT coalesce(sum(n), 0) AS n FROM tail', (r) => integer(r, 'n')) ?? 0;
  }

  tailKeys(): SlotKey[] {
    return this.#every('SELECT slot, key FROM tail_key ORDER BY slot', (r) => ({
      slot: integer(r, 'slot'),
      key: bytes(r, 'key'),
    }));
  }

  /**
   * Everything `look` reads is of one moment, whatever is committed meanwhile. Keep it short: the
   * WAL is not copied in before it ends.
   */
  atOneMoment<T>(look: () => T): T {
    guarded('beginning to read', () => this.db.exec('BEGIN'));
    try {
      return look();
    } finally {
      guarded('ending to read', () => this.db.exec('COMMIT'));
    }
  }

  /** A value of the gateway's own that is no evidence, e.g. a cursor. */
  meta(key: string): string | null {
    return this.#one('SELECT value FROM meta WHERE key = ?', (r) => text(r, 'value'), key);
  }

  /** What is still to be done in the world, oldest first. */
  waitingEntries(): WaitingEntry[] {
    const sql = 'SELECT key, t, expiry, attempts, due_at, body FROM outbox ORDER BY rowid';
    return this.#every(sql, entryOf);
  }

  [Symbol.dispose](): void {
    if (this.db.isOpen) this.db.close();
  }

  #statement(sql: string): StatementSync {
    const known = this.#prepared.get(sql);
    if (known !== undefined) return known;
    const made = this.db.prepare(sql);
    this.#prepared.set(sql, made);
    return made;
  }

  #one<T>(sql: string, make: (row: Row) => T, ...values: (number | Uint8Array | string)[]): T | null {
    const row = guarded('reading the journal', () => this.#statement(sql).get(...values));
    return row === undefined ? null : make(row);
  }

  #every<T>(sql: string, make: (row: Row) => T, ...values: number[]): T[] {
    return guarded('reading the journal', () => this.#statement(sql).all(...values)).map(make);
  }
}

function requireHash(sha256: Uint8Array, kept: Uint8Array): void {
  const found = createHash('sha256').update(kept).digest();
  if (found.equals(sha256)) return;
  const wanted = Buffer.from(sha256).toString('hex');
  throw new StorageError('CORRUPT', `the file kept as ${wanted} has the hash ${found.toString('hex')}`);
}

/**
 * The journal of a data directory, or of a copy of one, read-only.
 * @param epoch the newest one when left out
 * @throws StorageError
 */
export function openArchive(directory: string, epoch = newestEpoch(directory)): SqliteArchive {
  const path = journalPath(epochDirectory(directory, epoch));
  const db = openForReading(path);
  try {
    requireSchema(db, path);
    return new SqliteArchive(db, directory);
  } catch (error) {
    db.close();
    throw error;
  }
}
