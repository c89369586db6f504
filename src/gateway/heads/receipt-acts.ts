import { randomBytes } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { Chain } from '../../anchoring/evm/chain.ts';
import { loadViem } from '../../anchoring/evm/contract.ts';
import { deployRegistry, EvmReceiptReads, EvmReceipts } from '../../anchoring/evm/evm-receipts.ts';
import { JsonRpc } from '../../anchoring/evm/json-rpc.ts';
import type { TransactorOptions } from '../../anchoring/evm/transactor.ts';
import type { Hex, Hex32 } from '../../anchoring/port.ts';
import type {
  Order,
  Pledge,
  Receipt,
  ReceiptOp,
  ReceiptReads,
  ReceiptRefusal,
  RoleOp,
} from '../../anchoring/receipt-port.ts';
import type { LedgerSettings } from '../../config/configuration.ts';
import type { Secret } from '../../config/secret.ts';
import { Refused } from '../../domain/errors.ts';
import { finalityOf } from './finality.ts';
import { keyOf } from '../keys/ledger-key.ts';

export type { ReceiptOp, ReceiptRefusal, RegistryRole, RoleOp } from '../../anchoring/receipt-port.ts';

/** A chain as one of the consortium's people reaches it. */
export type ChainPlace = {
  readonly url: string;
  readonly chainId: number;
  readonly finality: LedgerSettings['finality'];
};
/** ... and the receipts on it. */
export type RegistryPlace = ChainPlace & { readonly registry: Hex };

/** What became of an act; `subject` is the receipt, pledge or order that it made or was about. */
export type Acted =
  | { readonly kind: 'done' | 'included' | 'unknown' | 'dropped'; readonly sent: Sent }
  | { readonly kind: 'refused'; readonly why: ReceiptRefusal };
export type Sent = { readonly subject: Hex32 | null; readonly transaction: string };

export type Found =
  | { readonly kind: 'receipt'; readonly id: Hex32; readonly value: Receipt }
  | { readonly kind: 'pledge'; readonly id: Hex32; readonly value: Pledge }
  | { readonly kind: 'order'; readonly id: Hex32; readonly value: Order };

const TIMEOUT_MS = 10_000;
const POLL_MS = 500;

/** Creates a registry; its admin gives the roles, and is the account unless another is named. @throws AnchorError */
export async function deployReceipts(
  place: ChainPlace,
  accountKey: Secret,
  { admin, anchorLog }: { readonly admin: Hex | null; readonly anchorLog: Hex },
  signal: AbortSignal,
): Promise<{ readonly registry: Hex; readonly admin: Hex }> {
  await checkAddresses([anchorLog, ...(admin === null ? [] : [admin])]);
  const options = optionsOf(place, accountKey);
  const by = admin ?? options.account.address;
  return { registry: await deployRegistry(options, by, anchorLog, signal), admin: by };
}

/**
 * One call of the registry, to finality. A refused one is never sent.
 * @param sending told before anything is sent, so that the id is known whatever happens then
 * @param waitMs after that what is known then is given
 * @throws ConfigError for a key that is none, Refused INVALID for a mistyped address, AnchorError
 */
export async function actOnReceipts(
  place: RegistryPlace,
  accountKey: Secret,
  op: ReceiptOp | RoleOp,
  { sending, waitMs }: { readonly sending: (sent: Sent) => void; readonly waitMs: number },
  signal: AbortSignal,
): Promise<Acted> {
  await checkAddresses([place.registry, ...addressesIn(op)]);
  const receipts = new EvmReceipts({ ...optionsOf(place, accountKey), registry: place.registry });
  const prepared = await receipts.prepare(op, signal);
  if (prepared.kind === 'refused') return prepared;
  const { submission, subject } = prepared;
  const sent = { subject, transaction: submission.id };
  sending(sent);
  await receipts.broadcast(submission, signal);
  const patience = AbortSignal.any([signal, AbortSignal.timeout(waitMs)]);
  const outcome = await receipts.outcome(submission, patience);
  if (outcome.kind === 'refused') return outcome;
  return { kind: outcome.kind === 'final' ? 'done' : outcome.kind, sent };
}

/** The receipt, pledge or order of an id as it finally stands; null for none. @throws AnchorError */
export async function lookUp(place: RegistryPlace, id: Hex32, signal: AbortSignal): Promise<Found | null> {
  const reads = await readsOf(place);
  const receipt = await reads.receipt(id, signal);
  if (receipt !== null) return { kind: 'receipt', id, value: receipt };
  const order = await reads.order(id, signal);
  if (order !== null) return { kind: 'order', id, value: order };
  const pledge = await reads.pledge(id, signal);
  return pledge === null ? null : { kind: 'pledge', id, value: pledge };
}

/** The live receipt of goods; null for none. @throws AnchorError */
export async function lookUpGoods(
  place: RegistryPlace,
  goodsKey: Hex32,
  signal: AbortSignal,
): Promise<Found | null> {
  const id = await (await readsOf(place)).receiptOf(goodsKey, signal);
  return id === null ? null : lookUp(place, id, signal);
}

/** A number that no call bore before. */
export function freshNonce(): bigint {
  return BigInt(`0x${randomBytes(32).toString('hex')}`);
}

async function readsOf({ url, chainId, finality, registry }: RegistryPlace): Promise<ReceiptReads> {
  await checkAddresses([registry]);
  return new EvmReceiptReads(
    new Chain(new JsonRpc(url, TIMEOUT_MS), chainId, finalityOf(finality)),
    registry,
  );
}

function optionsOf({ url, chainId, finality }: ChainPlace, accountKey: Secret): TransactorOptions {
  return {
    url,
    chainId,
    finality: finalityOf(finality),
    account: keyOf(accountKey, 'account-key'),
    timeoutMs: TIMEOUT_MS,
    pollMs: POLL_MS,
    sleep: (ms, signal) =>
      delay(ms, undefined, { signal }).catch((error: unknown) => {
        if (!signal.aborted) throw error;
      }),
  };
}

/** Capital letters in an address are its check sum (EIP-55). */
async function checkAddresses(addresses: readonly string[]): Promise<void> {
  const viem = await loadViem();
  const wrong = addresses.find((text) => !viem.isAddress(text));
  if (wrong !== undefined)
    throw new Refused('INVALID', `${wrong} is no address: its capital letters do not check`);
}

function addressesIn(op: ReceiptOp | RoleOp): Hex[] {
  if (op.kind === 'issue') return [op.holder];
  if (op.kind === 'transfer') return [op.to];
  if (op.kind === 'pledge') return [op.financier];
  if (op.kind === 'request') return [op.gate];
  return op.kind === 'role' ? [op.account] : [];
}
