import { STEP_MS, type EvidenceClock } from '../../domain/clock.ts';
import { RecordType } from '../../domain/record.ts';
import type { Committed, Intake } from '../../intake/intake.ts';
import type { Deciding } from '../../intake/deciding.ts';
import type { Blocks } from './blocks.ts';

/** After an alarm or a rule change a block ends early, but not more often than this (evidence 4.4). */
const EARLY_MS = 10_000;
const LOOK_EVERY_MS = 1000;
/** The rule set is stated anew this often, ms, so that a replay need not go back further. */
const RESTATE_MS = 24 * 3_600_000;

export type ScheduleParts = {
  readonly clock: EvidenceClock;
  readonly intake: Intake;
  readonly deciding: Deciding;
  readonly blocks: Blocks;
  readonly blockMs: number;
  readonly maxLeaves: number;
  /** What else is looked at once a second. */
  readonly onLook: () => void;
  /** Whatever fails here fails the daemon: it is told once and nothing runs any more. */
  readonly onError: (error: unknown) => void;
};

/** Does on time what no record brings about: timers, the end of blocks, clock steps. */
export class Schedule implements Disposable {
  readonly #parts: ScheduleParts;
  #timer: NodeJS.Timeout | undefined;
  #early = false;
  /** Monotonic ms of the last event 7. */
  #statedAt = performance.now();
  #stopped = false;

  constructor(parts: ScheduleParts) {
    this.#parts = parts;
    this.#arm();
  }

  /** Looks at what was committed: an alarm ends the block soon, a full tail at once. */
  noteCommit({ records }: Committed): void {
    if (records.some((r) => r.type === RecordType.alarm || r.type === RecordType.ruleSet)) this.#early = true;
    if (this.#parts.intake.open.leafCount >= this.#parts.maxLeaves) setImmediate(() => this.#look());
    else if (this.#parts.deciding.nextDeadline() < this.#parts.clock.now() + LOOK_EVERY_MS) this.#arm();
  }

  [Symbol.dispose](): void {
    this.#stopped = true;
    clearTimeout(this.#timer);
  }

  #look(): void {
    if (this.#stopped) return;
    try {
      this.#act();
      this.#arm();
    } catch (error) {
      this[Symbol.dispose]();
      this.#parts.onError(error);
    }
  }

  #act(): void {
    const { clock, intake, deciding, blocks, blockMs, maxLeaves } = this.#parts;
    this.#parts.onLook();
    const drift = clock.drift();
    if (Math.abs(drift) > STEP_MS) blocks.step(Math.round(drift));
    if (performance.now() - this.#statedAt >= RESTATE_MS) {
      this.#statedAt = performance.now();
      blocks.restateRules();
    }
    const age = clock.now() - intake.blockStart;
    const isFull = intake.open.leafCount >= maxLeaves;
    if (isFull || age >= blockMs || (this.#early && age >= Math.min(EARLY_MS, blockMs))) {
      this.#early = false;
      blocks.seal();
    } else if (deciding.nextDeadline() <= clock.now()) blocks.fireDueTimers();
  }

  #arm(): void {
    clearTimeout(this.#timer);
    if (this.#stopped) return;
    const due = this.#parts.deciding.nextDeadline() - this.#parts.clock.now();
    this.#timer = setTimeout(() => this.#look(), Math.max(1, Math.min(due, LOOK_EVERY_MS)));
  }
}
