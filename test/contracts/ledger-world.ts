import { utf8 } from '../../src/evidence/encodings.ts';
import { EvmConsortium } from '../../src/anchoring/evm/consortium.ts';
import type { AnchorLogFunction } from '../../src/anchoring/evm/contract.ts';
import { hexOf } from '../../src/anchoring/hex.ts';
import { sha256 } from '../../src/anchoring/key-possession.ts';
import type { LedgerCall, ProveForkCall } from '../../src/anchoring/memory/anchor-rules.ts';
import { MemoryChain } from '../../src/anchoring/memory/memory-chain.ts';
import { MemoryLedger } from '../../src/anchoring/memory/memory-ledger.ts';
import type { CheckpointLedger, Finality, Hex, Hex32, KeyOp, Refusal } from '../../src/anchoring/port.ts';
import { seedSigner } from '../../src/anchoring/signer.ts';
import { ANVIL_CHAIN_ID, type Anvil, startAnvil, type AnvilOptions } from '../anvil.ts';
import { ANVIL_ACCOUNTS, consortiumOn, ledgerOn, sleep } from '../evm-world.ts';

/** Seconds from the proposal of a key until it counts, in every world. */
export const KEY_DELAY = 3600;

/** A call in the words of the reference; addresses and hashes in hex, so that both sides can be given nonsense. */
export type Act = Exclude<LedgerCall, { fn: 'proposeKey' }>;

/** A ledger and the people and powers around it; the conformance suite knows nothing else. */
export interface LedgerWorld extends AsyncDisposable {
  readonly chainId: number;
  readonly contract: Hex;
  /** The gateway's own access. */
  readonly ledger: CheckpointLedger;
  /** Somebody else's, with another account. */
  readonly stranger: CheckpointLedger;
  /** A second access with the gateway's account, as after a restart. */
  reopened(): CheckpointLedger;
  /** Does it as the consortium's admin, or as a stranger without a role; null when it was taken. */
  act(call: Act, as?: 'admin' | 'stranger'): Promise<Refusal | null>;
  proposeAsRegistrar(op: KeyOp): Promise<Refusal | null>;
  /** Heads above it are void; null while none is. */
  validSize(logId: Hex32): Promise<number | null>;
  /** So many seconds pass. */
  later(seconds: number): Promise<void>;
  /** As many blocks as make the present final. */
  finalise(): Promise<void>;
  /** Transactions wait from now on, until `release`. */
  hold(): Promise<void>;
  release(): Promise<void>;
  /** Forgets a waiting transaction. */
  drop(id: string): Promise<void>;
  /** The last blocks never were. */
  reorg(depth: number): Promise<void>;
  silence(on: boolean): void;
}

export class MemoryWorld implements LedgerWorld {
  readonly chainId = MemoryChain.chainId;
  readonly contract = MemoryChain.contract;
  readonly signer = seedSigner(sha256(utf8('signs ledger proofs in tests')));
  readonly chain: MemoryChain;
  readonly ledger: MemoryLedger;
  readonly stranger: MemoryLedger;
  readonly #admin: MemoryLedger;
  #time = 1_767_225_600;

  constructor() {
    this.chain = new MemoryChain({
      keyDelay: KEY_DELAY,
      depth: 2,
      registrars: new Set(['admin']),
      revokers: new Set(['admin']),
      time: () => ++this.#time,
    });
    this.ledger = this.#as('gateway');
    this.stranger = this.#as('stranger');
    this.#admin = this.#as('admin');
  }

  #as(sender: string): MemoryLedger {
    return new MemoryLedger({ chain: this.chain, sender, signer: this.signer, pollMs: 1, sleep });
  }

  reopened(): MemoryLedger {
    return this.#as('gateway');
  }

  async act(call: LedgerCall, as: 'admin' | 'stranger' = 'admin'): Promise<Refusal | null> {
    const ledger = as === 'admin' ? this.#admin : this.stranger;
    const why = this.chain.simulate(call, as);
    if (why === null) await ledger.broadcast(ledger.submission(call), AbortSignal.timeout(1000));
    return why;
  }

  proposeAsRegistrar({ logId, ledgerKey, logKey, newSig, oldSig }: KeyOp): Promise<Refusal | null> {
    const sigs = { newSig: hexOf(newSig), oldSig: hexOf(oldSig) };
    return this.act({ fn: 'proposeKey', logId, ledgerKey, logKey: hexOf(logKey), ...sigs });
  }

  async validSize(logId: Hex32): Promise<number | null> {
    const size = this.chain.latest.state.logs.get(logId)?.validSize ?? Infinity;
    return size === Infinity ? null : size;
  }

  async later(seconds: number): Promise<void> {
    this.#time += seconds;
  }

  async finalise(): Promise<void> {
    this.chain.mine(3);
  }

  async hold(): Promise<void> {
    this.chain.automine = false;
  }

  async release(): Promise<void> {
    this.chain.automine = true;
    this.chain.mine(1);
  }

  async drop(id: string): Promise<void> {
    this.chain.drop(id);
  }

  async reorg(depth: number): Promise<void> {
    this.chain.reorg(depth);
  }

  silence(on: boolean): void {
    this.chain.silent = on;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.chain.automine = true;
  }
}

const [ADMIN, GATEWAY, STRANGER] = ANVIL_ACCOUNTS;

export class AnvilWorld implements LedgerWorld {
  readonly chainId = ANVIL_CHAIN_ID;
  readonly contract: Hex;
  readonly anvil: Anvil;
  readonly ledger: CheckpointLedger;
  readonly stranger: CheckpointLedger;
  readonly #finality: Finality;
  readonly #unitsPerSecond: number;
  readonly #consortia: Readonly<Record<'admin' | 'stranger', EvmConsortium>>;

  private constructor(anvil: Anvil, contract: Hex, finality: Finality, unitsPerSecond: number) {
    this.anvil = anvil;
    this.contract = contract;
    this.#finality = finality;
    this.#unitsPerSecond = unitsPerSecond;
    this.ledger = this.reopened();
    this.stranger = ledgerOn(anvil.url, contract, { account: STRANGER, finality });
    this.#consortia = {
      admin: consortiumOn(anvil.url, ADMIN),
      stranger: consortiumOn(anvil.url, STRANGER),
    };
  }

  static async start(options: AnvilOptions & { readonly finality?: Finality } = {}): Promise<AnvilWorld> {
    const anvil = await startAnvil(options);
    const contract = await consortiumOn(anvil.url, ADMIN).deploy(KEY_DELAY, AbortSignal.timeout(10_000));
    const { finality = { kind: 'tag' } } = options;
    return new AnvilWorld(anvil, contract, finality, options.timestamp === undefined ? 1 : 1000);
  }

  reopened(): CheckpointLedger {
    return ledgerOn(this.anvil.url, this.contract, { account: GATEWAY, finality: this.#finality });
  }

  act(call: Act, as: 'admin' | 'stranger' = 'admin'): Promise<Refusal | null> {
    return this.#call(call.fn, argumentsOf(call), as);
  }

  proposeAsRegistrar({ logId, ledgerKey, logKey, newSig, oldSig }: KeyOp): Promise<Refusal | null> {
    const args = [logId, ledgerKey, hexOf(logKey), hexOf(newSig), hexOf(oldSig)];
    return this.#call('proposeKey', args, 'admin');
  }

  #call(
    name: AnchorLogFunction,
    args: readonly unknown[],
    as: 'admin' | 'stranger',
  ): Promise<Refusal | null> {
    return this.#consortia[as].act(this.contract, name, args, AbortSignal.timeout(10_000));
  }

  async validSize(logId: Hex32): Promise<number | null> {
    const { encodeCall, loadViem } = await import('../../src/anchoring/evm/contract.ts');
    const data = encodeCall(await loadViem(), 'log', [logId]);
    const answer = await this.anvil.rpc<Hex>('eth_call', { to: this.contract, data }, 'latest');
    // Root, size, validSize: the third word.
    const size = BigInt(`0x${answer.slice(2 + 2 * 64, 2 + 3 * 64)}`);
    return size === 2n ** 64n - 1n ? null : Number(size);
  }

  async later(seconds: number): Promise<void> {
    await this.anvil.rpc('evm_increaseTime', seconds * this.#unitsPerSecond);
    await this.anvil.rpc('evm_mine');
  }

  async finalise(): Promise<void> {
    await this.anvil.rpc('anvil_mine', '0x3');
  }

  async hold(): Promise<void> {
    await this.anvil.rpc('evm_setAutomine', false);
  }

  async release(): Promise<void> {
    await this.anvil.rpc('evm_setAutomine', true);
    await this.anvil.rpc('evm_mine');
  }

  async drop(id: string): Promise<void> {
    await this.anvil.rpc('anvil_dropTransaction', id);
  }

  async reorg(depth: number): Promise<void> {
    await this.anvil.rpc('anvil_reorg', depth, []);
  }

  silence(on: boolean): void {
    if (on) this.anvil.pause();
    else this.anvil.resume();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.anvil.stop();
  }
}

const ZERO = `0x${'00'.repeat(32)}`;

/** In the order of AnchorLog.sol. */
function argumentsOf(call: Act): readonly unknown[] {
  if (call.fn === 'enrol') {
    const { origin, prev, ledgerKey, logKey, maxSilence, sig } = call;
    return [hexOf(utf8(origin)), prev ?? ZERO, ledgerKey, logKey, maxSilence, sig];
  }
  if (call.fn === 'anchor') {
    const { origin, oldSize, newSize, root, proof, sig } = call;
    return [hexOf(utf8(origin)), BigInt(oldSize), BigInt(newSize), root, proof, sig];
  }
  if (call.fn === 'proveFork') return forkArguments(call);
  if (call.fn === 'setSuspended') return [call.logId, call.on, ZERO];
  if (call.fn === 'revoke') return [call.logId, BigInt(call.validSize), ZERO];
  return [call.logId];
}

function forkArguments({ origin, keyNo, size, root, proof, forkRoot, forkSig }: ProveForkCall): unknown[] {
  return [hexOf(utf8(origin)), keyNo, BigInt(size), root, proof, forkRoot, forkSig];
}
