import { GroupCommit } from '../../buffer/group-commit.ts';
import type { Arrival, Sink } from '../../domain/device.ts';
import { EVENTS_SLOT } from '../../domain/record.ts';
import type { OpenStream } from '../../domain/stream.ts';
import type { ConflictWatch } from '../../intake/conflict-watch.ts';
import type { DeviceHealth } from '../../intake/device-health.ts';
import type { Input } from '../../intake/input.ts';
import { receive, type Receiving } from '../../intake/receive.ts';

export type BatchingParts = {
  /** Decides and stores these; durable when it returns. */
  readonly accept: (inputs: readonly Input[]) => void;
  readonly health: DeviceHealth;
  readonly conflicts: ConflictWatch;
  readonly streams: readonly OpenStream[];
  readonly commitMs: number;
  /** Evidence time, ms. */
  readonly now: () => number;
  /** Told how long each commit took, with deciding and fsync, s. */
  readonly onCommitted: (seconds: number) => void;
  readonly onArrival: (arrival: Arrival) => void;
  readonly onError: (error: unknown) => void;
};

/**
 * What became of a notice may wait for others: an fsync for each would be more than half of all.
 * Only the next notice on its channel waits for it.
 */
const SETTLED_MS = 25;

/** The one way in: what drivers, people and the outbox bring waits here for the next commit. */
export class Batching {
  readonly #parts: BatchingParts;
  readonly #group: GroupCommit<Input>;
  readonly #room: Receiving;
  readonly #urgent: ReadonlySet<number>;
  /** Monotonic ms when the oldest of what waits came, and when the last commit ended. */
  #waitingSince: number | null = null;
  #committedAt: number | null = null;

  constructor(parts: BatchingParts) {
    this.#parts = parts;
    this.#room = { streams: new Map(parts.streams.map((s) => [s.id, s])), health: parts.health };
    this.#urgent = new Set([EVENTS_SLOT, ...parts.streams.filter((s) => s.urgent).map((s) => s.slot)]);
    this.#group = new GroupCommit<Input>({
      flush: (inputs) => this.#commit(inputs),
      onError: parts.onError,
      // An arrival without records still waits for its acknowledgement.
      weightOf: (input) => Math.max(1, input.records.length),
      maxDelayMs: parts.commitMs,
    });
  }

  /** False when nothing is taken any more. */
  add(input: Input): boolean {
    this.#waitingSince ??= performance.now();
    if (input.settled !== undefined) return this.#group.add(input, SETTLED_MS);
    const isUrgent = input.records.some((r) => this.#urgent.has(r.slot));
    return this.#group.add(input, isUrgent ? 0 : undefined);
  }

  readonly sink: Sink = (arrival) => {
    this.#parts.onArrival(arrival);
    const t = this.#parts.now();
    this.add(receive(this.#room, this.#parts.conflicts.watched(arrival, t), t));
  };

  /** Journals counted refusals whose turn has come though their device is silent now. */
  noteRefusals(): void {
    const input = receive(this.#room, { readings: [] }, this.#parts.now());
    if (input.records.length > 0) this.add(input);
  }

  get pending(): number {
    return this.#group.pending;
  }

  /** How long the oldest waits, ms; null with none waiting. */
  oldestMs(): number | null {
    return this.#waitingSince === null ? null : performance.now() - this.#waitingSince;
  }

  /** How long ago the last commit was, ms; null before the first. */
  committedMs(): number | null {
    return this.#committedAt === null ? null : performance.now() - this.#committedAt;
  }

  flush(): void {
    this.#group.flush();
  }

  drain(): void {
    this.#group.drain();
  }

  #commit(inputs: readonly Input[]): void {
    const began = performance.now();
    this.#waitingSince = null;
    this.#parts.accept(inputs);
    this.#committedAt = performance.now();
    this.#parts.onCommitted((this.#committedAt - began) / 1000);
  }
}
