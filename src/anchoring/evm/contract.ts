import type { Abi } from 'viem';
import type * as ViemUtils from 'viem/utils';
import { bytesOfHex, hexOf } from '../hex.ts';
import type { LedgerKey } from '../key-proposer.ts';
import type { Head, Hex, Hex32, LogStatus, Refusal } from '../port.ts';
import { anchorLogAbi } from './generated/anchor-log.ts';
import { hexShape } from './chain.ts';
import { RpcError } from './json-rpc.ts';

/** viem costs some 20 MB, so it comes with the first use of an EVM ledger. */
export type Viem = typeof ViemUtils;
export const loadViem = (): Promise<Viem> => import('viem/utils');

const STATUS: readonly LogStatus[] = ['none', 'active', 'suspended', 'revoked', 'faulted'];

/** Names and arguments as in AnchorLog.sol. */
export type AnchorLogFunction = Extract<(typeof anchorLogAbi)[number], { type: 'function' }>['name'];

export function encodeCall(viem: Viem, functionName: AnchorLogFunction, args: readonly unknown[]): Hex {
  const abi: Abi = anchorLogAbi;
  return viem.encodeFunctionData({ abi, functionName, args });
}

/** Whether a transaction's data is a call of `anchor`. */
export function isAnchor(viem: Viem, data: Hex | undefined): boolean {
  return data !== undefined && viem.decodeFunctionData({ abi: anchorLogAbi, data }).functionName === 'anchor';
}

const NO_HEAD: Head = {
  size: 0n,
  validSize: 0n,
  root: null,
  keyNo: 0,
  proposalNo: 0,
  status: 'none',
  at: 0n,
};

/** `log(logId)`; at a height where the contract is not there yet the answer is empty. */
export function decodeHead(viem: Viem, answer: Hex): Head {
  if (answer === '0x') return NO_HEAD;
  const log = viem.decodeFunctionResult({ abi: anchorLogAbi, functionName: 'log', data: answer });
  return {
    size: log.size,
    validSize: log.validSize,
    root: log.size === 0n ? null : bytesOfHex(log.root),
    keyNo: log.keyNo,
    proposalNo: log.proposalNo,
    status: STATUS[log.status] ?? 'none',
    at: BigInt(log.anchoredAt),
  };
}

const NOBODY = `0x${'00'.repeat(20)}`;

/** `keys(logId, keyNo)`; null where there is no key of this number, or no contract yet. */
export function decodeKey(viem: Viem, answer: Hex): LedgerKey | null {
  if (answer === '0x') return null;
  const [ledgerKey, fromSize, logKey] = viem.decodeFunctionResult({
    abi: anchorLogAbi,
    functionName: 'keys',
    data: answer,
  });
  return ledgerKey === NOBODY ? null : { ledgerKey: lower(ledgerKey), fromSize, logKey: bytesOfHex(logKey) };
}

/** `pending(logId)`: the address of the proposed key. */
export function decodeProposed(viem: Viem, answer: Hex): Hex | null {
  if (answer === '0x') return null;
  const [ledgerKey] = viem.decodeFunctionResult({
    abi: anchorLogAbi,
    functionName: 'pending',
    data: answer,
  });
  return ledgerKey === NOBODY ? null : lower(ledgerKey);
}

function lower(address: Hex): Hex {
  return hexOf(bytesOfHex(address));
}

/** The refusal behind a call that reverted; null when the node failed for another reason. */
export function refusalOf(viem: Viem, error: unknown): Refusal | null {
  const data = revertedWith(error);
  if (data === null) return null;
  return data === '0x' ? { code: 'INVALID' } : decodeRefusal(viem, data);
}

/** What a call reverted with, `0x` where it did not say; null when the node failed for another reason. */
export function revertedWith(error: unknown): Hex | null {
  if (!(error instanceof RpcError)) return null;
  return revertData(error.data) ?? (/revert/i.test(error.message) ? '0x' : null);
}

/** Errors of the contract without arguments that matter; any other is INVALID. */
const REFUSALS: Readonly<Record<string, Refusal>> = {
  NotActive: { code: 'NOT_ACTIVE' },
  BadSignature: { code: 'BAD_SIGNATURE' },
  Inconsistent: { code: 'INCONSISTENT' },
  AccessControlUnauthorizedAccount: { code: 'NOT_PERMITTED' },
};

function decodeRefusal(viem: Viem, data: Hex): Refusal {
  const found = decodeError(() => viem.decodeErrorResult({ abi: anchorLogAbi, data }));
  if (found?.errorName === 'StaleHead') {
    const [size, root] = found.args;
    return { code: 'STALE_HEAD', size, root: size === 0n ? null : bytesOfHex(root) };
  }
  return REFUSALS[found?.errorName ?? ''] ?? { code: 'INVALID' };
}

/** What is decoded, null where the contract knows no such error. */
export function decodeError<T>(decode: () => T): T | null {
  try {
    return decode();
  } catch (error) {
    // No error of this contract: a panic, or another contract at the address.
    if (error instanceof Error && error.name === 'AbiErrorSignatureNotFoundError') return null;
    throw error;
  }
}

/** Nodes put revert data into `data`, or one level down. */
function revertData(data: unknown): Hex | null {
  const hex = hexShape.safeParse(data);
  if (hex.success) return hex.data === '0x' ? null : hex.data;
  if (typeof data === 'object' && data !== null && 'data' in data) return revertData(data.data);
  return null;
}

/** What an `Anchored` event says. */
export type AnchoredEvent = { readonly logId: Hex32; readonly size: bigint; readonly root: Hex32 };

export function decodeAnchored(
  viem: Viem,
  log: { readonly topics: readonly Hex[]; readonly data: Hex },
): AnchoredEvent | null {
  const [topic, ...indexed] = log.topics;
  if (topic === undefined) return null;
  const [wanted] = viem.encodeEventTopics({ abi: anchorLogAbi, eventName: 'Anchored' });
  if (topic !== wanted) return null;
  const { args } = viem.decodeEventLog({
    abi: anchorLogAbi,
    eventName: 'Anchored',
    topics: [topic, ...indexed],
    data: log.data,
  });
  return { logId: args.logId, size: args.size, root: args.root };
}
