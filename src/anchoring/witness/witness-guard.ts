/**
 * waiting: too few witnesses have answered since the start. open: heads may be signed. held: one
 * names a larger size than was signed here, and not enough do to know. rollback: owners enough to
 * make a quorum do: this origin must never be signed again.
 */
export type GuardState = 'waiting' | 'open' | 'held' | 'rollback';

/** A witness' word that it cosigned more of our log than we know. */
export type AheadClaim = { readonly witness: string; readonly owner: string; readonly size: number };

/**
 * The fork guard's half that asks witnesses (evidence section 10): of n witnesses n - k + 1 share a
 * member with any k that ever made a quorum, so a head that k cosigned is known to one of them.
 */
export class WitnessGuard {
  readonly #witnesses: number;
  readonly #needed: number;
  readonly #quorum: number;
  readonly #answered = new Set<string>();
  /** Asked at least once, with whatever answer or none. */
  readonly #tried = new Set<string>();
  readonly #ahead = new Map<string, AheadClaim>();
  #isOpen = false;
  #isRollback = false;

  /** @param witnesses n, @param quorum k distinct owners */
  constructor(witnesses: number, quorum: number) {
    this.#witnesses = witnesses;
    this.#needed = witnesses - quorum + 1;
    this.#quorum = quorum;
  }

  get state(): GuardState {
    if (this.#isRollback) return 'rollback';
    if (this.#isOpen) return 'open';
    return this.#ahead.size > 0 ? 'held' : 'waiting';
  }

  get answered(): number {
    return this.#answered.size;
  }

  get needed(): number {
    return this.#needed;
  }

  get claims(): readonly AheadClaim[] {
    return [...this.#ahead.values()];
  }

  /** A witness knows no more of our log than we do. */
  noteSound(witness: string): void {
    this.#answered.add(witness);
    this.#ahead.delete(witness);
    this.#look(witness);
  }

  /** A witness gave no answer to what it knows. */
  noteSilent(witness: string): void {
    this.#look(witness);
  }

  /** One that is alone may lie: it holds what was not open yet, and ends nothing. */
  noteAhead(claim: AheadClaim): void {
    this.#answered.delete(claim.witness);
    this.#ahead.set(claim.witness, claim);
    this.#look(claim.witness);
    const owners = new Set(this.claims.map((c) => c.owner));
    this.#isRollback ||= owners.size >= this.#quorum;
  }

  /** Opens only when each had its chance, so that the order of answers decides nothing. */
  #look(witness: string): void {
    this.#tried.add(witness);
    const enough = this.#answered.size >= this.#needed && this.#tried.size === this.#witnesses;
    this.#isOpen ||= enough && this.#ahead.size === 0;
  }
}
