import type { ControlChanges, SignedStatement } from '../../api/receipt-types.ts';
import type { ControlState } from '../../domain/goods/status.ts';
import type { SqliteJournal } from '../../buffer/journal.ts';
import { EVENTS_SLOT, RecordType, type BlobBody } from '../../domain/record.ts';
import { fromHex, toHex, utf8 } from '../../evidence/encodings.ts';
import { readStatement } from '../../evidence/statement.ts';
import type { SignedPost } from '../../notify/webhook.ts';
import type { Blocks } from '../recording/blocks.ts';
import { sha256 } from '../site/primitives.ts';
import {
  changesIn,
  changesNote,
  MOST_CHANGES,
  toldNote,
  type KeptChange,
  type KeptChanges,
} from './change-notes.ts';
import type { ReceiptView } from './view.ts';

export type ChangesParts = {
  readonly view: Pick<ReceiptView, 'controls' | 'status' | 'sign'>;
  readonly journal: Pick<SqliteJournal, 'meta' | 'putMeta' | 'file'>;
  readonly record: Blocks['record'];
  readonly now: () => number;
  readonly channels: ReadonlyMap<string, SignedPost>;
  readonly onError: (error: unknown) => void;
};

/** Control also changes while no record comes, so it is looked at by the clock, well within a minute. */
const EVERY_MS = 2000;
const FIRST_WAIT_MS = 1000;
const LONGEST_WAIT_MS = 60_000;
const PATIENCE_MS = 30_000;

type Channel = {
  readonly id: string;
  readonly post: SignedPost;
  told: number;
  waitMs: number;
  notBefore: number;
  isBusy: boolean;
  lastError: string | null;
};

/**
 * Tells each change of a receipt's control: signed, numbered without a gap, journaled before it is told, and told
 * until the receiver takes it. Who misses a number asks for it again.
 */
export class ControlChangesDesk implements Disposable {
  readonly #parts: ChangesParts;
  readonly #timer: NodeJS.Timeout;
  readonly #over = new AbortController();
  readonly #channels: readonly Channel[];
  #kept: KeptChanges;
  /** Evidence time of the last look, ms. */
  #lookedAt: number;

  /** @throws StorageError CORRUPT */
  constructor(parts: ChangesParts) {
    const { journal, channels } = parts;
    this.#parts = parts;
    this.#kept = changesIn(journal);
    this.#lookedAt = parts.now();
    this.#channels = [...channels].map(([id, post]) => {
      const told = Number(journal.meta(toldNote(id)) ?? 0);
      return { id, post, told, waitMs: FIRST_WAIT_MS, notBefore: 0, isBusy: false, lastError: null };
    });
    this.#timer = setInterval(() => this.#look(), EVERY_MS);
    this.#timer.unref();
  }

  /** Changes after a number, the oldest first, and how far each receiver is told. */
  after(seq: number): ControlChanges {
    const changes = this.#kept.changes.filter((change) => change.seq > seq);
    return {
      next: this.#kept.next,
      changes: changes.flatMap((change) => {
        const statement = this.#statementOf(change);
        return statement === null
          ? []
          : [{ seq: change.seq, receipt: change.receipt, t: change.t, statement }];
      }),
      channels: this.#channels.map(({ id, told, lastError }) => {
        return { id, told, waiting: this.#kept.next - 1 - told, lastError };
      }),
    };
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer);
    this.#over.abort();
  }

  #look(): void {
    try {
      const since = this.#lookedAt;
      this.#lookedAt = this.#parts.now();
      for (const { receipt, control, gaps } of this.#parts.view.controls()) {
        let before = this.#kept.states.get(receipt) ?? null;
        // A gap that began and ended since the last look is told too.
        const missed = gaps.findLast(({ from, to }) => from >= since && to !== null);
        if (missed !== undefined && before !== null && before !== 'unknown' && control !== 'unknown') {
          this.#note(receipt, before, 'unknown', missed.from);
          before = 'unknown';
        }
        if (before !== control) this.#note(receipt, before, control, this.#lookedAt);
      }
    } catch (error) {
      this.#parts.onError(error);
      return;
    }
    for (const channel of this.#channels) void this.#tell(channel);
  }

  /** On record first: if we die before it is told, the next start tells it. */
  #note(receipt: string, from: ControlState | null, to: ControlState, at: number): void {
    const { view, record, now } = this.#parts;
    const status = view.status(receipt);
    if (status === null) return;
    const { asOf, validUntil } = status;
    const { next: seq, states, changes } = this.#kept;
    const document = { kind: 'control-change', seq, receipt, from, to, at, status };
    const bytes = utf8(JSON.stringify(view.sign('control-change', receipt, document, asOf, validUntil)));
    const hash = sha256(bytes);
    const change = { seq, t: at, receipt, file: toHex(hash) };
    const kept = {
      next: seq + 1,
      states: new Map([...states, [receipt, to]]),
      changes: [...changes, change].slice(-MOST_CHANGES),
    };
    const body: BlobBody = [hash, bytes.length, 'application/json', `control-change/${seq}`, asOf];
    const input = { records: [{ slot: EVENTS_SLOT, t: now(), type: RecordType.blob, body }] };
    record(input, { files: [{ sha256: hash, bytes }], meta: [changesNote(kept)] });
    this.#kept = kept;
  }

  async #tell(channel: Channel): Promise<void> {
    if (channel.isBusy || performance.now() < channel.notBefore) return;
    channel.isBusy = true;
    const { journal, onError } = this.#parts;
    try {
      for (;;) {
        const change = this.#kept.changes.find(({ seq }) => seq > channel.told);
        if (change === undefined || this.#over.signal.aborted) return;
        const problem = await this.#post(channel, change);
        if (this.#over.signal.aborted) return;
        channel.lastError = problem;
        if (problem !== null) {
          channel.notBefore = performance.now() + channel.waitMs;
          channel.waitMs = Math.min(LONGEST_WAIT_MS, channel.waitMs * 2);
          return;
        }
        channel.waitMs = FIRST_WAIT_MS;
        channel.told = change.seq;
        journal.putMeta(toldNote(channel.id), String(change.seq));
      }
    } catch (error) {
      onError(error);
    } finally {
      channel.isBusy = false;
    }
  }

  /** What went wrong, in words; null when it was taken. */
  async #post({ post }: Channel, change: KeptChange): Promise<string | null> {
    const statement = this.#statementOf(change);
    if (statement === null) return `change ${change.seq} is not kept`;
    const body = utf8(JSON.stringify({ format: 'bailee/control-change/v1', seq: change.seq, statement }));
    const signal = AbortSignal.any([this.#over.signal, AbortSignal.timeout(PATIENCE_MS)]);
    try {
      await post(change.file, this.#parts.now(), body, signal);
      return null;
    } catch (error) {
      return error instanceof Error ? error.message : String(error);
    }
  }

  #statementOf({ file }: KeptChange): SignedStatement | null {
    const hash = fromHex(file);
    const bytes = hash === null ? null : this.#parts.journal.file(hash);
    return bytes === null ? null : readStatement(bytes);
  }
}
