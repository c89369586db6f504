import { AnchorError } from '../../domain/errors.ts';
import { utf8 } from '../../evidence/encodings.ts';
import { hexOf, bytesOfHex } from '../hex.ts';
import type {
  AnchorRequest,
  CheckpointLedger,
  Finality,
  Head,
  Hex,
  Hex32,
  KeyOp,
  LedgerProfile,
  LedgerProof,
  Outcome,
  Point,
  Prepared,
  Refusal,
  Submission,
} from '../port.ts';
import type { LedgerKey } from '../key-proposer.ts';
import type { Secp256k1Key } from '../secp256k1-key.ts';
import { anchorCalls, proposeKeyCall } from './calls.ts';
import { Chain, type RpcReceipt } from './chain.ts';
import {
  decodeAnchored,
  decodeHead,
  decodeKey,
  decodeProposed,
  encodeCall,
  isAnchor,
  loadViem,
  refusalOf,
  type AnchorLogFunction,
  type Viem,
} from './contract.ts';
import { JsonRpc, RpcError } from './json-rpc.ts';
import { broadcast, Sender } from './transaction.ts';

export type EvmLedgerOptions = {
  readonly url: string;
  readonly chainId: number;
  /** Address of the AnchorLog contract. */
  readonly contract: Hex;
  readonly finality: Finality;
  /** Sends and pays for transactions; it has no meaning in evidence. */
  readonly account: Secp256k1Key;
  /** A node silent for longer is unreachable, ms. */
  readonly timeoutMs: number;
  /** Time between looks at a transaction that is not final yet, ms. */
  readonly pollMs: number;
  readonly sleep: (ms: number, signal: AbortSignal) => Promise<void>;
};

/** AnchorLog on a chain of the EVM. Nothing is asked of the node before the first call. */
export class EvmLedger implements CheckpointLedger {
  readonly profile: LedgerProfile;
  readonly #options: EvmLedgerOptions;
  readonly #chain: Chain;
  readonly #sender: Sender;

  constructor(options: EvmLedgerOptions) {
    this.#options = options;
    this.#chain = new Chain(new JsonRpc(options.url, options.timeoutMs), options.chainId, options.finality);
    this.#sender = new Sender(this.#chain, options.chainId, options.account);
    this.profile = { network: `eip155:${options.chainId}`, finality: options.finality };
  }

  get contract(): Hex {
    return this.#options.contract;
  }

  async prepare(op: AnchorRequest | KeyOp, signal: AbortSignal): Promise<Prepared> {
    return this.#ask(signal, async (viem) => {
      const to = this.#options.contract;
      if (!('note' in op)) return this.#sender.prepare(viem, { to, data: proposeKeyCall(viem, op) }, signal);
      let prepared: Prepared = { kind: 'refused', why: { code: 'BAD_SIGNATURE' } };
      // From the proposal of a key to its switch a note bears both keys' lines; the newest that counts is sent.
      for (const data of anchorCalls(viem, op)) {
        prepared = await this.#sender.prepare(viem, { to, data }, signal);
        if (prepared.kind === 'ready' || prepared.why.code !== 'BAD_SIGNATURE') break;
      }
      return prepared;
    });
  }

  async broadcast(s: Submission, signal: AbortSignal): Promise<void> {
    await this.#ask(signal, () => broadcast(this.#chain, s, signal));
  }

  async outcome(s: Submission, signal: AbortSignal): Promise<Outcome> {
    let known: Outcome = { kind: 'unknown' };
    while (!signal.aborted) {
      try {
        known = await this.#ask(signal, (viem) => this.#look(viem, s, signal));
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

  async head(logId: Hex32, at: 'final' | 'latest', signal: AbortSignal): Promise<Head> {
    return this.#view(at, 'log', [logId], decodeHead, signal);
  }

  /** The key of this number, null for none. @throws AnchorError UNREACHABLE */
  async key(
    logId: Hex32,
    keyNo: number,
    at: 'final' | 'latest',
    signal: AbortSignal,
  ): Promise<LedgerKey | null> {
    return this.#view(at, 'keys', [logId, keyNo], decodeKey, signal);
  }

  /** Address of the key that is proposed and not in force yet; null for none. @throws AnchorError UNREACHABLE */
  async proposed(logId: Hex32, at: 'final' | 'latest', signal: AbortSignal): Promise<Hex | null> {
    return this.#view(at, 'pending', [logId], decodeProposed, signal);
  }

  #view<T>(
    at: 'final' | 'latest',
    name: AnchorLogFunction,
    args: readonly unknown[],
    read: (viem: Viem, answer: Hex) => T,
    signal: AbortSignal,
  ): Promise<T> {
    return this.#ask(signal, async (viem) => {
      const tag = at === 'final' ? await this.#chain.finalTag(signal) : 'latest';
      const call = { to: this.#options.contract, data: encodeCall(viem, name, args) };
      return read(viem, await this.#chain.call(call, tag, signal));
    });
  }

  /** A node's error answer to a read (still syncing, too busy) is no answer: ask again later. */
  async #ask<T>(signal: AbortSignal, question: (viem: Viem) => Promise<T>): Promise<T> {
    try {
      await this.#chain.check(signal);
      return await question(await loadViem());
    } catch (error) {
      if (error instanceof RpcError) throw new AnchorError('UNREACHABLE', error.message, { cause: error });
      throw error;
    }
  }

  /** Where the transaction stands now. */
  async #look(viem: Viem, s: Submission, signal: AbortSignal): Promise<Outcome> {
    // The nonce first: what was included between the two reads is then found by the second.
    const finalNonce = await this.#chain.nonce(s.sender, await this.#chain.finalTag(signal), signal);
    const receipt = await this.#chain.receipt(s.id, signal);
    if (receipt === null) return finalNonce > s.nonce ? { kind: 'dropped' } : { kind: 'unknown' };
    const point = pointOf(receipt);
    if (!(await this.#chain.isFinal(receipt.blockNumber, signal))) return { kind: 'included', point };
    if (BigInt(receipt.status) === 0n) {
      return { kind: 'refused', why: await this.#whyFailed(viem, s, receipt, signal) };
    }
    const { data } = viem.parseTransaction(hexOf(s.raw));
    if (!isAnchor(viem, data)) return { kind: 'final', proof: null };
    const proof = await this.#proof(viem, receipt, point, signal);
    // A success that tells no anchor was none, e.g. of an address that holds another contract.
    return proof === null ? { kind: 'refused', why: { code: 'INVALID' } } : { kind: 'final', proof };
  }

  /** A failed transaction does not say why; the same call on the state it left behind does. */
  async #whyFailed(viem: Viem, s: Submission, receipt: RpcReceipt, signal: AbortSignal): Promise<Refusal> {
    const { to, data } = viem.parseTransaction(hexOf(s.raw));
    if (!to || !data) return { code: 'INVALID' };
    try {
      await this.#chain.call({ from: s.sender, to, data }, receipt.blockNumber, signal);
      return { code: 'INVALID' };
    } catch (error) {
      const why = refusalOf(viem, error);
      if (why === null) throw error;
      return why;
    }
  }

  async #proof(
    viem: Viem,
    receipt: RpcReceipt,
    point: Point,
    signal: AbortSignal,
  ): Promise<LedgerProof | null> {
    const contract = this.#options.contract.toLowerCase();
    const event = receipt.logs
      .filter((log) => log.address.toLowerCase() === contract)
      .map((log) => decodeAnchored(viem, log))
      .find((found) => found !== null);
    if (event === undefined) return null;
    const block = await this.#chain.block(receipt.blockNumber, signal);
    const header = Object.fromEntries(
      Object.entries(block ?? {}).filter(([name]) => name !== 'transactions'),
    );
    const bytes = utf8(JSON.stringify({ header, receipt }));
    return { kind: 'evm', network: this.profile.network, contract, ...event, at: point, bytes };
  }
}

function pointOf(receipt: RpcReceipt): Point {
  return {
    height: BigInt(receipt.blockNumber),
    hash: bytesOfHex(receipt.blockHash),
    tx: receipt.transactionHash,
  };
}
