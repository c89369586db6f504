import { RecordType, SystemCode } from '../domain/record.ts';
import { BlockFlag } from '../evidence/block.ts';
import { encode } from '../evidence/cbor.ts';
import type { NextBlock, Sealed } from '../anchoring/sealer.ts';
import { eventRecord, openBlock, recordStep, ruleSetRecord, type Core, type CoreSettings } from './core.ts';

export type BlockParts = {
  readonly identity: CoreSettings['identity'];
  readonly core: Core;
  /** Decides and stores what waits for the next commit. */
  readonly flush: () => void;
  readonly onSealed: (sealed: Sealed) => void;
};

/** Ends the open block and begins the next one, in one step for all who look on. */
export class Blocks {
  readonly #parts: BlockParts;

  constructor(parts: BlockParts) {
    this.#parts = parts;
  }

  /** Seals what is there now. @throws StorageError */
  seal(): Sealed {
    return this.#turn(0);
  }

  /** The wall clock stands `a` ms away from evidence time: seals, steps, and records the step. */
  step(a: number): void {
    this.#turn(a);
    // If we die here, the next start finds a block that begins with a step and records it.
    recordStep(this.#parts.core.intake, a);
  }

  #turn(step: number): Sealed {
    const { core, flush, onSealed } = this.#parts;
    const { clock, deciding, intake, sealer } = core;
    flush();
    const now = Math.max(clock.now(), intake.notBefore);
    if (deciding.nextDeadline() <= now) this.fireTimers(now);
    const t1 = Math.max(now, intake.notBefore, intake.blockStart + 1);
    if (step !== 0) clock.step(step);
    const next = this.#next(t1 + step, step === 0 ? 0 : BlockFlag.step);
    const snapshot = encode(deciding.encode());
    const sealed = sealer.seal(intake.open, { t1, flags: 0, beacons: [], snapshot, next });
    const open = openBlock(this.#parts.identity, sealed.size, sealed.root, sealed.streams, next);
    intake.continueIn(open, next.t0);
    onSealed(sealed);
    return sealed;
  }

  /** Timers are due and no record has come: after what still waits, a clock record lets them fire. */
  fireDueTimers(): void {
    const { core, flush } = this.#parts;
    flush();
    if (core.deciding.nextDeadline() <= core.clock.now()) this.fireTimers(core.clock.now());
  }

  fireTimers(t: number): void {
    const record = eventRecord(t, RecordType.system, [SystemCode.clock, null, null, null]);
    this.#parts.core.intake.accept([{ records: [record] }]);
  }

  /** Says once more which rule set is in force and from which state, so that a replay can start here. */
  restateRules(): void {
    const { core, flush } = this.#parts;
    const { clock, deciding, intake, settings } = core;
    flush();
    this.fireTimers(clock.now());
    const { record, state } = ruleSetRecord(settings, deciding, intake.notBefore);
    intake.accept([{ records: [record] }], { files: [state] });
  }

  #next(t0: number, flags: number): NextBlock {
    const { clock, settings, boot } = this.#parts.core;
    return { t0, flags, clock: { ...settings.clockClaim, boot, offset: clock.offset } };
  }
}
