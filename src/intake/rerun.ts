import { EVENTS_SLOT, type LogRecord } from '../domain/record.ts';
import type { Deciding, Output } from './deciding.ts';

/**
 * Decides anew what a journal holds: input by input in the order of evidence, as the hot path did.
 * Decisions get the places that they had then, since goods are told of them too.
 */
export class Rerun {
  readonly #deciding: Deciding;
  #next: number;

  /** @param next seq in slot 0 of the first record that is still to come there */
  constructor(deciding: Deciding, next: number) {
    this.#deciding = deciding;
    this.#next = next;
  }

  /** @param input no decision: those are made here */
  take(input: LogRecord, blockStart: number): readonly Output[] {
    const before = this.#deciding.before(input, blockStart);
    this.#place(before);
    if (input.slot === EVENTS_SLOT) this.#next = input.seq + 1;
    const after = this.#deciding.judge(input);
    this.#place(after);
    return before.length === 0 ? after : [...before, ...after];
  }

  #place(outputs: readonly Output[]): void {
    for (const { t, type, body } of outputs) {
      this.#deciding.note({ slot: EVENTS_SLOT, seq: this.#next++, t, type, body });
    }
  }
}

/** Where slot 0 of the records of one block begins; 0 where it has none, for then nothing was decided. */
export function firstEvent(records: readonly LogRecord[]): number {
  return records.find((record) => record.slot === EVENTS_SLOT)?.seq ?? 0;
}
