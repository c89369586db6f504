import { AnchorError } from '../domain/errors.ts';
import type { Head, Hex32 } from './port.ts';

/** What a ledger says of a log that must never grow again. */
export type LogEnd = {
  /** Revoked or faulted there, or it holds more than we do. */
  readonly kind: 'ended' | 'rollback';
  /** Heads above it are void; of a rollback the size that the ledger holds. */
  readonly size: number;
  /** When its newest head was taken, ledger time in ms. */
  readonly at: number;
  /** Epoch that the ledger knows nothing of yet. */
  readonly next: number;
};

export type LogWatchParts = {
  readonly head: (logId: Hex32, at: 'final', signal: AbortSignal) => Promise<Head>;
  /** Of the gateway's log of this epoch. */
  readonly logId: (epoch: number) => Hex32;
  readonly epoch: number;
  /** Blocks that are sealed here. */
  readonly size: () => number;
  readonly onEnd: (end: LogEnd) => void;
  readonly sleep: (ms: number, signal: AbortSignal) => Promise<void>;
};

/** Time between two looks while all is well; while anchors are refused, or nothing was heard yet; while a rollback is suspected. */
const CALM_MS = 60_000;
const UNEASY_MS = 5000;
const ALERT_MS = 1000;

/**
 * Looks at the ledger's final head of our log until the log is over: what is final is not undone, so
 * one answer is enough to never sign that origin again (evidence section 10).
 */
export class LogWatch {
  readonly #parts: LogWatchParts;
  #reason: 'refused' | 'suspected' | null = null;
  #isClear = false;
  #wake = new AbortController();

  constructor(parts: LogWatchParts) {
    this.#parts = parts;
  }

  /** Whether the ledger was asked and said that the log may grow. */
  get isClear(): boolean {
    return this.#isClear;
  }

  /** Looks at once, for what was told may be final already, and more often until it is over. */
  poke(reason: 'refused' | 'suspected'): void {
    this.#reason = reason;
    this.#wake.abort();
  }

  /** All is well again. */
  calm(): void {
    this.#reason = null;
  }

  async run(signal: AbortSignal): Promise<void> {
    const { logId, epoch, sleep, onEnd } = this.#parts;
    while (!signal.aborted) {
      this.#wake = new AbortController();
      const end = await this.#look(logId(epoch), signal);
      if (end !== null) {
        onEnd(end);
        return;
      }
      await sleep(this.#pauseMs(), AbortSignal.any([signal, this.#wake.signal]));
    }
  }

  #pauseMs(): number {
    if (this.#reason === 'suspected') return ALERT_MS;
    return this.#reason === null && this.#isClear ? CALM_MS : UNEASY_MS;
  }

  async #look(id: Hex32, signal: AbortSignal): Promise<LogEnd | null> {
    try {
      const head = await this.#parts.head(id, 'final', signal);
      const at = Number(head.at) * 1000;
      if (head.size > BigInt(this.#parts.size())) {
        this.#isClear = false;
        return { kind: 'rollback', size: Number(head.size), at, next: await this.#next(signal) };
      }
      this.#isClear = head.status !== 'revoked' && head.status !== 'faulted';
      if (this.#isClear) return null;
      return { kind: 'ended', size: Number(head.validSize), at, next: await this.#next(signal) };
    } catch (error) {
      // The anchorer tells of a ledger that cannot be asked.
      if (error instanceof AnchorError) return null;
      throw error;
    }
  }

  /** An older copy of this directory may have begun an epoch already: each number is used once. */
  async #next(signal: AbortSignal): Promise<number> {
    const { head, logId, epoch } = this.#parts;
    for (let next = epoch + 1; ; next += 1) {
      if ((await head(logId(next), 'final', signal)).status === 'none') return next;
    }
  }
}
