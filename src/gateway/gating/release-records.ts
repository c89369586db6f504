import { Refused } from '../../domain/errors.ts';
import {
  CommandStep,
  EVENTS_SLOT,
  RecordType,
  type RecordRef,
  type ReleaseStep,
} from '../../domain/record.ts';
import { recordText } from '../../domain/text.ts';
import type { GateRecords, Recorded } from '../../gate/ports.ts';
import type { Input, InputRecord } from '../../intake/input.ts';
import type { Core } from '../recording/core.ts';
import { makeDurable } from '../site/durable.ts';

/** Steps of releases and what barriers were told, on record before anything moves. */
export class ReleaseRecords implements GateRecords {
  readonly #core: Pick<Core, 'clock' | 'intake'>;
  readonly #add: (input: Input) => boolean;
  readonly #over: AbortSignal;

  /** @param over aborts when nothing is awaited any more */
  constructor(core: Pick<Core, 'clock' | 'intake'>, add: (input: Input) => boolean, over: AbortSignal) {
    this.#core = core;
    this.#add = add;
    this.#over = over;
  }

  step(order: string, step: ReleaseStep, qty: number, detail: string): Promise<Recorded> {
    const { clock, intake } = this.#core;
    const record: InputRecord = {
      slot: EVENTS_SLOT,
      t: clock.now(),
      type: RecordType.release,
      body: [Buffer.from(order, 'hex'), step, qty, recordText(detail)],
    };
    const { promise, resolve, reject } = Promise.withResolvers<Recorded>();
    const giveUp = (): void =>
      reject(new Refused('CONFLICT', 'the gateway is stopping and takes no more records'));
    const committed = (): void => {
      this.#over.removeEventListener('abort', giveUp);
      const { slot, seq = 0, t, type, body } = record;
      // In the turn of its commit: its block is still the open one.
      resolve({ slot, seq, hash: intake.open.leafHashOf({ slot, seq, t, type, body }) });
    };
    this.#over.addEventListener('abort', giveUp, { once: true });
    if (!this.#add({ records: [record], committed }) || this.#over.aborted) giveUp();
    return promise;
  }

  /** One step of an order to a device, for a release. */
  async command(order: CommandRecord, step: CommandStep): Promise<void> {
    const { id, device, verb, cause, expiry } = order;
    const body = [id, device, verb, null, cause.slot, cause.seq, expiry, step];
    const records = [{ slot: EVENTS_SLOT, t: this.#core.clock.now(), type: RecordType.command, body }];
    await makeDurable(this.#add, { records }, this.#over);
  }
}

export type CommandRecord = {
  readonly id: string;
  readonly device: string;
  readonly verb: string;
  readonly cause: RecordRef;
  readonly expiry: number;
};
