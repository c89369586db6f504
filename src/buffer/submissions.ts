import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { StorageError } from '../domain/errors.ts';
import { bytes, integerOrNull, text, textOrNull, type Row } from './rows.ts';
import { guarded } from './storage-failure.ts';
import type { Transactions } from './transactions.ts';

const KINDS = ['anchor', 'key', 'order'] as const;
const STATES = ['staged', 'submitted', 'final', 'refused', 'dropped'] as const;

/** A signed ledger transaction, durable before any byte of it is sent (ledger section 7). */
export type NewSubmission = {
  /** Transaction id, known beforehand. */
  readonly id: string;
  readonly kind: (typeof KINDS)[number];
  /** logId of an anchor or key operation; one submission is in flight per log. */
  readonly log: string | null;
  /** New size of an anchor. */
  readonly size: number | null;
  /** What was asked, as JSON. */
  readonly request: string;
  /** Id of the receipt, pledge or order that it makes. */
  readonly makes: string | null;
  /** The bytes to send and, as long as the outcome is unknown, to send again. */
  readonly raw: Uint8Array;
  /** Sending account; one submission is in flight per account. */
  readonly sender: string;
  readonly nonce: number | null;
};

export type StoredSubmission = NewSubmission & {
  readonly state: (typeof STATES)[number];
  /** Why it was refused or dropped, for people. */
  readonly why: string | null;
};

/** What became of it. `final` of an anchor carries the ledger's proof as JSON, null of an order. */
export type SubmissionChange =
  | { readonly state: 'submitted' }
  | { readonly state: 'final'; readonly proof: string | null }
  | { readonly state: 'refused' | 'dropped'; readonly why: string };

/** Transactions on their way to a ledger, and those that arrived. */
export class SqliteSubmissions {
  readonly #transactions: Transactions;
  readonly #insert: StatementSync;
  readonly #move: StatementSync;
  readonly #proof: StatementSync;
  readonly #find: StatementSync;
  readonly #flying: StatementSync;
  readonly #last: StatementSync;
  readonly #finals: StatementSync;

  constructor(db: DatabaseSync, transactions: Transactions) {
    this.#transactions = transactions;
    this.#insert = db.prepare(
      `INSERT INTO submission (id, kind, log, size, request, makes, raw, sender, nonce, state)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, 'staged')`,
    );
    this.#move = db.prepare(
      `UPDATE submission SET state = ?, why = ? WHERE id = ? AND state IN ('staged', 'submitted')`,
    );
    this.#proof = db.prepare(
      'INSERT INTO ledger_proof (size, proof) VALUES (?, ?) ON CONFLICT DO UPDATE SET proof = excluded.proof',
    );
    this.#find = db.prepare('SELECT * FROM submission WHERE id = ?');
    this.#flying = db.prepare(
      `SELECT * FROM submission WHERE state IN ('staged', 'submitted') ORDER BY rowid`,
    );
    this.#last = db.prepare(
      `SELECT * FROM submission WHERE log = ? AND kind = 'anchor' AND state = 'final' ORDER BY size DESC LIMIT 1`,
    );
    this.#finals = db.prepare(
      `SELECT count(*) AS n FROM submission WHERE log = ? AND request = ? AND state = 'final'`,
    );
  }

  /** Stores it as staged. Throws, storing nothing, while another of its log or sender is in flight. */
  stage(s: NewSubmission): void {
    this.#transactions.run(`staging ${s.kind} ${s.id}`, () => {
      const other = this.inFlight().find((o) => o.sender === s.sender || (s.log !== null && o.log === s.log));
      if (other !== undefined) throw new Error(`${s.id} must wait: ${other.id} is ${other.state}`);
      const { id, kind, log, size, request, makes, raw, sender, nonce } = s;
      this.#insert.run(id, kind, log, size, request, makes, raw, sender, nonce);
    });
  }

  /** Moves one that is in flight; the proof of an anchor is stored beside its checkpoint with it. */
  update(id: string, change: SubmissionChange): void {
    this.#transactions.run(`submission ${id} becomes ${change.state}`, () => {
      const why = 'why' in change ? change.why : null;
      if (Number(this.#move.run(change.state, why, id).changes) !== 1) {
        throw new Error(`${id} cannot become ${change.state}: it is ${this.find(id)?.state ?? 'not known'}`);
      }
      if (change.state !== 'final' || change.proof === null) return;
      const size = this.find(id)?.size ?? null;
      if (size === null) throw new Error(`${id} anchors no size, yet has a ledger proof`);
      this.#proof.run(size, change.proof);
    });
  }

  find(id: string): StoredSubmission | null {
    return one(() => this.#find.get(id));
  }

  /** Staged and submitted ones, oldest first: what a start asks the ledger about. */
  inFlight(): StoredSubmission[] {
    return guarded('reading submissions', () => this.#flying.all()).map(submissionOf);
  }

  /** Whether what was asked of this log's ledger in these words became final. */
  isFinal(log: string, request: string): boolean {
    return Number(guarded('reading submissions', () => this.#finals.get(log, request))?.['n']) > 0;
  }

  /** The anchor of the greatest size that is final on this log's ledger. */
  lastFinal(log: string): StoredSubmission | null {
    return one(() => this.#last.get(log));
  }
}

function one(get: () => Row | undefined): StoredSubmission | null {
  const row = guarded('reading submissions', get);
  return row === undefined ? null : submissionOf(row);
}

function submissionOf(row: Row): StoredSubmission {
  return {
    id: text(row, 'id'),
    kind: oneOf(KINDS, text(row, 'kind')),
    log: textOrNull(row, 'log'),
    size: integerOrNull(row, 'size'),
    request: text(row, 'request'),
    makes: textOrNull(row, 'makes'),
    raw: bytes(row, 'raw'),
    sender: text(row, 'sender'),
    nonce: integerOrNull(row, 'nonce'),
    state: oneOf(STATES, text(row, 'state')),
    why: textOrNull(row, 'why'),
  };
}

function oneOf<T extends string>(words: readonly T[], found: string): T {
  const word = words.find((w) => w === found);
  if (word === undefined) throw new StorageError('CORRUPT', `a submission has the unknown word ${found}`);
  return word;
}
