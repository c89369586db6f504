import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { CommandOrder, NoticeOrder, OutboxEntry, Settled } from '../domain/commit.ts';
import { StorageError } from '../domain/errors.ts';
import { integer, integerOrNull, text, type Row } from './rows.ts';
import { guarded } from './storage-failure.ts';

/** An entry that waits, with the tries it has had. */
export type WaitingEntry = OutboxEntry & { readonly attempts: number; readonly dueAt: number };

/**
 * What is still to be done in the world. Written only inside the transaction of the records that
 * caused or settled it, so nothing is sent that the journal does not know of, and nothing is lost.
 */
export class SqliteOutbox {
  readonly #put: StatementSync;
  readonly #remove: StatementSync;
  readonly #delay: StatementSync;
  readonly #due: StatementSync;
  readonly #next: StatementSync;
  readonly #depth: StatementSync;
  readonly #shift: StatementSync;

  constructor(db: DatabaseSync) {
    // The same alarm may be called again while its last notice still waits: that stays one entry,
    // worth something for longer, and its tries go on counting.
    this.#put = db.prepare(
      `INSERT INTO outbox (key, t, expiry, attempts, due_at, body) VALUES (?, ?, ?, 0, ?, ?)
       ON CONFLICT (key) DO UPDATE SET expiry = max(expiry, excluded.expiry)`,
    );
    this.#remove = db.prepare('DELETE FROM outbox WHERE key = ?');
    this.#delay = db.prepare('UPDATE outbox SET attempts = ?, due_at = ? WHERE key = ?');
    this.#due = db.prepare(
      `SELECT key, t, expiry, attempts, due_at, body FROM outbox
       WHERE due_at <= ? ORDER BY due_at, rowid`,
    );
    this.#next = db.prepare('SELECT min(due_at) AS due_at FROM outbox');
    this.#shift = db.prepare('UPDATE outbox SET t = t + ?, expiry = expiry + ?, due_at = due_at + ?');
    this.#depth = db.prepare('SELECT count(*) AS depth FROM outbox');
  }

  /** Entries due at evidence time `now`, those waiting longest first. */
  due(now: number, limit: number): WaitingEntry[] {
    // Not by LIMIT: SQLite plans a query with a bound limit anew each time it runs.
    return guarded('reading the outbox', () => [...this.#due.iterate(now).take(limit)]).map(entryOf);
  }

  /** When the next entry is due, evidence time in ms; null with nothing waiting. */
  nextDueAt(): number | null {
    const row = guarded('reading the outbox', () => this.#next.get());
    return row === undefined ? null : integerOrNull(row, 'due_at');
  }

  /** Entries not yet carried out. */
  depth(): number {
    const row = guarded('reading the outbox', () => this.#depth.get());
    return row === undefined ? 0 : integer(row, 'depth');
  }

  /** Within the caller's transaction. */
  put(entries: readonly OutboxEntry[]): void {
    for (const e of entries) this.#put.run(e.key, e.t, e.expiry, e.t, JSON.stringify(e.body));
  }

  /** Evidence time was set by `a` ms. Within the caller's transaction. */
  shift(a: number): void {
    this.#shift.run(a, a, a);
  }

  /** Within the caller's transaction. */
  settle(outcomes: readonly Settled[]): void {
    for (const o of outcomes) {
      if (o.state === 'retry') this.#delay.run(o.attempt, o.dueAt, o.key);
      else this.#remove.run(o.key);
    }
  }
}

export function entryOf(row: Row): WaitingEntry {
  const body: unknown = JSON.parse(text(row, 'body'));
  if (!isOrder(body)) throw new StorageError('CORRUPT', `outbox entry ${text(row, 'key')} is no order`);
  return {
    key: text(row, 'key'),
    kind: body.kind,
    t: integer(row, 't'),
    expiry: integer(row, 'expiry'),
    body,
    attempts: integer(row, 'attempts'),
    dueAt: integer(row, 'due_at'),
  };
}

function isOrder(value: unknown): value is NoticeOrder | CommandOrder {
  if (typeof value !== 'object' || value === null || !('kind' in value)) return false;
  return value.kind === 'notice' ? 'alarm' in value : value.kind === 'command' && 'device' in value;
}
