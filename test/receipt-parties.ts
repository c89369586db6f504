import { deployRegistry, EvmReceiptReads, EvmReceipts } from '../src/anchoring/evm/evm-receipts.ts';
import { Chain } from '../src/anchoring/evm/chain.ts';
import type { TransactorOptions } from '../src/anchoring/evm/transactor.ts';
import { JsonRpc } from '../src/anchoring/evm/json-rpc.ts';
import { hexOf } from '../src/anchoring/hex.ts';
import { sha256 } from '../src/anchoring/key-possession.ts';
import type { Finality, Hex, Hex32 } from '../src/anchoring/port.ts';
import type { Receipt, ReceiptOp, ReceiptRefusal, RoleOp } from '../src/anchoring/receipt-port.ts';
import type { Secp256k1Key } from '../src/anchoring/secp256k1-key.ts';
import { utf8 } from '../src/evidence/encodings.ts';
import { AnchoredLog, keyNamed, LOG_KEY } from './anchored-log.ts';
import { ANVIL_CHAIN_ID, type Anvil, type AnvilOptions, startAnvil } from './anvil.ts';
import { ANVIL_ACCOUNTS, consortiumOn, ledgerOn, sleep } from './evm-world.ts';

export type Party =
  'warehouse' | 'holder' | 'buyer' | 'bank' | 'secondBank' | 'gate' | 'regulator' | 'inspector' | 'stranger';

const ROLES: readonly (readonly [RoleOp['role'], Party])[] = [
  ['WAREHOUSE', 'warehouse'],
  ['FINANCIER', 'bank'],
  ['FINANCIER', 'secondBank'],
  ['REGULATOR', 'regulator'],
  ['INSPECTOR', 'inspector'],
];
const PARTIES = ['holder', 'buyer', 'gate', 'stranger', ...ROLES.map(([, party]) => party)] as const;
const GATEWAY = 'consortium.example/gw/00000000000000a1';

export type Did = { readonly id: Hex32 } | { readonly refused: ReceiptRefusal };

/** The people of a consortium with keys of their own, on a node with both contracts. */
export class ReceiptParties implements AsyncDisposable {
  readonly anvil: Anvil;
  readonly reads: EvmReceiptReads;
  readonly gateway: Hex32 = hexOf(sha256(utf8(GATEWAY)));
  readonly #registry: Hex;
  readonly #anchorLog: Hex;
  readonly #finality: Finality;
  readonly #unitsPerSecond: number;
  readonly #log = new AnchoredLog(`${GATEWAY}/0`);
  readonly #key = keyNamed('gateway at the cold store');
  #epoch: { log: AnchoredLog; size: number };
  #nonce = 0n;

  private constructor(anvil: Anvil, contracts: readonly [Hex, Hex], finality: Finality, units: number) {
    this.anvil = anvil;
    [this.#anchorLog, this.#registry] = contracts;
    this.#finality = finality;
    this.#unitsPerSecond = units;
    this.#epoch = { log: this.#log, size: 0 };
    const chain = new Chain(new JsonRpc(anvil.url, 5000), ANVIL_CHAIN_ID, finality);
    this.reads = new EvmReceiptReads(chain, this.#registry);
  }

  static async start(options: AnvilOptions & { readonly finality?: Finality } = {}): Promise<ReceiptParties> {
    const anvil = await startAnvil(options);
    for (const party of PARTIES)
      await anvil.rpc('anvil_setBalance', keyOf(party).address, '0x56bc75e2d63100000');
    const anchorLog = await consortiumOn(anvil.url).deploy(0, soon());
    const instant = optionsOf(anvil.url, ANVIL_ACCOUNTS[0], { kind: 'instant' });
    const registry = await deployRegistry(instant, ANVIL_ACCOUNTS[0].address, anchorLog, soon());
    const { finality = { kind: 'tag' }, timestamp } = options;
    const units = timestamp === undefined ? 1 : 1000;
    const made = new ReceiptParties(anvil, [anchorLog, registry], finality, units);
    for (const [role, party] of ROLES) {
      const op = { kind: 'role', role, account: keyOf(party).address, on: true } as const;
      const admin = new EvmReceipts({ ...instant, registry });
      await must(made.done(admin, op));
    }
    await made.enrol(null);
    return made;
  }

  get anchorLog(): Hex {
    return this.#anchorLog;
  }

  get registry(): Hex {
    return this.#registry;
  }

  /** How a party's account reaches the node. */
  optionsOf(party: Party): TransactorOptions {
    return optionsOf(this.anvil.url, keyOf(party), this.#finality);
  }

  address(party: Party): Hex {
    return keyOf(party).address;
  }

  nonce(): bigint {
    return ++this.#nonce;
  }

  as(party: Party, registry = this.#registry): EvmReceipts {
    return new EvmReceipts({ ...optionsOf(this.anvil.url, keyOf(party), this.#finality), registry });
  }

  /** A party's act, to finality. */
  act(party: Party, op: ReceiptOp): Promise<Did> {
    return this.done(this.as(party), op);
  }

  async must(party: Party, op: ReceiptOp): Promise<Hex32> {
    return must(this.act(party, op));
  }

  async done(receipts: EvmReceipts, op: ReceiptOp | RoleOp): Promise<Did> {
    const prepared = await receipts.prepare(op, soon());
    if (prepared.kind === 'refused') return { refused: prepared.why };
    await receipts.broadcast(prepared.submission, soon());
    await this.finalise();
    const outcome = await receipts.outcome(prepared.submission, soon());
    if (outcome.kind === 'refused') return { refused: outcome.why };
    if (outcome.kind !== 'final') throw new Error(`${op.kind} is ${outcome.kind}`);
    return { id: prepared.subject ?? '0x' };
  }

  async receipt(id: Hex32): Promise<Receipt> {
    const receipt = await this.reads.receipt(id, soon());
    if (receipt === null) throw new Error(`there is no receipt ${id}`);
    return receipt;
  }

  /** The gateway opens its log, or the next epoch of it. */
  async enrol(after: AnchoredLog | null, epoch = 0): Promise<void> {
    const log = new AnchoredLog(`${GATEWAY}/${epoch}`);
    const prev = after?.logId ?? null;
    const enrolment = { origin: log.origin, prev, ledgerKey: this.#key, logKey: LOG_KEY.publicKey };
    const why = await consortiumOn(this.anvil.url).enrol(
      this.#anchorLog,
      { ...enrolment, maxSilence: 3600 },
      soon(),
    );
    if (why !== null) throw new Error(`enrolling: ${why.code}`);
    this.#epoch = { log, size: 0 };
  }

  get log(): AnchoredLog {
    return this.#epoch.log;
  }

  /** The gateway anchors one head more. */
  async anchor(): Promise<void> {
    const { log, size } = this.#epoch;
    const ledger = ledgerOn(this.anvil.url, this.#anchorLog, { finality: { kind: 'instant' } });
    const prepared = await ledger.prepare(log.request(size, size + 10, this.#key), soon());
    if (prepared.kind === 'refused') throw new Error(`anchoring: ${prepared.why.code}`);
    await ledger.broadcast(prepared.submission, soon());
    await ledger.outcome(prepared.submission, soon());
    this.#epoch.size += 10;
  }

  /** Seconds since 1970 on the chain. */
  async now(): Promise<number> {
    const { timestamp } = await this.anvil.rpc<{ timestamp: string }>(
      'eth_getBlockByNumber',
      'latest',
      false,
    );
    return Math.floor(Number(timestamp) / this.#unitsPerSecond);
  }

  async later(seconds: number): Promise<void> {
    await this.anvil.rpc('evm_increaseTime', seconds * this.#unitsPerSecond);
    await this.anvil.rpc('evm_mine');
  }

  async finalise(): Promise<void> {
    await this.anvil.rpc('anvil_mine', '0x3');
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.anvil.stop();
  }
}

/** Bounds a call of a test that would hang. */
export const soon = (): AbortSignal => AbortSignal.timeout(20_000);

async function must(did: Promise<Did>): Promise<Hex32> {
  const result = await did;
  if ('refused' in result) throw new Error(`refused: ${result.refused.code}`);
  return result.id;
}

function keyOf(party: Party): Secp256k1Key {
  return keyNamed(nameOf(party));
}

function nameOf(party: Party): string {
  return `the ${party}`;
}

/** The secret key of a party, as a file holds it. */
export function secretOf(party: Party): string {
  return Buffer.from(sha256(utf8(nameOf(party)))).toString('hex');
}

function optionsOf(url: string, account: Secp256k1Key, finality: Finality) {
  return { url, chainId: ANVIL_CHAIN_ID, account, finality, timeoutMs: 5000, pollMs: 20, sleep } as const;
}
