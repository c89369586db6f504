import { AnchorError } from '../../domain/errors.ts';
import { hexOf } from '../hex.ts';
import type { Hex, Hex32, Submission } from '../port.ts';
import type {
  Order,
  Pledge,
  Receipt,
  ReceiptOp,
  ReceiptOutcome,
  ReceiptPrepared,
  ReceiptReads,
  ReceiptRefusal,
  ReceiptSubmitter,
  RoleOp,
} from '../receipt-port.ts';
import type { Chain } from './chain.ts';
import { loadViem, type Viem } from './contract.ts';
import { receiptRegistryBytecode } from './generated/receipt-registry.ts';
import { decodeOrder, decodePledge, decodeReceipt, decodeReceiptOf } from './receipt-answers.ts';
import { encodeOp, encodeView, receiptRefusalOf, subjectOf } from './receipt-calls.ts';
import { type Included, Transactor, type TransactorOptions } from './transactor.ts';

export type EvmReceiptsOptions = TransactorOptions & {
  /** Address of the ReceiptRegistry contract. */
  readonly registry: Hex;
};

/** ReceiptRegistry on a chain of the EVM, for one account. Nothing is asked of the node before the first call. */
export class EvmReceipts implements ReceiptSubmitter {
  readonly #options: EvmReceiptsOptions;
  readonly #transactor: Transactor<ReceiptRefusal>;

  constructor(options: EvmReceiptsOptions) {
    this.#options = options;
    this.#transactor = new Transactor(options, receiptRefusalOf);
  }

  async prepare(op: ReceiptOp | RoleOp, signal: AbortSignal): Promise<ReceiptPrepared> {
    const viem = await loadViem();
    const data = encodeOp(viem, op);
    const prepared = await this.#transactor.prepare({ to: this.#options.registry, data }, signal);
    if (prepared.kind === 'refused') return prepared;
    return { ...prepared, subject: this.#subject(viem, prepared.submission, data) };
  }

  broadcast(s: Submission, signal: AbortSignal): Promise<void> {
    return this.#transactor.broadcast(s, signal);
  }

  outcome(s: Submission, signal: AbortSignal): Promise<ReceiptOutcome> {
    return this.#transactor.outcome(s, async (included) => this.#conclude(s, included), signal);
  }

  /** Every change tells its subject; a success that does not was none, e.g. of an address that holds another contract. */
  #conclude(s: Submission, { viem, receipt }: Included): ReceiptOutcome {
    const { data } = viem.parseTransaction(hexOf(s.raw));
    const subject = data === undefined ? null : this.#subject(viem, s, data);
    const registry = this.#options.registry.toLowerCase();
    const isTold = receipt.logs.some(
      (log) => log.address.toLowerCase() === registry && log.topics[1] === subject,
    );
    // A role that was had already is granted without an event.
    if (subject !== null && !isTold) return { kind: 'refused', why: { code: 'INVALID' } };
    return { kind: 'final', proof: null };
  }

  #subject(viem: Viem, { sender }: Submission, data: Hex): Hex32 | null {
    const { chainId, registry } = this.#options;
    return subjectOf(viem, { chainId, contract: registry, sender }, data);
  }
}

/** What stands in a ReceiptRegistry, at finality. */
export class EvmReceiptReads implements ReceiptReads {
  readonly #chain: Chain;
  readonly #registry: Hex;

  constructor(chain: Chain, registry: Hex) {
    this.#chain = chain;
    this.#registry = registry;
  }

  receipt(id: Hex32, signal: AbortSignal): Promise<Receipt | null> {
    return this.#view('receipt', id, decodeReceipt, signal);
  }

  pledge(id: Hex32, signal: AbortSignal): Promise<Pledge | null> {
    return this.#view('pledges', id, decodePledge, signal);
  }

  order(id: Hex32, signal: AbortSignal): Promise<Order | null> {
    return this.#view('order', id, decodeOrder, signal);
  }

  receiptOf(goodsKey: Hex32, signal: AbortSignal): Promise<Hex32 | null> {
    return this.#view('receiptOf', goodsKey, decodeReceiptOf, signal);
  }

  async #view<T>(
    name: Parameters<typeof encodeView>[1],
    id: Hex32,
    read: (viem: Viem, answer: Hex) => T,
    signal: AbortSignal,
  ): Promise<T> {
    const viem = await loadViem();
    const data = encodeView(viem, name, id);
    return read(viem, await this.#chain.view(this.#registry, data, 'final', signal));
  }
}

/**
 * Creates a ReceiptRegistry beside an AnchorLog, waits until it is final, and gives its address.
 * @param admin gives the roles
 * @throws AnchorError when the chain does not take it, or asked to stop before it was final
 */
export async function deployRegistry(
  options: TransactorOptions,
  admin: Hex,
  anchorLog: Hex,
  signal: AbortSignal,
): Promise<Hex> {
  const viem = await loadViem();
  const args = viem.encodeAbiParameters([{ type: 'address' }, { type: 'address' }], [admin, anchorLog]);
  const transactor = new Transactor(options, receiptRefusalOf);
  const data = viem.concatHex([receiptRegistryBytecode, args]);
  const prepared = await transactor.prepare({ to: null, data }, signal);
  if (prepared.kind === 'refused')
    throw new AnchorError('REJECTED', `the chain does not take the contract: ${prepared.why.code}`);
  await transactor.broadcast(prepared.submission, signal);
  const made = await transactor.outcome(prepared.submission, created, signal);
  if (made.kind === 'created' && made.contract !== null) return made.contract;
  throw new AnchorError(
    made.kind === 'dropped' ? 'DROPPED' : made.kind === 'unknown' ? 'UNREACHABLE' : 'REJECTED',
    `the contract of transaction ${prepared.submission.id} is ${made.kind}`,
  );
}

/** Computed addresses differ on some chains: the receipt's counts. */
async function created({ receipt }: Included): Promise<{ kind: 'created'; contract: Hex | null }> {
  return { kind: 'created', contract: receipt.contractAddress ?? null };
}
