import { AnchorError } from '../../domain/errors.ts';
import { utf8 } from '../../evidence/encodings.ts';
import { hexOf } from '../hex.ts';
import { keyHash, sha256 } from '../key-possession.ts';
import type { Head, Hex, Hex32, Refusal } from '../port.ts';
import type { Secp256k1Key } from '../secp256k1-key.ts';
import { Chain, type RpcReceipt } from './chain.ts';
import {
  type AnchorLogFunction,
  decodeHead,
  encodeCall,
  loadViem,
  refusalOf,
  type Viem,
} from './contract.ts';
import { anchorLogBytecode } from './generated/anchor-log.ts';
import { JsonRpc } from './json-rpc.ts';
import { broadcast, type Call, Sender } from './transaction.ts';

export type ConsortiumOptions = {
  readonly url: string;
  readonly chainId: number;
  /** Account of the admin, registrar or revoker who acts. */
  readonly account: Secp256k1Key;
  readonly timeoutMs: number;
  readonly pollMs: number;
  readonly sleep: (ms: number, signal: AbortSignal) => Promise<void>;
};

/** What enrolling a log needs; `prev` is the gateway's newest log so far, null for its first. */
export type Enrolment = {
  readonly origin: string;
  readonly prev: Hex32 | null;
  readonly ledgerKey: Secp256k1Key;
  /** Ed25519 public key, 32 bytes. */
  readonly logKey: Uint8Array;
  /** A log without an anchor for longer is judged silent by its readers, seconds. */
  readonly maxSilence: number;
};

type Sent =
  | { readonly kind: 'mined'; readonly receipt: RpcReceipt }
  | { readonly kind: 'refused'; readonly why: Refusal };

const ROLES = ['REGISTRAR', 'REVOKER'] as const;

/** Sets a ledger up and keeps it: acts of the consortium's people, not of a gateway. */
export class EvmConsortium {
  readonly #options: ConsortiumOptions;
  readonly #chain: Chain;
  readonly #sender: Sender<Refusal>;

  constructor(options: ConsortiumOptions) {
    this.#options = options;
    this.#chain = new Chain(new JsonRpc(options.url, options.timeoutMs), options.chainId, {
      kind: 'instant',
    });
    this.#sender = new Sender(this.#chain, options.chainId, options.account, refusalOf);
  }

  /**
   * Creates an AnchorLog whose admin, registrar and revoker is this account, and gives its address.
   * @param keyDelay seconds between the proposal of a key and the time from which it counts
   * @throws AnchorError when the chain does not take it
   */
  async deploy(keyDelay: number, signal: AbortSignal): Promise<Hex> {
    const viem = await loadViem();
    const args = viem.encodeAbiParameters(
      [{ type: 'address' }, { type: 'uint32' }],
      [this.#options.account.address, keyDelay],
    );
    const made = await this.#send({ to: null, data: viem.concatHex([anchorLogBytecode, args]) }, signal);
    // Computed addresses differ on some chains: the receipt's counts.
    if (made.kind === 'refused' || !made.receipt.contractAddress)
      throw new AnchorError('REJECTED', `the chain did not create the contract: ${JSON.stringify(made)}`);
    const contract = made.receipt.contractAddress;
    for (const role of ROLES) {
      const name = hexOf(utf8(role.padEnd(32, '\0')));
      const refusal = await this.act(contract, 'grantRole', [name, this.#options.account.address], signal);
      if (refusal !== null) throw new AnchorError('REJECTED', `granting ${role}: ${refusal.code}`);
    }
    return contract;
  }

  /** Opens a gateway's log; null when it is done. @throws AnchorError */
  enrol(contract: Hex, e: Enrolment, signal: AbortSignal): Promise<Refusal | null> {
    const logId = hexOf(sha256(utf8(e.origin)));
    const claim = { chainId: this.#options.chainId, contract, logId, proposalNo: 0, logKey: e.logKey };
    const sig = e.ledgerKey.sign(keyHash({ ...claim, ledgerKey: e.ledgerKey.address }));
    const prev = e.prev ?? `0x${'00'.repeat(32)}`;
    const key = e.ledgerKey.address;
    const args = [hexOf(utf8(e.origin)), prev, key, hexOf(e.logKey), e.maxSilence, hexOf(sig)];
    return this.act(contract, 'enrol', args, signal);
  }

  /** Any other act, by its name and arguments in AnchorLog.sol. @throws AnchorError */
  async act(
    contract: Hex,
    name: AnchorLogFunction,
    args: readonly unknown[],
    signal: AbortSignal,
  ): Promise<Refusal | null> {
    const viem = await loadViem();
    const done = await this.#send({ to: contract, data: encodeCall(viem, name, args) }, signal);
    if (done.kind === 'refused') return done.why;
    return BigInt(done.receipt.status) === 1n ? null : { code: 'INVALID' };
  }

  /** The newest state of a log. @throws AnchorError */
  async head(contract: Hex, log: Hex32, signal: AbortSignal): Promise<Head> {
    const viem = await loadViem();
    return decodeHead(viem, await this.#view(viem, contract, 'log', log, signal));
  }

  /** The newest log of a gateway; null while it has none. @throws AnchorError */
  async currentLog(contract: Hex, gateway: Hex32, signal: AbortSignal): Promise<Hex32 | null> {
    const viem = await loadViem();
    const answer = await this.#view(viem, contract, 'currentLog', gateway, signal);
    return /^0x0*$/.test(answer) ? null : answer;
  }

  #view(viem: Viem, to: Hex, name: AnchorLogFunction, id: Hex32, signal: AbortSignal): Promise<Hex> {
    return this.#chain.view(to, encodeCall(viem, name, [id]), 'latest', signal);
  }

  async #send(call: Call, signal: AbortSignal): Promise<Sent> {
    await this.#chain.check(signal);
    const prepared = await this.#sender.prepare(await loadViem(), call, signal);
    if (prepared.kind === 'refused') return prepared;
    await broadcast(this.#chain, prepared.submission, signal);
    for (;;) {
      const receipt = await this.#chain.receipt(prepared.submission.id, signal);
      if (receipt !== null) return { kind: 'mined', receipt };
      await this.#options.sleep(this.#options.pollMs, signal);
      signal.throwIfAborted();
    }
  }
}
