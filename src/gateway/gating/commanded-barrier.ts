import type { BarrierSettings } from '../../config/goods-settings.ts';
import { DeviceError } from '../../domain/errors.ts';
import { CommandStep, type RecordRef } from '../../domain/record.ts';
import type { Barrier } from '../../gate/ports.ts';
import type { Command } from '../../notify/port.ts';
import type { ReleaseRecords } from './release-records.ts';

/** One try lives so long, ms; a barrier that moves later moves for nobody. */
const EXPIRY_MS = 10_000;

/**
 * A barrier that a gate tells what to do. It goes past the outbox, whose entries a restart would carry out: an
 * order to open dies with the process that gave it. The interlocks stand above it as above every order.
 */
export class CommandedBarrier implements Barrier {
  readonly #settings: BarrierSettings;
  readonly #command: Command;
  readonly #records: ReleaseRecords;
  readonly #now: () => number;
  #tries = 0;

  /** @param command passes the interlocks */
  constructor(settings: BarrierSettings, command: Command, records: ReleaseRecords, now: () => number) {
    this.#settings = settings;
    this.#command = command;
    this.#records = records;
    this.#now = now;
  }

  open(order: string, cause: RecordRef, signal: AbortSignal): Promise<void> {
    return this.#tell(order, this.#settings.open, cause, signal);
  }

  shut(order: string, cause: RecordRef, signal: AbortSignal): Promise<void> {
    return this.#tell(order, this.#settings.close, cause, signal);
  }

  async #tell(order: string, verb: string, cause: RecordRef, signal: AbortSignal): Promise<void> {
    const { device } = this.#settings;
    const id = `release ${order.slice(0, 16)} ${verb} ${cause.slot}.${cause.seq}.${++this.#tries}`;
    const expiry = this.#now() + EXPIRY_MS;
    const told = { id, device, verb, cause, expiry };
    await this.#records.command(told, CommandStep.sent);
    try {
      await this.#command(device, { id, verb, arg: null, expiresAt: expiry }, signal);
    } catch (error) {
      if (!(error instanceof DeviceError)) throw error;
      const isUnknown = error.code === 'TIMEOUT';
      await this.#records.command(told, isUnknown ? CommandStep.unknown : CommandStep.failed);
      throw error;
    }
    await this.#records.command(told, CommandStep.done);
  }
}
