import type { ReceiptOp } from '../gateway/heads/receipt-acts.ts';
import { UsageError } from './failure.ts';
import { readInput } from './inputs.ts';
import type { ActName } from './receipts-acts.ts';
import { address, hash32, nonce, quantity, seconds, until } from './receipts-values.ts';

/** What was written on the command line; what an act needs is there. */
export type ActOptions = {
  readonly holder?: string;
  readonly to?: string;
  readonly quantity?: string;
  readonly left?: string;
  readonly location?: string;
  readonly lot?: string;
  readonly seal?: readonly string[];
  readonly document?: string;
  readonly gateway?: string;
  readonly maxAge?: string;
  readonly registration?: string;
  readonly gate?: string;
  readonly expires?: string;
  readonly evidence?: string;
  readonly off?: boolean;
  readonly nonce?: string;
};

/** The call that was asked for. @throws UsageError, Refused INVALID, StorageError IO for a document */
export async function opOf(act: ActName, on: string, options: ActOptions): Promise<ReceiptOp> {
  switch (act) {
    case 'issue':
      return issueOf(options);
    case 'transfer':
      return { kind: act, receiptId: hash32(on), to: address(options.to ?? '') };
    case 'void':
      return { kind: act, receiptId: hash32(on) };
    case 'pledge': {
      const { registrationKey } = await import('../gateway/heads/receipt-hashes.ts');
      return {
        kind: act,
        receiptId: hash32(on),
        financier: address(options.to ?? ''),
        qty: quantity(options.quantity ?? ''),
        regNo: registrationKey(options.registration ?? ''),
        nonce: await nonceOf(options),
      };
    }
    case 'reduce':
      return { kind: act, pledgeId: hash32(on), to: quantity(options.left ?? '') };
    case 'request': {
      const expires = until(options.expires ?? '', Date.now());
      if (options.nonce !== undefined && expires !== until(options.expires ?? '', 0))
        throw new UsageError('to repeat a request, write --expires as a time: a span ends later now');
      return {
        kind: act,
        receiptId: hash32(on),
        qty: quantity(options.quantity ?? ''),
        gate: address(options.gate ?? ''),
        expires,
        maxAge: options.maxAge === undefined ? 0 : seconds(options.maxAge),
        nonce: await nonceOf(options),
      };
    }
    case 'authorize':
    case 'cancel':
    case 'expire':
      return { kind: act, orderId: hash32(on) };
    case 'freeze':
    case 'hold':
    case 'dispute': {
      const evidence = await evidenceOf(options);
      return { kind: act, receiptId: hash32(on), on: options.off !== true, evidence };
    }
    default:
      return act satisfies never;
  }
}

async function issueOf(options: ActOptions): Promise<ReceiptOp> {
  const { documentHash, gatewayId, goodsKey } = await import('../gateway/heads/receipt-hashes.ts');
  const { location = '', lot = '', seal = [], gateway, maxAge } = options;
  if ((gateway === undefined) !== (maxAge === undefined))
    throw new UsageError('give --gateway and --max-age together, or neither');
  const condition =
    gateway === undefined || maxAge === undefined
      ? null
      : { gateway: gatewayId(gateway), maxAge: seconds(maxAge) };
  return {
    kind: 'issue',
    holder: address(options.holder ?? ''),
    qty: quantity(options.quantity ?? ''),
    goodsKey: goodsKey({ location, lot, seals: seal }),
    docHash: documentHash(readInput(options.document ?? '')),
    condition,
    nonce: await nonceOf(options),
  };
}

async function nonceOf(options: ActOptions): Promise<bigint> {
  if (options.nonce !== undefined) return nonce(options.nonce);
  const { freshNonce } = await import('../gateway/heads/receipt-acts.ts');
  return freshNonce();
}

async function evidenceOf({ evidence, document }: ActOptions): Promise<`0x${string}`> {
  if ((evidence === undefined) === (document === undefined))
    throw new UsageError('give the reason: either --document FILE or --evidence HASH');
  if (evidence !== undefined) return hash32(evidence);
  const { documentHash } = await import('../gateway/heads/receipt-hashes.ts');
  return documentHash(readInput(document ?? ''));
}
