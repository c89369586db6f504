import type { CosignedHeads } from './cosigned-heads.ts';
import { WitnessAsker, type AskedWitness, type AskerParts, type WitnessStatus } from './witness-asker.ts';
import { WitnessGuard, type GuardState } from './witness-guard.ts';

/** What a person must look at; told once, and `cleared` when a witness is sound again. */
export type WitnessAlarm =
  /** One names a larger size than was signed here; alone it may lie. */
  | { readonly kind: 'ahead'; readonly witness: string; readonly size: number; readonly localSize: number }
  /** Owners enough for a quorum do: an old image was restored, or somebody else has our key. */
  | { readonly kind: 'rollback'; readonly size: number; readonly localSize: number }
  /** One has cosigned another history of this log than ours, as it says: it is asked no more. */
  | { readonly kind: 'inconsistent'; readonly witness: string; readonly size: number }
  | { readonly kind: 'cleared'; readonly witness: string };

export type WitnessingStatus = {
  readonly guard: GuardState;
  /** Witnesses that answered since the start, and how many must before a head is signed. */
  readonly answered: number;
  readonly needed: number;
  readonly quorum: number;
  /** Size of the newest head with cosignatures of k distinct owners; 0 for none. */
  readonly cosignedSize: number;
  readonly witnesses: readonly WitnessStatus[];
};

export type WitnessingParts = Pick<
  AskerParts,
  'log' | 'onChange' | 'onContradiction' | 'random' | 'sleep'
> & {
  readonly witnesses: readonly AskedWitness[];
  readonly quorum: number;
  readonly heads: CosignedHeads;
  /** A head got the cosignatures that anchoring waits for. */
  readonly onQuorum: (size: number) => void;
  readonly onAlarm: (alarm: WitnessAlarm) => void;
};

/** Brings signed heads to all witnesses, each at its own pace, and guards against a fork before. */
export class Witnessing {
  readonly #parts: WitnessingParts;
  readonly #guard: WitnessGuard;
  readonly #askers: readonly WitnessAsker[];
  readonly #raised = new Set<string>();
  #isRollbackTold = false;
  #quorumAt: number;

  constructor(parts: WitnessingParts) {
    this.#parts = parts;
    this.#guard = new WitnessGuard(parts.witnesses.length, parts.quorum);
    this.#quorumAt = parts.heads.newest()?.size ?? 0;
    const { log, heads, onContradiction, random, sleep } = parts;
    this.#askers = parts.witnesses.map((witness) => {
      return new WitnessAsker({
        witness,
        log,
        heads,
        onContradiction,
        random,
        sleep,
        onInconsistent: (size) => parts.onAlarm({ kind: 'inconsistent', witness: witness.key.name, size }),
        onSound: () => this.#sound(witness.key.name),
        onSilent: () => this.#guard.noteSilent(witness.key.name),
        onAhead: (size, localSize) => this.#ahead(witness, size, localSize),
        onChange: () => parts.onChange(),
      });
    });
  }

  /** False until n - k + 1 witnesses said that they know no more of our log than we do. */
  maySign(): boolean {
    return this.#guard.state === 'open';
  }

  /** A new head was signed. */
  signed(): void {
    for (const asker of this.#askers) asker.signed();
  }

  status(): WitnessingStatus {
    const { answered, needed, state } = this.#guard;
    return {
      guard: state,
      answered,
      needed,
      quorum: this.#parts.quorum,
      cosignedSize: this.#quorumAt,
      witnesses: this.#askers.map((asker) => asker.status()),
    };
  }

  /** Runs until the signal aborts. @throws StorageError FORK, IO, FULL of the first that fails */
  async run(signal: AbortSignal): Promise<void> {
    const over = new AbortController();
    const either = AbortSignal.any([signal, over.signal]);
    try {
      await Promise.all(this.#askers.map((asker) => asker.run(either)));
    } finally {
      over.abort();
    }
  }

  #sound(witness: string): void {
    this.#guard.noteSound(witness);
    if (this.#raised.delete(witness)) this.#parts.onAlarm({ kind: 'cleared', witness });
    const size = this.#parts.heads.newest()?.size ?? 0;
    if (size <= this.#quorumAt) return;
    this.#quorumAt = size;
    this.#parts.onQuorum(size);
    this.#parts.onChange();
  }

  #ahead({ key, owner }: AskedWitness, size: number, localSize: number): void {
    this.#guard.noteAhead({ witness: key.name, owner, size });
    if (!this.#raised.has(key.name)) {
      this.#raised.add(key.name);
      this.#parts.onAlarm({ kind: 'ahead', witness: key.name, size, localSize });
    }
    if (this.#guard.state !== 'rollback' || this.#isRollbackTold) return;
    this.#isRollbackTold = true;
    this.#parts.onAlarm({ kind: 'rollback', size: this.#claimed(), localSize });
  }

  /** The largest size that owners enough for a quorum say was reached: fewer liars cannot raise it. */
  #claimed(): number {
    const owners = new Map<string, number>();
    for (const { owner, size } of this.#guard.claims)
      owners.set(owner, Math.max(size, owners.get(owner) ?? 0));
    return [...owners.values()].sort((x, y) => y - x)[this.#parts.quorum - 1] ?? 0;
  }
}
