import { utf8 } from '../../evidence/encodings.ts';
import { hexOf } from '../hex.ts';
import type {
  AnchorRequest,
  CheckpointLedger,
  Head,
  Hex,
  Hex32,
  KeyOp,
  LedgerProfile,
  LedgerProof,
  Outcome,
  Prepared,
  Refusal,
  Submission,
} from '../port.ts';
import type { LedgerKey } from '../key-proposer.ts';
import { anchorCalls, proposeKeyCall } from './calls.ts';
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
import { type Included, Transactor, type TransactorOptions } from './transactor.ts';

export type EvmLedgerOptions = TransactorOptions & {
  /** Address of the AnchorLog contract. */
  readonly contract: Hex;
};

/** AnchorLog on a chain of the EVM. Nothing is asked of the node before the first call. */
export class EvmLedger implements CheckpointLedger {
  readonly profile: LedgerProfile;
  readonly contract: Hex;
  readonly #transactor: Transactor<Refusal>;

  constructor(options: EvmLedgerOptions) {
    this.contract = options.contract;
    this.#transactor = new Transactor(options, refusalOf);
    this.profile = { network: `eip155:${options.chainId}`, finality: options.finality };
  }

  async prepare(op: AnchorRequest | KeyOp, signal: AbortSignal): Promise<Prepared> {
    const viem = await loadViem();
    const to = this.contract;
    if (!('note' in op)) return this.#transactor.prepare({ to, data: proposeKeyCall(viem, op) }, signal);
    let prepared: Prepared = { kind: 'refused', why: { code: 'BAD_SIGNATURE' } };
    // From the proposal of a key to its switch a note bears both keys' lines; the newest that counts is sent.
    for (const data of anchorCalls(viem, op)) {
      prepared = await this.#transactor.prepare({ to, data }, signal);
      if (prepared.kind === 'ready' || prepared.why.code !== 'BAD_SIGNATURE') break;
    }
    return prepared;
  }

  broadcast(s: Submission, signal: AbortSignal): Promise<void> {
    return this.#transactor.broadcast(s, signal);
  }

  outcome(s: Submission, signal: AbortSignal): Promise<Outcome> {
    return this.#transactor.outcome(s, (included) => this.#conclude(s, included, signal), signal);
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

  async #view<T>(
    at: 'final' | 'latest',
    name: AnchorLogFunction,
    args: readonly unknown[],
    read: (viem: Viem, answer: Hex) => T,
    signal: AbortSignal,
  ): Promise<T> {
    const viem = await loadViem();
    const data = encodeCall(viem, name, args);
    return read(viem, await this.#transactor.chain.view(this.contract, data, at, signal));
  }

  async #conclude(s: Submission, included: Included, signal: AbortSignal): Promise<Outcome> {
    const { viem } = included;
    const { data } = viem.parseTransaction(hexOf(s.raw));
    if (!isAnchor(viem, data)) return { kind: 'final', proof: null };
    const proof = await this.#proof(included, signal);
    // A success that tells no anchor was none, e.g. of an address that holds another contract.
    return proof === null ? { kind: 'refused', why: { code: 'INVALID' } } : { kind: 'final', proof };
  }

  async #proof({ viem, receipt, point }: Included, signal: AbortSignal): Promise<LedgerProof | null> {
    const contract = this.contract.toLowerCase();
    const event = receipt.logs
      .filter((log) => log.address.toLowerCase() === contract)
      .map((log) => decodeAnchored(viem, log))
      .find((found) => found !== null);
    if (event === undefined) return null;
    const block = await this.#transactor.chain.block(receipt.blockNumber, signal);
    const header = Object.fromEntries(
      Object.entries(block ?? {}).filter(([name]) => name !== 'transactions'),
    );
    const bytes = utf8(JSON.stringify({ header, receipt }));
    return { kind: 'evm', network: this.profile.network, contract, ...event, at: point, bytes };
  }
}
