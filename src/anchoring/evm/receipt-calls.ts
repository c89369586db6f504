import type { Abi } from 'viem';
import { utf8 } from '../../evidence/encodings.ts';
import { bytesOfHex, hexOf } from '../hex.ts';
import { sha256 } from '../key-possession.ts';
import type { Hex, Hex32 } from '../port.ts';
import type { ReceiptOp, ReceiptRefusal, RoleOp } from '../receipt-port.ts';
import { decodeError, revertedWith, type Viem } from './contract.ts';
import { receiptRegistryAbi } from './generated/receipt-registry.ts';

const abi: Abi = receiptRegistryAbi;

/** Names and arguments as in ReceiptRegistry.sol. */
type RegistryFunction = Extract<(typeof receiptRegistryAbi)[number], { type: 'function' }>['name'];
type Call = readonly [name: RegistryFunction, ...args: readonly unknown[]];

const NONE: Hex32 = `0x${'00'.repeat(32)}`;

export function encodeView(viem: Viem, functionName: RegistryFunction, id: Hex32): Hex {
  return viem.encodeFunctionData({ abi, functionName, args: [id] });
}

export function encodeOp(viem: Viem, op: ReceiptOp | RoleOp): Hex {
  const [functionName, ...args] = callOf(op);
  return viem.encodeFunctionData({ abi, functionName, args });
}

function callOf(op: ReceiptOp | RoleOp): Call {
  switch (op.kind) {
    case 'issue': {
      const { gateway, maxAge } = op.condition ?? { gateway: NONE, maxAge: 0 };
      return ['issue', op.holder, op.qty, op.goodsKey, op.docHash, gateway, maxAge, op.nonce];
    }
    case 'transfer':
      return ['transfer', op.receiptId, op.to];
    case 'void':
      return ['voidReceipt', op.receiptId];
    case 'pledge':
      return ['pledge', op.receiptId, op.financier, op.qty, op.regNo, op.nonce];
    case 'reduce':
      return ['reducePledge', op.pledgeId, op.to];
    case 'request':
      return ['request', op.receiptId, op.qty, op.gate, op.expires, op.maxAge, op.nonce];
    case 'authorize':
    case 'begin':
    case 'cancel':
    case 'expire':
      return [op.kind, op.orderId];
    case 'complete':
      return ['complete', op.orderId, op.moved, op.evidence];
    case 'freeze':
      return ['setFrozen', op.receiptId, op.on, op.evidence];
    case 'hold':
      return ['setHeld', op.receiptId, op.on, op.evidence];
    case 'dispute':
      return ['setDisputed', op.receiptId, op.on, op.evidence];
    case 'role':
      return [op.on ? 'grantRole' : 'revokeRole', hexOf(utf8(op.role.padEnd(32, '\0'))), op.account];
    default:
      return op satisfies never;
  }
}

/** Whose call it is, and where. */
export type Sent = { readonly chainId: number; readonly contract: Hex; readonly sender: string };

/**
 * The receipt, pledge or order that a call makes or is about; null for a role. What is made bears
 * SHA-256(chainId (32) ‖ contract (20) ‖ sender (20) ‖ call data).
 */
export function subjectOf(viem: Viem, { chainId, contract, sender }: Sent, data: Hex): Hex32 | null {
  const { functionName, args } = viem.decodeFunctionData({ abi: receiptRegistryAbi, data });
  if (functionName === 'grantRole' || functionName === 'revokeRole') return null;
  if (functionName !== 'issue' && functionName !== 'pledge' && functionName !== 'request')
    return hexOf(bytesOfHex(String(args?.[0])));
  const chain = bytesOfHex(`0x${chainId.toString(16).padStart(64, '0')}`);
  return hexOf(sha256(Buffer.concat([chain, bytesOfHex(contract), bytesOfHex(sender), bytesOfHex(data)])));
}

/** Errors of the contract without arguments that matter; any other is INVALID. */
const REFUSALS: Readonly<Record<string, ReceiptRefusal>> = {
  WrongState: { code: 'WRONG_STATE' },
  NotPermitted: { code: 'NOT_PERMITTED' },
  AccessControlUnauthorizedAccount: { code: 'NOT_PERMITTED' },
};

/** The refusal behind a call that reverted; null when the node failed for another reason. */
export function receiptRefusalOf(viem: Viem, error: unknown): ReceiptRefusal | null {
  const data = revertedWith(error);
  if (data === null) return null;
  if (data === '0x') return { code: 'INVALID' };
  const found = decodeError(() => viem.decodeErrorResult({ abi: receiptRegistryAbi, data }));
  if (found?.errorName === 'Encumbered')
    return { code: 'ENCUMBERED', free: found.args[0], asked: found.args[1] };
  if (found?.errorName === 'GoodsTaken') return { code: 'GOODS_TAKEN', by: found.args[0] };
  if (found?.errorName === 'Condition') {
    const [logId, size, at] = found.args;
    return { code: 'CONDITION', logId, size, at };
  }
  return REFUSALS[found?.errorName ?? ''] ?? { code: 'INVALID' };
}
