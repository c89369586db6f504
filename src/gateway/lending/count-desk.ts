import { randomBytes } from 'node:crypto';
import type { Count, CountOrder } from '../../api/count-types.ts';
import type { Actor, Counting } from '../../api/port.ts';
import { HttpProblem } from '../../api/problem.ts';
import type { StoredFile } from '../../domain/commit.ts';
import { Refused } from '../../domain/errors.ts';
import type { CountReply } from '../../domain/goods/documents.ts';
import type { ControlState } from '../../domain/goods/status.ts';
import { readStatement, type SignedStatement } from '../../evidence/statement.ts';
import {
  EVENTS_SLOT,
  RecordType,
  StatementKind,
  type ActBody,
  type LogRecord,
  type StatementBody,
} from '../../domain/record.ts';
import { hexOf } from '../../domain/hex.ts';
import { recordText } from '../../domain/text.ts';
import { readDocument, writeDocument } from '../../goods/document-reader.ts';
import type { Blocks } from '../recording/blocks.ts';
import { sha256 } from '../site/primitives.ts';
import { countsIn, countsNote, listsIn, type KeptCount } from './count-notes.ts';
import { CountRun, type Counted, type CountedReceipt, type CountRunParts } from './count-run.ts';

export type CountDeskParts = CountRunParts & {
  readonly journal: { meta(key: string): string | null; file(sha256: Uint8Array): Uint8Array | null };
  readonly record: Blocks['record'];
  /** null for a receipt that there is none of. */
  readonly receipt: (id: string) => CountedReceipt | null;
  readonly control: (receipt: string) => ControlState | null;
  /** Evidence against wall clock, ms, and what is claimed of the clock. */
  readonly clock: () => { readonly driftMs: number; readonly src: number; readonly err: number | null };
  /** Signs a document about a receipt as of an instant. */
  readonly sign: (receipt: string, document: string, asOf: number) => SignedStatement;
  readonly nameOf: (actor: number) => string;
  readonly onError: (error: unknown) => void;
};

/** Of one receipt in 24 hours; beyond it a signed refusal, and beyond those no answer that is on record. */
const PER_DAY = 6;
const REFUSALS_PER_DAY = 20;
const DAY_MS = 86_400_000;

/**
 * Challenges to count now: each is on record before anything is done, is done once, and leaves a signed reply. Nobody at
 * the warehouse can end one; a stop of the gateway does, and then it is incomplete.
 */
export class CountDesk implements Counting, Disposable {
  readonly #parts: CountDeskParts;
  readonly #running = new Map<string, { readonly run: CountRun; readonly timer: NodeJS.Timeout }>();
  readonly #over = new AbortController();
  #counts: readonly KeptCount[];

  /** Ends what an earlier process left. @throws StorageError */
  constructor(parts: CountDeskParts) {
    this.#parts = parts;
    this.#counts = countsIn(parts.journal);
    for (const kept of this.#counts) {
      if (kept.document === null)
        this.#finish(kept, this.#runOf(kept), 'the gateway stopped before it was done');
    }
  }

  start(receipt: string, { actor, role, ...order }: CountOrder & Actor): Count {
    const known = this.#find(receipt, order.challengeId);
    if (known !== null) {
      if (sameOrder(known, order)) return this.#countOf(known);
      throw new Refused(
        'CONFLICT',
        `challenge ${order.challengeId} was another order; give a new one its own id`,
      );
    }
    const what = this.#parts.receipt(receipt);
    if (what === null) throw new Refused('NOT_FOUND', `there is no receipt ${receipt}`);
    const now = this.#parts.now();
    if (order.deadline <= now || order.deadline > now + DAY_MS)
      throw new Refused('INVALID', `deadline=${order.deadline} must be within 24 h from now (${now})`);
    if (order.kind === 'rfid-count' && what.expected === null)
      throw new Refused('INVALID', 'this receipt names no tags; ask for weigh or snapshot');
    const kept = { ...order, receipt, receivedAt: now, by: this.#parts.nameOf(actor) };
    const open: KeptCount = { ...kept, document: null, annex: null, statement: null };
    const isRefused = this.#isTooMany(receipt, now);
    const body: ActBody = [
      actor,
      recordText(role),
      'count',
      receipt,
      null,
      recordText(`${order.kind} ${order.challengeId} ${order.nonce}`),
      '',
      isRefused ? 1 : 0,
    ];
    this.#write([...this.#counts, open], { type: RecordType.act, body, files: [] });
    if (isRefused) return this.#refuse(open, what);
    const run = this.#runOf(open, what);
    const timer = setTimeout(() => this.#look(open), Math.max(0, order.deadline - now) + 1);
    timer.unref();
    this.#running.set(keyOf(open), { run, timer });
    run.takePictures(this.#over.signal).then(() => this.#look(open), this.#parts.onError);
    return this.#countOf(open);
  }

  find(receipt: string, challengeId: string): Count | null {
    const found = this.#find(receipt, challengeId);
    return found === null ? null : this.#countOf(found);
  }

  list(receipt: string): readonly Count[] {
    return this.#counts.filter((c) => c.receipt === receipt).map((c) => this.#countOf(c));
  }

  running(): readonly Count[] {
    return this.#counts.filter((c) => c.document === null).map((c) => this.#countOf(c));
  }

  /** Told of each commit. */
  noteCommit(records: readonly LogRecord[]): void {
    if (this.#running.size === 0) return;
    for (const { run } of this.#running.values()) for (const record of records) run.take(record);
    // Not within the commit: a reply is a commit of its own.
    setImmediate(() => {
      for (const kept of this.#counts) if (kept.document === null) this.#look(kept);
    });
  }

  [Symbol.dispose](): void {
    this.#over.abort();
    for (const { timer } of this.#running.values()) clearTimeout(timer);
    this.#running.clear();
  }

  #look(kept: KeptCount): void {
    const running = this.#running.get(keyOf(kept));
    if (running === undefined || !running.run.isDone(this.#parts.now())) return;
    clearTimeout(running.timer);
    this.#running.delete(keyOf(kept));
    try {
      this.#finish(kept, running.run, null);
    } catch (error) {
      this.#parts.onError(error);
    }
  }

  #runOf(kept: KeptCount, what = this.#parts.receipt(kept.receipt)): CountRun {
    const nothing = { zone: 'unknown', expected: null, references: [], scale: null };
    return new CountRun(this.#parts, kept.receipt, kept, what ?? nothing, randomBytes(32));
  }

  #refuse(kept: KeptCount, what: CountedReceipt): Count {
    const { reply } = this.#runOf(kept, what).finish(
      this.#parts.now(),
      `more than ${PER_DAY} counts a day of one receipt`,
    );
    const refusal: CountReply = { ...reply, ...NOTHING_SEEN, result: 'refused' };
    return this.#countOf(this.#settle(kept, { reply: refusal, lists: null, salt: '' }));
  }

  #finish(kept: KeptCount, run: CountRun, broken: string | null): void {
    this.#settle(kept, run.finish(this.#parts.now(), broken));
  }

  /** The reply and all that belongs to it are one commit: if we die before it, the next start says that it was not done. */
  #settle(kept: KeptCount, { reply, lists, salt }: Counted): KeptCount {
    const document = writeDocument(reply);
    const annex =
      lists === null
        ? null
        : Buffer.from(JSON.stringify({ salt, missing: lists.missing, unexpected: lists.unexpected }));
    const named = hexOf(sha256(document));
    const signed = Buffer.from(
      JSON.stringify(this.#parts.sign(kept.receipt, this.#textOf(reply, named), reply.finishedAt)),
    );
    const files: StoredFile[] = [document, signed, ...(annex === null ? [] : [annex])].map((bytes) => ({
      sha256: sha256(bytes),
      bytes,
    }));
    const settled: KeptCount = {
      ...kept,
      document: named,
      annex: annex === null ? null : hexOf(sha256(annex)),
      statement: hexOf(sha256(signed)),
    };
    const body: StatementBody = [
      StatementKind.count,
      kept.receipt,
      reply.seen,
      sha256(document),
      recordText(kept.challengeId),
    ];
    const counts = this.#counts.map((c) => (keyOf(c) === keyOf(kept) ? settled : c));
    this.#write(counts, { type: RecordType.statement, body, files });
    return settled;
  }

  /** With what the gateway knows beside the count: the state of control after it, and its clock. */
  #textOf(reply: CountReply, document: string): string {
    const { clock, control } = this.#parts;
    const state = reply.receipt === null ? null : control(reply.receipt);
    return JSON.stringify({ document, reply, control: state, clock: clock() });
  }

  #write(
    counts: readonly KeptCount[],
    {
      type,
      body,
      files,
    }: { readonly type: RecordType; readonly body: LogRecord['body']; readonly files: readonly StoredFile[] },
  ): void {
    const records = [{ slot: EVENTS_SLOT, t: this.#parts.now(), type, body }];
    this.#parts.record({ records, files }, { meta: [countsNote(counts)] });
    this.#counts = counts;
  }

  #find(receipt: string, challengeId: string): KeptCount | null {
    return this.#counts.find((c) => c.receipt === receipt && c.challengeId === challengeId) ?? null;
  }

  #isTooMany(receipt: string, now: number): boolean {
    const today = this.#counts.filter((c) => c.receipt === receipt && c.receivedAt > now - DAY_MS);
    if (today.length >= PER_DAY + REFUSALS_PER_DAY) {
      const why = `more than ${PER_DAY} counts a day of one receipt`;
      throw new HttpProblem(429, 'TOO_MANY', why, { 'retry-after': '3600' });
    }
    return today.length >= PER_DAY;
  }

  #countOf(kept: KeptCount): Count {
    const { annex, statement, ...count } = kept;
    const reply = this.#replyOf(kept.document);
    const lists = annex === null ? null : listsIn(this.#fileOf(annex));
    const signed = statement === null ? null : readStatement(this.#fileOf(statement));
    return { ...count, state: reply === null ? 'running' : 'done', reply, statement: signed, lists };
  }

  #replyOf(document: string | null): CountReply | null {
    if (document === null) return null;
    const read = readDocument(this.#fileOf(document));
    return read.ok && read.value.kind === 'count' ? read.value : null;
  }

  #fileOf(hex: string): Uint8Array {
    return this.#parts.journal.file(Buffer.from(hex, 'hex')) ?? new Uint8Array();
  }
}

const NOTHING_SEEN = {
  readers: [],
  snapshots: [],
  weights: [],
  expected: 0,
  seen: 0,
  missing: 0,
  unexpected: 0,
  epcSetHash: null,
} as const;

function keyOf({ receipt, challengeId }: Pick<KeptCount, 'receipt' | 'challengeId'>): string {
  return `${receipt} ${challengeId}`;
}

function sameOrder(a: CountOrder, b: CountOrder): boolean {
  return a.nonce === b.nonce && a.kind === b.kind && a.deadline === b.deadline;
}
