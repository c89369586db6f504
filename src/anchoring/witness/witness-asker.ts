import { AnchorError, StorageError } from '../../domain/errors.ts';
import type { NoteKey } from '../../evidence/note-key.ts';
import { Backoff, LONGEST_MS } from '../backoff.ts';
import type { AnchorRequest, Refusal, Witness } from '../port.ts';
import type { CosignedHeads } from './cosigned-heads.ts';

export type AskedWitness = {
  readonly key: NoteKey;
  readonly owner: string;
  readonly ask: Witness;
  /** The head it cosigned last, as our log signed it, from a witness that shows it; else null. */
  readonly head: (signal: AbortSignal) => Promise<string | null>;
};

/**
 * unknown: not heard since the start. ok: it answers. failing: the last call failed and is tried
 * again. refused: it will not cosign. ahead: it names a larger size than was signed here.
 */
export type WitnessState = 'unknown' | 'ok' | 'failing' | 'refused' | 'ahead';

export type WitnessStatus = {
  readonly name: string;
  readonly owner: string;
  readonly state: WitnessState;
  /** Size of our log that it knows; null before it said. */
  readonly size: number | null;
  readonly lastError: string | null;
};

export type AskerParts = {
  readonly witness: AskedWitness;
  readonly heads: Pick<CosignedHeads, 'has' | 'put'>;
  /** Heads that were signed here. `emptyHead` is the signed one of size 0. */
  readonly log: {
    newest(): { readonly size: number; readonly note: string } | null;
    emptyHead(): string;
    consistency(oldSize: number, newSize: number): readonly Uint8Array[];
  };
  readonly onSound: () => void;
  readonly onAhead: (size: number, localSize: number) => void;
  /** It was asked and did not say what it knows. */
  readonly onSilent: () => void;
  readonly onChange: () => void;
  /** Its head and ours are to belong to two histories; whether both bear our own signature, which proves it. */
  readonly onContradiction: (theirs: string, ours: string, proof: readonly Uint8Array[]) => boolean;
  /** It refuses our history for good: our log is not the one it has cosigned. */
  readonly onInconsistent: (size: number) => void;
  readonly random: () => number;
  /** Resolves when time is up or the signal aborts. */
  readonly sleep: (ms: number, signal: AbortSignal) => Promise<void>;
};

type Asked = AnchorRequest & { readonly size: number };
/** At once, when a head is signed, after a growing pause, or never. */
type Next = 'again' | 'idle' | 'retry' | 'never';

/** Keeps one witness asked: first what it knows of our log, then for its line on every new head. */
export class WitnessAsker {
  readonly #parts: AskerParts;
  readonly #backoff: Backoff;
  #state: WitnessState = 'unknown';
  /** Size that it knows; null: it is asked with the newest head we have. */
  #known: number | null = null;
  #lastError: string | null = null;
  /** It has just named another size than we thought: the second time in a row we do not hurry. */
  #isCorrected = false;
  #isWoken = false;
  #wake = new AbortController();

  constructor(parts: AskerParts) {
    this.#parts = parts;
    this.#backoff = new Backoff(parts.random);
  }

  status(): WitnessStatus {
    const { key, owner } = this.#parts.witness;
    return { name: key.name, owner, state: this.#state, size: this.#known, lastError: this.#lastError };
  }

  /** A new head was signed. */
  signed(): void {
    this.#isWoken = true;
    this.#wake.abort();
  }

  /** Runs until the signal aborts. @throws StorageError FORK when it holds another history of ours, IO, FULL */
  async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      const next = await this.#attempt(signal);
      if (next === 'never') return;
      if (next !== 'retry') this.#backoff.reset();
      if (next === 'retry') await this.#parts.sleep(this.#backoff.next(), signal);
      if (next === 'idle') await this.#idle(signal);
    }
  }

  async #attempt(signal: AbortSignal): Promise<Next> {
    this.#isWoken = false;
    const { witness } = this.#parts;
    const asked = this.#request();
    if (asked === null) return 'idle';
    try {
      const answer = await witness.ask(asked, signal);
      if (answer.kind === 'refused') return await this.#refused(answer.why, asked, signal);
      // If we die before this line, the witness is asked again: it makes a second line, with a later time.
      if (asked.size > 0) this.#parts.heads.put(asked.size, witness.key, answer.line);
      return this.#sound(asked.size);
    } catch (error) {
      if (!(error instanceof AnchorError)) throw error;
      if (signal.aborted) return 'retry';
      this.#parts.onSilent();
      this.#set(this.#state === 'ahead' ? 'ahead' : 'failing', error.message);
      return 'retry';
    }
  }

  #request(): Asked | null {
    const { log, heads, witness } = this.#parts;
    const newest = log.newest();
    const size = newest?.size ?? 0;
    if (this.#known === null) {
      return { oldSize: BigInt(size), proof: [], note: newest?.note ?? log.emptyHead(), size };
    }
    if (newest === null || heads.has(size, witness.key)) return null;
    const proof = log.consistency(this.#known, size);
    return { oldSize: BigInt(this.#known), proof, note: newest.note, size };
  }

  #sound(size: number): Next {
    this.#known = size;
    this.#isCorrected = false;
    this.#parts.onSound();
    this.#set('ok', null);
    return 'again';
  }

  async #refused(why: Refusal, asked: Asked, signal: AbortSignal): Promise<Next> {
    if (why.code === 'STALE_HEAD') return this.#stale(Number(why.size), asked, signal);
    this.#parts.onSilent();
    this.#set('refused', `refuses size ${asked.size}: ${why.code}`);
    if (why.code !== 'INCONSISTENT' || this.#known === null) return 'retry';
    // Our proof starts from a root that is not the one it cosigned: it will never be another answer.
    this.#parts.onInconsistent(asked.size);
    if (await this.#isProvenFork(asked, signal)) throw this.#fork(this.#known);
    return 'never';
  }

  async #stale(size: number, asked: Asked, signal: AbortSignal): Promise<Next> {
    const { log, onAhead, onSound } = this.#parts;
    const local = log.newest()?.size ?? 0;
    if (size > local) {
      this.#set('ahead', `names size ${size}, here ${local} was signed last`);
      onAhead(size, local);
      return 'retry';
    }
    if (size === asked.size && asked.oldSize === BigInt(size)) {
      await this.#isProvenFork(asked, signal);
      throw this.#fork(size);
    }
    if (asked.oldSize === BigInt(size)) {
      this.#parts.onSilent();
      this.#set('failing', `refuses size ${size} and names it as the one it knows`);
      return 'retry';
    }
    // Our answer of last time may have been lost on its way: then it knows more than we thought.
    this.#known = size;
    onSound();
    this.#set('ok', null);
    const isSecond = this.#isCorrected;
    this.#isCorrected = true;
    return isSecond ? 'retry' : 'again';
  }

  /** Two signed heads that contradict each other are worth keeping, where it shows its own. */
  async #isProvenFork(asked: Asked, signal: AbortSignal): Promise<boolean> {
    const theirs = await this.#parts.witness.head(signal);
    return theirs !== null && this.#parts.onContradiction(theirs, asked.note, asked.proof);
  }

  #fork(size: number): StorageError {
    const both = `witness ${this.#parts.witness.key.name} has cosigned another head of size ${size}`;
    return new StorageError('FORK', `${both} than the journal has: its log was told twice`);
  }

  #set(state: WitnessState, lastError: string | null): void {
    const isNews = this.#state !== state || this.#lastError !== lastError;
    this.#state = state;
    this.#lastError = lastError;
    if (isNews) this.#parts.onChange();
  }

  async #idle(signal: AbortSignal): Promise<void> {
    if (this.#isWoken) return;
    this.#wake = new AbortController();
    await this.#parts.sleep(LONGEST_MS, AbortSignal.any([signal, this.#wake.signal]));
  }
}
