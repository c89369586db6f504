import { RecordType, SystemCode } from '../../domain/record.ts';
import { BlockFlag, type Beacon } from '../../evidence/block.ts';
import { encodeLarge } from '../../evidence/cbor.ts';
import { SegmentFull } from '../../evidence/open-block.ts';
import type { NextBlock, Sealed } from '../../anchoring/sealer.ts';
import type { Input } from '../../intake/input.ts';
import type { Enclosed } from '../../intake/intake.ts';
import { MAX_LEAVES } from '../../evidence/segment.ts';
import { eventRecord, openBlock, recordStep, ruleSetRecord, type Core, type CoreSettings } from './core.ts';

export type BlockParts = {
  readonly identity: CoreSettings['identity'];
  readonly core: Core;
  /** A block with this many leaves takes no more batches. */
  readonly maxLeaves: number;
  /** Decides and stores what waits for the next commit. */
  readonly flush: () => void;
  /** Cosigned heads that the next block names as older than itself; none without witnesses. */
  readonly beacons?: () => readonly Beacon[];
  readonly onSealed: (sealed: Sealed) => void;
};

/** Ends the open block and begins the next one, in one step for all who look on. */
export class Blocks {
  readonly #parts: BlockParts;
  /** How many bytes the state took at the end of the last block. */
  #snapshotLength = 0;

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
    const { intake, settings } = this.#parts.core;
    recordStep(intake, a, settings.book);
  }

  /**
   * Decides and stores these, in their order: in the open block, or in the next where that has no
   * room left. What no block could take at once becomes several commits.
   * @throws StorageError; SegmentFull for a single input that no block could take
   */
  accept(inputs: readonly Input[]): void {
    const { core, maxLeaves } = this.#parts;
    if (core.intake.open.leafCount >= maxLeaves) this.#makeRoom();
    try {
      this.#place(inputs);
    } catch (error) {
      if (!(error instanceof SegmentFull) || inputs.length === 1) throw error;
      const half = inputs.length >> 1;
      this.accept(inputs.slice(0, half));
      this.accept(inputs.slice(half));
    }
  }

  /** One commit, in the next block if the open one has leaves and no room for these. */
  #place(inputs: readonly Input[], enclosed: Enclosed = {}): void {
    const { intake } = this.#parts.core;
    try {
      intake.accept(inputs, enclosed);
    } catch (error) {
      if (!(error instanceof SegmentFull) || intake.open.leafCount === 0) throw error;
      this.#makeRoom();
      intake.accept(inputs, enclosed);
    }
  }

  /**
   * Ends the block right behind its last record and asks nothing to speak before it: a timer that is
   * due since then fires in the next block, for its outputs might not fit into this one either.
   */
  #makeRoom(): void {
    const { intake } = this.#parts.core;
    this.#end(Math.max(intake.notBefore, intake.blockStart + 1), 0);
  }

  #turn(step: number): Sealed {
    const { core, flush } = this.#parts;
    const { clock, deciding, intake } = core;
    flush();
    const now = Math.max(clock.now(), intake.notBefore);
    if (deciding.nextDeadline() <= now) this.fireTimers(now);
    const t1 = Math.max(now, intake.notBefore, intake.blockStart + 1);
    if (step !== 0) clock.step(step);
    return this.#end(t1, step);
  }

  #end(t1: number, step: number): Sealed {
    const { core, beacons, onSealed } = this.#parts;
    const { deciding, intake, sealer } = core;
    const next = this.#next(t1 + step, step === 0 ? 0 : BlockFlag.step);
    const snapshot = encodeLarge(deciding.encode(), this.#snapshotLength);
    this.#snapshotLength = snapshot.length;
    const sealed = sealer.seal(intake.open, { t1, flags: 0, beacons: beacons?.() ?? [], snapshot, next });
    const open = openBlock(this.#parts.identity, sealed.size, sealed.root, sealed.streams, next);
    intake.continueIn(open, next.t0);
    onSealed(sealed);
    return sealed;
  }

  /** What is recorded beside the batches, with what the journal must remember of it. @throws StorageError */
  record(input: Input, enclosed: Enclosed): void {
    this.#parts.flush();
    this.#place([input], enclosed);
  }

  /**
   * A change of keys: a commit of its own, of which `make` is told its block, and the end of that
   * block (evidence section 4.4). @throws StorageError
   */
  changeKeys(make: (no: number) => { readonly input: Input; readonly enclosed: Enclosed }): Sealed {
    const { core, flush, maxLeaves } = this.#parts;
    flush();
    // Its outputs go along, so room is made well before the block is full.
    if (core.intake.open.leafCount >= Math.min(maxLeaves, MAX_LEAVES >> 1)) this.#makeRoom();
    const { input, enclosed } = make(core.intake.open.no);
    core.intake.accept([input], enclosed);
    return this.seal();
  }

  /** Timers are due and no record has come: after what still waits, a clock record lets them fire. */
  fireDueTimers(): void {
    const { core, flush } = this.#parts;
    flush();
    if (core.deciding.nextDeadline() <= core.clock.now()) this.fireTimers(core.clock.now());
  }

  fireTimers(t: number): void {
    const record = eventRecord(t, RecordType.system, [SystemCode.clock, null, null, null]);
    this.#place([{ records: [record] }]);
  }

  /** Says once more which rule set is in force and from which state, so that a replay can start here. */
  restateRules(): void {
    const { core, flush } = this.#parts;
    const { clock, deciding, intake, settings } = core;
    flush();
    this.fireTimers(clock.now());
    const { record, state } = ruleSetRecord(settings, deciding, intake.notBefore);
    this.#place([{ records: [record] }], { files: [state] });
  }

  #next(t0: number, flags: number): NextBlock {
    const { clock, settings, boot } = this.#parts.core;
    return { t0, flags, clock: { ...settings.clockClaim, boot, offset: clock.offset } };
  }
}
