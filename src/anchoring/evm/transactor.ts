import { AnchorError } from '../../domain/errors.ts';
import { bytesOfHex, hexOf } from '../hex.ts';
import type { Finality, Outcome, Point, Prepared, Submission } from '../port.ts';
import type { Secp256k1Key } from '../secp256k1-key.ts';
import { Chain, type RpcReceipt } from './chain.ts';
import { loadViem, type Viem } from './contract.ts';
import { JsonRpc } from './json-rpc.ts';
import { broadcast, type Call, type RefusalOf, Sender } from './transaction.ts';

export type TransactorOptions = {
  readonly url: string;
  readonly chainId: number;
  readonly finality: Finality;
  /** Sends and pays for transactions. */
  readonly account: Secp256k1Key;
  /** A node silent for longer is unreachable, ms. */
  readonly timeoutMs: number;
  /** Time between looks at a transaction that is not final yet, ms. */
  readonly pollMs: number;
  readonly sleep: (ms: number, signal: AbortSignal) => Promise<void>;
};

/** A success that is final: its receipt, and where it stands. */
export type Included = { readonly viem: Viem; readonly receipt: RpcReceipt; readonly point: Point };

type Invalid = { readonly code: 'INVALID' };
type NotFinal<Why> = Exclude<Outcome<Why | Invalid>, { kind: 'final' }>;

/** Transactions of one account, from the call to what became of it. Nothing is asked of the node before the first. */
export class Transactor<Why> {
  readonly chain: Chain;
  readonly #options: TransactorOptions;
  readonly #sender: Sender<Why>;
  readonly #refusalOf: RefusalOf<Why>;

  constructor(options: TransactorOptions, refusalOf: RefusalOf<Why>) {
    this.#options = options;
    this.chain = new Chain(new JsonRpc(options.url, options.timeoutMs), options.chainId, options.finality);
    this.#sender = new Sender(this.chain, options.chainId, options.account, refusalOf);
    this.#refusalOf = refusalOf;
  }

  /** Signs the call, unless the contract would refuse it now. @throws AnchorError */
  async prepare(call: Call, signal: AbortSignal): Promise<Prepared<Why>> {
    return this.chain.ask(signal, async () => this.#sender.prepare(await loadViem(), call, signal));
  }

  /** Idempotent. @throws AnchorError */
  async broadcast(s: Submission, signal: AbortSignal): Promise<void> {
    await this.chain.ask(signal, () => broadcast(this.chain, s, signal));
  }

  /**
   * Waits for an end; when aborted, gives what is known then.
   * @param conclude what a final success of this transaction means
   */
  async outcome<End extends { readonly kind: string }>(
    s: Submission,
    conclude: (included: Included) => Promise<End>,
    signal: AbortSignal,
  ): Promise<End | NotFinal<Why>> {
    let known: End | NotFinal<Why> = { kind: 'unknown' };
    while (!signal.aborted) {
      try {
        known = await this.chain.ask(signal, () => this.#look(s, conclude, signal));
        if (known.kind !== 'unknown' && known.kind !== 'included') return known;
      } catch (error) {
        // A node that cannot be asked tells nothing: what was seen last may have been reorganised away.
        if (!(error instanceof AnchorError) || error.code !== 'UNREACHABLE') throw error;
        if (!signal.aborted) known = { kind: 'unknown' };
      }
      await this.#options.sleep(this.#options.pollMs, signal);
    }
    return known;
  }

  /** Where the transaction stands now. */
  async #look<End>(
    s: Submission,
    conclude: (included: Included) => Promise<End>,
    signal: AbortSignal,
  ): Promise<End | NotFinal<Why>> {
    const viem = await loadViem();
    // The nonce first: what was included between the two reads is then found by the second.
    const finalNonce = await this.chain.nonce(s.sender, await this.chain.finalTag(signal), signal);
    const receipt = await this.chain.receipt(s.id, signal);
    if (receipt === null) return finalNonce > s.nonce ? { kind: 'dropped' } : { kind: 'unknown' };
    const point = pointOf(receipt);
    if (!(await this.chain.isFinal(receipt.blockNumber, signal))) return { kind: 'included', point };
    if (BigInt(receipt.status) === 0n)
      return { kind: 'refused', why: await this.#whyFailed(viem, s, receipt, signal) };
    return conclude({ viem, receipt, point });
  }

  /** A failed transaction does not say why; the same call on the state it left behind does. */
  async #whyFailed(
    viem: Viem,
    s: Submission,
    receipt: RpcReceipt,
    signal: AbortSignal,
  ): Promise<Why | Invalid> {
    const { to, data } = viem.parseTransaction(hexOf(s.raw));
    if (!to || !data) return { code: 'INVALID' };
    try {
      await this.chain.call({ from: s.sender, to, data }, receipt.blockNumber, signal);
      return { code: 'INVALID' };
    } catch (error) {
      const why = this.#refusalOf(viem, error);
      if (why === null) throw error;
      return why;
    }
  }
}

function pointOf(receipt: RpcReceipt): Point {
  return {
    height: BigInt(receipt.blockNumber),
    hash: bytesOfHex(receipt.blockHash),
    tx: receipt.transactionHash,
  };
}
