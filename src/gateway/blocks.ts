import { RecordType, SystemCode } from '../domain/record.ts';
import type { EvidenceClock } from '../domain/clock.ts';
import { BlockFlag, type BlockClock } from '../evidence/block.ts';
import { encode } from '../evidence/cbor.ts';
import type { NextBlock, Sealed, Sealer } from '../anchoring/sealer.ts';
import type { Deciding } from '../intake/deciding.ts';
import type { Intake } from '../intake/intake.ts';
import { eventRecord, openBlock, ruleSetRecord, type CoreSettings } from './core.ts';

export type BlockParts = {
  readonly identity: { readonly gw: Uint8Array; readonly origin: string };
  readonly clock: EvidenceClock;
  readonly sealer: Sealer;
  readonly intake: Intake;
  readonly deciding: Deciding;
  /** What the block says of its clock: source and error bound as the operator states them. */
  readonly clockClaim: Pick<BlockClock, 'src' | 'err'>;
  /** What is in force, for event 7. */
  readonly rules: Pick<CoreSettings, 'rulesHash' | 'configHash'>;
  /** 8 random bytes of this boot. */
  readonly boot: Uint8Array;
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
    const { intake } = this.#parts;
    const body = [SystemCode.clockStepped, a, null, null];
    const record = eventRecord(intake.blockStart, RecordType.system, body);
    intake.accept([{ records: [record] }], { outboxShift: a });
  }

  #turn(step: number): Sealed {
    const { clock, deciding, intake, sealer, flush, onSealed } = this.#parts;
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

  /** A timer is due and no record has come: a clock record lets it fire, in the journal too. */
  fireTimers(t: number): void {
    const record = eventRecord(t, RecordType.system, [SystemCode.clock, null, null, null]);
    this.#parts.intake.accept([{ records: [record] }]);
  }

  /** Says once more which rule set is in force and from which state, so that a replay can start here. */
  restateRules(): void {
    const { clock, deciding, flush, intake, rules } = this.#parts;
    flush();
    this.fireTimers(clock.now());
    const { record, state } = ruleSetRecord(rules, deciding, intake.notBefore);
    intake.accept([{ records: [record] }], { files: [state] });
  }

  #next(t0: number, flags: number): NextBlock {
    const { clock, clockClaim, boot } = this.#parts;
    return { t0, flags, clock: { ...clockClaim, boot, offset: clock.offset } };
  }
}
