import { bytesOfHex, hexOf } from '../hex.ts';
import type { Hex, Hex32 } from '../port.ts';
import type { Order, OrderState, Pledge, Receipt } from '../receipt-port.ts';
import type { Viem } from './contract.ts';
import { receiptRegistryAbi as abi } from './generated/receipt-registry.ts';

// At a height where the contract is not there yet every answer is empty.

const LIVE = 1;
const CLOSED = 2;
const WAREHOUSE = 1;
const HOLDER = 2;

/** `receipt(id)`. @throws RangeError for a state that the contract does not have */
export function decodeReceipt(viem: Viem, data: Hex): Receipt | null {
  if (data === '0x') return null;
  const r = viem.decodeFunctionResult({ abi, functionName: 'receipt', data });
  if (r.state === 0) return null;
  if (r.state !== LIVE && r.state !== CLOSED) throw new RangeError(`a receipt has no state ${r.state}`);
  return {
    warehouse: lower(r.warehouse),
    holder: lower(r.holder),
    qty: r.qty,
    pledged: r.pledged,
    reserved: r.reserved,
    goodsKey: r.goodsKey,
    docHash: r.docHash,
    condition: isNone(r.gateway) ? null : { gateway: r.gateway, maxAge: r.maxAge },
    state: r.state === LIVE ? 'live' : 'closed',
    frozen: r.frozen,
    held: r.held,
    disputedBy: [
      ...((r.disputed & WAREHOUSE) === 0 ? [] : (['warehouse'] as const)),
      ...((r.disputed & HOLDER) === 0 ? [] : (['holder'] as const)),
    ],
    voidAsked: r.voidAsked,
  };
}

/** `pledges(id)`. */
export function decodePledge(viem: Viem, data: Hex): Pledge | null {
  if (data === '0x') return null;
  const [financier, qty, receiptId, regNo] = viem.decodeFunctionResult({
    abi,
    functionName: 'pledges',
    data,
  });
  return isNone(receiptId) ? null : { receiptId, financier: lower(financier), qty, regNo };
}

const STATES: readonly OrderState[] = [
  'requested',
  'authorized',
  'executing',
  'done',
  'cancelled',
  'expired',
];

/** `order(id)`. @throws RangeError for a state that the contract does not have */
export function decodeOrder(viem: Viem, data: Hex): Order | null {
  if (data === '0x') return null;
  const o = viem.decodeFunctionResult({ abi, functionName: 'order', data });
  if (o.state === 0) return null;
  const state = STATES[o.state - 1];
  if (state === undefined) throw new RangeError(`an order has no state ${o.state}`);
  return {
    receiptId: o.receiptId,
    gate: lower(o.gate),
    qty: o.qty,
    expires: o.expires,
    maxAge: o.maxAge,
    state,
    beganAt: o.beganAt === 0 ? null : o.beganAt,
    evidence: state === 'done' ? o.evidence : null,
  };
}

/** `receiptOf(goodsKey)`. */
export function decodeReceiptOf(viem: Viem, data: Hex): Hex32 | null {
  if (data === '0x') return null;
  const id = viem.decodeFunctionResult({ abi, functionName: 'receiptOf', data });
  return isNone(id) ? null : id;
}

function isNone(id: Hex32): boolean {
  return /^0x0*$/.test(id);
}

function lower(address: Hex): Hex {
  return hexOf(bytesOfHex(address));
}
