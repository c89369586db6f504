import { utf8 } from '../../evidence/encodings.ts';
import { hexOf } from '../hex.ts';
import { sha256 } from '../key-possession.ts';
import type { Hex, Refusal } from '../port.ts';
import { applyCall, type CallEnv, type LedgerCall, type LedgerState } from './anchor-rules.ts';

export type MemoryTx = {
  readonly id: string;
  readonly sender: string;
  readonly nonce: number;
  readonly call: LedgerCall;
};
export type MemoryBlock = {
  readonly height: number;
  readonly hash: Uint8Array;
  readonly results: ReadonlyMap<string, Refusal | null>;
  readonly state: LedgerState;
  readonly nonces: ReadonlyMap<string, number>;
};

export type MemoryChainOptions = {
  /** Seconds between the proposal of a key and the time from which it counts. */
  readonly keyDelay: number;
  /** Blocks on top of one that make it final. */
  readonly depth: number;
  readonly registrars: ReadonlySet<string>;
  readonly revokers: ReadonlySet<string>;
  /** Time of the next block, seconds since 1970. */
  readonly time: () => number;
};

/** A chain that can be told to misbehave: it waits, loses, forgets, tells another story, falls silent. */
export class MemoryChain {
  static readonly chainId = 1;
  static readonly contract: Hex = `0x${'ba'.repeat(20)}`;

  /** False: transactions wait in the pool until `mine`. */
  automine = true;
  /** True: every question fails. */
  silent = false;
  /** What becomes of a broadcast: it arrives, is lost, or arrives while the answer is lost. */
  broadcasts: 'arrive' | 'lost' | 'unanswered' = 'arrive';

  readonly #options: MemoryChainOptions;
  readonly #pool = new Map<string, MemoryTx>();
  #blocks: MemoryBlock[];
  #mined = 0;

  constructor(options: MemoryChainOptions) {
    this.#options = options;
    const state = { logs: new Map(), current: new Map() };
    this.#blocks = [
      { height: 0, hash: sha256(utf8('genesis')), results: new Map(), state, nonces: new Map() },
    ];
  }

  get latest(): MemoryBlock {
    return this.#at(this.#blocks.length - 1);
  }

  get final(): MemoryBlock {
    return this.#at(Math.max(0, this.#blocks.length - 1 - this.#options.depth));
  }

  /** The block that holds the transaction. */
  find(id: string): MemoryBlock | undefined {
    return this.#blocks.find((b) => b.results.has(id));
  }

  submit(tx: MemoryTx): void {
    if (this.broadcasts === 'lost') return;
    if (this.find(tx.id) === undefined) this.#pool.set(tx.id, tx);
    if (this.automine) this.mine(1);
  }

  mine(blocks: number): void {
    for (let i = 0; i < blocks; i++) this.#blocks.push(this.#next());
  }

  /** Forgets a waiting transaction. */
  drop(id: string): void {
    this.#pool.delete(id);
  }

  /** The last `depth` blocks and all that was in them never were; others stand in their place. */
  reorg(depth: number): void {
    this.#blocks = this.#blocks.slice(0, -depth);
    const waiting = [...this.#pool];
    this.#pool.clear();
    this.mine(depth);
    for (const [id, tx] of waiting) this.#pool.set(id, tx);
  }

  /** What the call would give now. */
  simulate(call: LedgerCall, sender: string): Refusal | null {
    return applyCall(structuredClone(this.latest.state), call, this.#env(sender));
  }

  #next(): MemoryBlock {
    const { height, hash, state: before, nonces: noncesBefore } = this.latest;
    const state = structuredClone(before);
    const nonces = new Map(noncesBefore);
    const results = new Map<string, Refusal | null>();
    for (const tx of this.#pool.values()) {
      const expected = nonces.get(tx.sender) ?? 0;
      if (tx.nonce > expected) continue;
      this.#pool.delete(tx.id);
      if (tx.nonce < expected) continue;
      nonces.set(tx.sender, expected + 1);
      results.set(tx.id, applyCall(state, tx.call, this.#env(tx.sender)));
    }
    // Two blocks of one height have different hashes, as on any chain.
    const own = sha256(utf8(`${hexOf(hash)} ${++this.#mined}`));
    return { height: height + 1, hash: own, results, state, nonces };
  }

  #env(sender: string): CallEnv {
    const { keyDelay, registrars, revokers, time } = this.#options;
    const { chainId, contract } = MemoryChain;
    const roles = { registrar: registrars.has(sender), revoker: revokers.has(sender) };
    return { chainId, contract, keyDelay, time: time(), ...roles };
  }

  #at(height: number): MemoryBlock {
    const block = this.#blocks[height];
    if (block === undefined) throw new RangeError(`no block ${height}`);
    return block;
  }
}
