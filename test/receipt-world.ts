import type { Abi } from 'viem';
import * as z from 'zod';
import { hexOf } from '../src/anchoring/hex.ts';
import { keyHash, sha256 } from '../src/anchoring/key-possession.ts';
import { anchorCalls } from '../src/anchoring/evm/calls.ts';
import { encodeCall, loadViem } from '../src/anchoring/evm/contract.ts';
import { anchorLogBytecode } from '../src/anchoring/evm/generated/anchor-log.ts';
import {
  receiptRegistryAbi,
  receiptRegistryBytecode,
} from '../src/anchoring/evm/generated/receipt-registry.ts';
import { JsonRpc, RpcError } from '../src/anchoring/evm/json-rpc.ts';
import type { Hex } from '../src/anchoring/port.ts';
import { utf8 } from '../src/evidence/encodings.ts';
import { AnchoredLog, keyNamed, LOG_KEY } from './anchored-log.ts';
import { ANVIL_CHAIN_ID, startAnvil, type Anvil, type AnvilOptions } from './anvil.ts';

const viem = await loadViem();
const abi: Abi = receiptRegistryAbi;
const ADMIN = 0;
/** Anvil's accounts by what they do here; the last is nobody to the registry. */
export const PARTIES = {
  warehouse: 1,
  holder: 2,
  bank: 3,
  secondBank: 4,
  gate: 5,
  regulator: 6,
  inspector: 7,
  buyer: 8,
  stranger: 9,
} as const;
export type Party = keyof typeof PARTIES;

const ROLES: readonly (readonly [role: string, party: Party])[] = [
  ['WAREHOUSE', 'warehouse'],
  ['FINANCIER', 'bank'],
  ['FINANCIER', 'secondBank'],
  ['REGULATOR', 'regulator'],
  ['INSPECTOR', 'inspector'],
];

export type RegistryFunction = Extract<(typeof receiptRegistryAbi)[number], { type: 'function' }>['name'];

/** What became of a call: the id it makes and its gas, or the name and arguments of its refusal. */
export type Done = { readonly id: Hex; readonly gas: number };
export type Refused = { readonly refused: string; readonly args: readonly unknown[] };

const TRANSACTION = z.object({
  gasUsed: z.string(),
  status: z.string(),
  contractAddress: z.string().nullable(),
});
const TEXT = z.string();

/** A node with both contracts, every party in its role, and one gateway whose log can be anchored. */
export class ReceiptWorld implements AsyncDisposable {
  readonly #anvil: Anvil;
  readonly #rpc: JsonRpc;
  readonly #signal = new AbortController().signal;
  readonly #accounts: readonly string[];
  #anchorLog: Hex = '0x';
  #registry: Hex = '0x';
  deployGas = 0;
  #nonce = 0n;
  #anchored = 0;
  readonly #log: AnchoredLog;
  readonly #key = keyNamed('gateway at the cold store');
  /** AnchorLog's id of the gateway. */
  readonly gateway: Hex;

  private constructor(anvil: Anvil, accounts: readonly string[]) {
    this.#anvil = anvil;
    this.#rpc = new JsonRpc(anvil.url, 10_000);
    this.#accounts = accounts;
    const name = 'consortium.example/gw/00000000000000a1';
    this.#log = new AnchoredLog(`${name}/0`);
    this.gateway = hexOf(sha256(utf8(name)));
  }

  static async start(options: AnvilOptions = {}): Promise<ReceiptWorld> {
    const anvil = await startAnvil(options);
    const world = new ReceiptWorld(anvil, await anvil.rpc<string[]>('eth_accounts'));
    await world.#deploy();
    return world;
  }

  address(party: Party): Hex {
    return hexText(this.#accounts[PARTIES[party]] ?? '');
  }

  get registry(): Hex {
    return this.#registry;
  }

  /** A number that was not used before, for calls that make something. */
  nonce(): bigint {
    return ++this.#nonce;
  }

  encode(name: RegistryFunction, args: readonly unknown[]): Hex {
    return viem.encodeFunctionData({ abi, functionName: name, args });
  }

  /** A party's call, mined at once. A refused one changes nothing. */
  async call(party: Party, name: RegistryFunction, ...args: readonly unknown[]): Promise<Done | Refused> {
    const data = this.encode(name, args);
    const from = this.address(party);
    const to = this.#registry;
    try {
      const answer = await this.#rpc.send('eth_call', [{ from, to, data }, 'latest'], TEXT, this.#signal);
      const { gasUsed } = await this.#send({ from, to, data });
      return { id: hexText(answer), gas: Number(gasUsed) };
    } catch (error) {
      if (!(error instanceof RpcError)) throw error;
      const found = viem.decodeErrorResult({ abi, data: hexText(String(error.data)) });
      return { refused: found.errorName, args: found.args ?? [] };
    }
  }

  /** The same where the test needs it to be done. */
  async must(party: Party, name: RegistryFunction, ...args: readonly unknown[]): Promise<Done> {
    const result = await this.call(party, name, ...args);
    if ('refused' in result)
      throw new Error(`${name} by the ${party}: ${result.refused} ${result.args.join()}`);
    return result;
  }

  /** A view of the registry, decoded. */
  async view(name: RegistryFunction, ...args: readonly unknown[]): Promise<unknown> {
    const data = this.encode(name, args);
    const ask = [{ to: this.#registry, data }, 'latest'];
    const answer = await this.#rpc.send('eth_call', ask, TEXT, this.#signal);
    return viem.decodeFunctionResult({ abi, functionName: name, data: hexText(answer) });
  }

  /** The gateway anchors one head more. */
  async anchor(): Promise<void> {
    const [data = '0x'] = anchorCalls(
      viem,
      this.#log.request(this.#anchored, this.#anchored + 10, this.#key),
    );
    await this.#send({ from: this.#accounts[ADMIN] ?? '', to: this.#anchorLog, data });
    this.#anchored += 10;
  }

  /** The consortium ends the gateway's log. */
  async revokeLog(): Promise<void> {
    await this.#ofLog('revoke', this.#log.logId, BigInt(this.#anchored), hexOf(new Uint8Array(32)));
  }

  /** Seconds since 1970 on the chain. */
  async now(): Promise<number> {
    const shape = z.object({ timestamp: z.string() });
    const { timestamp } = await this.#rpc.send(
      'eth_getBlockByNumber',
      ['latest', false],
      shape,
      this.#signal,
    );
    const time = Number(timestamp);
    return time < 1e11 ? time : Math.floor(time / 1000);
  }

  /** Lets time pass on the chain. */
  async wait(seconds: number): Promise<void> {
    const isMilliseconds = (await this.#latest()) >= 1e11;
    await this.#anvil.rpc('evm_increaseTime', isMilliseconds ? seconds * 1000 : seconds);
    await this.#anvil.rpc('evm_mine');
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#anvil.stop();
  }

  async #latest(): Promise<number> {
    const { timestamp } = await this.#anvil.rpc<{ timestamp: string }>(
      'eth_getBlockByNumber',
      'latest',
      false,
    );
    return Number(timestamp);
  }

  async #deploy(): Promise<void> {
    const from = this.#accounts[ADMIN] ?? '';
    const admin = [{ type: 'address' }, { type: 'uint32' }] as const;
    const logArgs = viem.encodeAbiParameters(admin, [hexText(from), 0]);
    const log = await this.#send({ from, data: viem.concatHex([anchorLogBytecode, logArgs]) });
    this.#anchorLog = hexText(log.contractAddress ?? '');
    const both = [{ type: 'address' }, { type: 'address' }] as const;
    const args = viem.encodeAbiParameters(both, [hexText(from), this.#anchorLog]);
    const registry = await this.#send({ from, data: viem.concatHex([receiptRegistryBytecode, args]) });
    this.#registry = hexText(registry.contractAddress ?? '');
    this.deployGas = Number(registry.gasUsed);
    for (const [role, party] of ROLES) {
      const data = this.encode('grantRole', [roleOf(role), this.address(party)]);
      await this.#send({ from, to: this.#registry, data });
    }
    for (const role of ['REGISTRAR', 'REVOKER']) await this.#ofLog('grantRole', roleOf(role), from);
    await this.#enrol();
  }

  async #enrol(): Promise<void> {
    const { logId, origin } = this.#log;
    const logKey = LOG_KEY.publicKey;
    const at = { chainId: ANVIL_CHAIN_ID, contract: this.#anchorLog, logId, proposalNo: 0 };
    const sig = this.#key.sign(keyHash({ ...at, ledgerKey: this.#key.address, logKey }));
    const none = hexOf(new Uint8Array(32));
    await this.#ofLog('enrol', hexOf(utf8(origin)), none, this.#key.address, hexOf(logKey), 3600, hexOf(sig));
  }

  async #ofLog(name: Parameters<typeof encodeCall>[1], ...args: readonly unknown[]): Promise<void> {
    const data = encodeCall(viem, name, args);
    await this.#send({ from: this.#accounts[ADMIN] ?? '', to: this.#anchorLog, data });
  }

  async #send(tx: { from: string; to?: string; data: Hex }): Promise<z.infer<typeof TRANSACTION>> {
    const id = await this.#rpc.send('eth_sendTransaction', [tx], TEXT, this.#signal);
    for (;;) {
      const shape = TRANSACTION.nullable();
      const found = await this.#rpc.send('eth_getTransactionReceipt', [id], shape, this.#signal);
      if (found === null) continue;
      if (found.status !== '0x1') throw new Error(`transaction ${id} failed on the chain`);
      return found;
    }
  }
}

export function hash32(text: string): Hex {
  return hexOf(sha256(utf8(text)));
}

function roleOf(name: string): Hex {
  return hexOf(utf8(name.padEnd(32, '\0')));
}

function hexText(text: string): Hex {
  if (!/^0x[0-9a-fA-F]*$/.test(text)) throw new TypeError(`${text} is no hexadecimal text`);
  return `0x${text.slice(2)}`;
}
