import * as z from 'zod';
import { AnchorError } from '../../domain/errors.ts';
import { bytesOfHex, hexOf } from '../hex.ts';
import type { Hex, Prepared, Submission } from '../port.ts';
import type { Secp256k1Key } from '../secp256k1-key.ts';
import { type Chain, hexShape } from './chain.ts';
import type { Viem } from './contract.ts';
import { RpcError } from './json-rpc.ts';

/** A call of a contract, or with `to` null the creation of one. */
export type Call = { readonly to: Hex | null; readonly data: Hex };

/** The refusal of a contract behind a call that reverted; null when the node failed for another reason. */
export type RefusalOf<Why> = (viem: Viem, error: unknown) => Why | null;

/** Builds and signs transactions of one account, and hands them to the node. */
export class Sender<Why> {
  readonly #chain: Chain;
  readonly #chainId: number;
  readonly #account: Secp256k1Key;
  readonly #refusalOf: RefusalOf<Why>;

  constructor(chain: Chain, chainId: number, account: Secp256k1Key, refusalOf: RefusalOf<Why>) {
    this.#chain = chain;
    this.#chainId = chainId;
    this.#account = account;
    this.#refusalOf = refusalOf;
  }

  /** Signs the call with the account's next nonce, unless the chain would refuse it as it stands now. */
  async prepare(viem: Viem, call: Call, signal: AbortSignal): Promise<Prepared<Why>> {
    const request = { from: this.#account.address, data: call.data, ...(call.to && { to: call.to }) };
    let estimate: Hex;
    try {
      if (call.to !== null) await this.#chain.call({ ...request, to: call.to }, 'latest', signal);
      estimate = await this.#chain.rpc.read('eth_estimateGas', [request], hexShape, signal);
    } catch (error) {
      const why = this.#refusalOf(viem, error);
      if (why !== null) return { kind: 'refused', why };
      throw nodeRefuses(error);
    }
    const nonce = await this.#chain.nonce(this.#account.address, 'latest', signal);
    const fees = await this.#chain.fees(signal);
    const unsigned = {
      ...fees,
      chainId: this.#chainId,
      nonce: Number(nonce),
      // The head may have moved by the time it is mined, and a longer path costs more.
      gas: (BigInt(estimate) * 5n) / 4n,
      data: call.data,
      ...(call.to && { to: call.to }),
    };
    const signature = this.#account.sign(bytesOfHex(viem.keccak256(viem.serializeTransaction(unsigned))));
    const yParity = (signature[64] ?? 0) - 27;
    const raw = viem.serializeTransaction(unsigned, {
      r: hexOf(signature.subarray(0, 32)),
      s: hexOf(signature.subarray(32, 64)),
      yParity,
      v: BigInt(27 + yParity),
    });
    const submission: Submission = {
      id: viem.keccak256(raw),
      raw: bytesOfHex(raw),
      sender: this.#account.address,
      nonce,
    };
    return { kind: 'ready', submission };
  }
}

/**
 * Sends the signed bytes, once: the transport does not repeat it. Sent again they are the same
 * transaction, so a node that knows them already, or has them on the chain, is content.
 */
export async function broadcast(chain: Chain, s: Submission, signal: AbortSignal): Promise<void> {
  try {
    await chain.rpc.send('eth_sendRawTransaction', [hexOf(s.raw)], z.unknown(), signal);
  } catch (error) {
    if (!(error instanceof RpcError)) throw error;
    const known = await chain.rpc.read('eth_getTransactionByHash', [s.id], z.unknown(), signal);
    if (known !== null && known !== undefined) return;
    // Passed by: `outcome` will find that it was dropped.
    if ((await chain.nonce(s.sender, 'latest', signal)) > s.nonce) return;
    throw nodeRefuses(error);
  }
}

/** The node's own refusal, e.g. of an account without funds: nothing was done. */
function nodeRefuses(error: unknown): unknown {
  return error instanceof RpcError ? new AnchorError('REJECTED', error.message, { cause: error }) : error;
}
