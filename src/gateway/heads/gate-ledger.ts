import { Chain } from '../../anchoring/evm/chain.ts';
import { EvmReceiptReads, EvmReceipts } from '../../anchoring/evm/evm-receipts.ts';
import { JsonRpc } from '../../anchoring/evm/json-rpc.ts';
import type { TransactorOptions } from '../../anchoring/evm/transactor.ts';
import type { Hex, Submission } from '../../anchoring/port.ts';
import type { ReceiptOutcome, ReceiptPrepared } from '../../anchoring/receipt-port.ts';
import type { GateOp, OnLedger, OrderLedger } from '../../gate/ports.ts';

/** The orders of a registry as one gate's account reads and ends them. */
export class RegistryOrders implements OrderLedger {
  readonly gate: Hex;
  readonly #receipts: EvmReceipts;
  readonly #reads: EvmReceiptReads;

  constructor(options: TransactorOptions, registry: Hex) {
    this.gate = options.account.address;
    this.#receipts = new EvmReceipts({ ...options, registry });
    const rpc = new JsonRpc(options.url, options.timeoutMs);
    this.#reads = new EvmReceiptReads(new Chain(rpc, options.chainId, options.finality), registry);
  }

  async order(orderId: Hex, signal: AbortSignal): Promise<OnLedger | null> {
    const order = await this.#reads.order(orderId, signal);
    if (order === null) return null;
    const receipt = await this.#reads.receipt(order.receiptId, signal);
    return receipt === null ? null : { order, receipt };
  }

  prepare(op: GateOp, signal: AbortSignal): Promise<ReceiptPrepared> {
    return this.#receipts.prepare(op, signal);
  }

  broadcast(s: Submission, signal: AbortSignal): Promise<void> {
    return this.#receipts.broadcast(s, signal);
  }

  outcome(s: Submission, signal: AbortSignal): Promise<ReceiptOutcome> {
    return this.#receipts.outcome(s, signal);
  }
}
