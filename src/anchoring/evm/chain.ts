import * as z from 'zod';
import { AnchorError } from '../../domain/errors.ts';
import type { Finality, Hex } from '../port.ts';
import { type JsonRpc, RpcError } from './json-rpc.ts';

/** What a node answers, as far as it is used. Quantities are hex. */
export const hexShape = z.custom<Hex>((v) => typeof v === 'string' && /^0x[0-9a-f]*$/i.test(v), 'is not hex');
const receiptShape = z.looseObject({
  transactionHash: hexShape,
  blockHash: hexShape,
  blockNumber: hexShape,
  status: hexShape,
  contractAddress: hexShape.nullish(),
  logs: z.array(z.looseObject({ address: hexShape, topics: z.array(hexShape), data: hexShape })),
});
export type RpcReceipt = z.infer<typeof receiptShape>;
const blockShape = z.looseObject({ number: hexShape, hash: hexShape, baseFeePerGas: hexShape.optional() });
export type RpcBlock = z.infer<typeof blockShape>;

/** `latest`, `finalized` or a height in hex. */
type BlockTag = string;

/** Reads of one chain, with its idea of finality. */
export class Chain {
  readonly rpc: JsonRpc;
  readonly #finality: Finality;
  readonly #chainId: number;
  #checked = false;

  constructor(rpc: JsonRpc, chainId: number, finality: Finality) {
    this.rpc = rpc;
    this.#chainId = chainId;
    this.#finality = finality;
  }

  /** Compares the node's chain id with the configured one, once. @throws AnchorError REJECTED when it differs */
  async check(signal: AbortSignal): Promise<void> {
    if (this.#checked) return;
    const found = Number(await this.rpc.read('eth_chainId', [], hexShape, signal));
    if (found !== this.#chainId)
      throw new AnchorError('REJECTED', `the node is on chain ${found}, ${this.#chainId} is configured`);
    this.#checked = true;
  }

  /** A node's error answer to a read (still syncing, too busy) is no answer: ask again later. */
  async ask<T>(signal: AbortSignal, question: () => Promise<T>): Promise<T> {
    try {
      await this.check(signal);
      return await question();
    } catch (error) {
      if (error instanceof RpcError) throw new AnchorError('UNREACHABLE', error.message, { cause: error });
      throw error;
    }
  }

  /** Answer of a contract's view on the final or the newest state. @throws AnchorError UNREACHABLE */
  async view(to: Hex, data: Hex, at: 'final' | 'latest', signal: AbortSignal): Promise<Hex> {
    return this.ask(signal, async () => {
      const tag = at === 'final' ? await this.finalTag(signal) : 'latest';
      return this.call({ to, data }, tag, signal);
    });
  }

  block(at: BlockTag, signal: AbortSignal): Promise<RpcBlock | null> {
    return this.rpc.read('eth_getBlockByNumber', [at, false], blockShape.nullable(), signal);
  }

  /** A node may keep the receipt of a block that was reorganised away: only one on the chain counts. */
  async receipt(id: string, signal: AbortSignal): Promise<RpcReceipt | null> {
    const receipt = await this.rpc.read('eth_getTransactionReceipt', [id], receiptShape.nullable(), signal);
    if (receipt === null) return null;
    const block = await this.block(receipt.blockNumber, signal);
    return block?.hash === receipt.blockHash ? receipt : null;
  }

  /** Names the newest final block; a chain shorter than its depth is asked at its first one. */
  async finalTag(signal: AbortSignal): Promise<BlockTag> {
    if (this.#finality.kind === 'instant') return 'latest';
    if (this.#finality.kind === 'tag') return 'finalized';
    const latest = Number(await this.rpc.read('eth_blockNumber', [], hexShape, signal));
    return `0x${Math.max(0, latest - this.#finality.depth).toString(16)}`;
  }

  async isFinal(height: Hex, signal: AbortSignal): Promise<boolean> {
    if (this.#finality.kind === 'instant') return true;
    const newest = await this.block(await this.finalTag(signal), signal);
    return newest !== null && BigInt(newest.number) >= BigInt(height);
  }

  async nonce(address: string, at: BlockTag, signal: AbortSignal): Promise<bigint> {
    return BigInt(await this.rpc.read('eth_getTransactionCount', [address, at], hexShape, signal));
  }

  call(tx: { from?: string; to: Hex; data: Hex }, at: BlockTag, signal: AbortSignal): Promise<Hex> {
    return this.rpc.read('eth_call', [tx, at], hexShape, signal);
  }

  /** The chain's price of a transaction: EIP-1559 where there is a base fee, else one gas price. */
  async fees(signal: AbortSignal): Promise<Fees> {
    const base = BigInt((await this.block('latest', signal))?.baseFeePerGas ?? '0x0');
    if (base === 0n)
      return { type: 'legacy', gasPrice: BigInt(await this.rpc.read('eth_gasPrice', [], hexShape, signal)) };
    const tip = await this.#tip(signal);
    return { type: 'eip1559', maxPriorityFeePerGas: tip, maxFeePerGas: base * HEADROOM + tip };
  }

  async #tip(signal: AbortSignal): Promise<bigint> {
    try {
      return BigInt(await this.rpc.read('eth_maxPriorityFeePerGas', [], hexShape, signal));
    } catch (error) {
      if (error instanceof RpcError) return DEFAULT_TIP;
      throw error;
    }
  }
}

export type Fees =
  | { readonly type: 'legacy'; readonly gasPrice: bigint }
  | { readonly type: 'eip1559'; readonly maxPriorityFeePerGas: bigint; readonly maxFeePerGas: bigint };

/** The same bytes must be good after an outage, so they stand a rise of the base fee: only what is due is paid. */
const HEADROOM = 8n;
/** wei, where a node has no opinion. */
const DEFAULT_TIP = 1_000_000_000n;
