import type { Hex, Hex32, Outcome, Submission, Submitter } from './port.ts';

/** Warehouse receipts, pledges and release orders as a ledger keeps them (ledger section 3). */

/** The title to goods. Quantities are in the unit of its document, below 2^96. */
export type Receipt = {
  readonly warehouse: Hex;
  readonly holder: Hex;
  readonly qty: bigint;
  readonly pledged: bigint;
  readonly reserved: bigint;
  /** SHA-256 of location, lot and seal set. */
  readonly goodsKey: Hex32;
  /** SHA-256 of the document. */
  readonly docHash: Hex32;
  readonly condition: Condition | null;
  readonly state: 'live' | 'closed';
  readonly frozen: boolean;
  readonly held: boolean;
  readonly disputedBy: readonly ('warehouse' | 'holder')[];
  /** The warehouse says that it was issued by mistake. */
  readonly voidAsked: boolean;
};

/** What a gate needs before it begins. */
export type Condition = {
  /** AnchorLog's id of the gateway whose evidence it is. */
  readonly gateway: Hex32;
  /** Its evidence may be no older, seconds. */
  readonly maxAge: number;
};

export type Pledge = {
  readonly receiptId: Hex32;
  readonly financier: Hex;
  /** 0 when it has ended. */
  readonly qty: bigint;
  /** Hash of the public registration's number. */
  readonly regNo: Hex32;
};

export type OrderState = 'requested' | 'authorized' | 'executing' | 'done' | 'cancelled' | 'expired';

/** A permission to release goods through one gate. Times are seconds since 1970. */
export type Order = {
  readonly receiptId: Hex32;
  readonly gate: Hex;
  readonly qty: bigint;
  readonly expires: number;
  /** Seconds; 0 where the receipt names no gateway. */
  readonly maxAge: number;
  readonly state: OrderState;
  readonly beganAt: number | null;
  /** Leaf hash of the gate's release record, null before it is done. */
  readonly evidence: Hex32 | null;
};

/** One call of the registry. A `nonce` makes two calls alike make two things. */
export type ReceiptOp =
  | {
      readonly kind: 'issue';
      readonly holder: Hex;
      readonly qty: bigint;
      readonly goodsKey: Hex32;
      readonly docHash: Hex32;
      readonly condition: Condition | null;
      readonly nonce: bigint;
    }
  | { readonly kind: 'transfer'; readonly receiptId: Hex32; readonly to: Hex }
  | { readonly kind: 'void'; readonly receiptId: Hex32 }
  | {
      readonly kind: 'pledge';
      readonly receiptId: Hex32;
      readonly financier: Hex;
      readonly qty: bigint;
      readonly regNo: Hex32;
      readonly nonce: bigint;
    }
  | { readonly kind: 'reduce'; readonly pledgeId: Hex32; readonly to: bigint }
  | {
      readonly kind: 'request';
      readonly receiptId: Hex32;
      readonly qty: bigint;
      readonly gate: Hex;
      /** Seconds since 1970. */
      readonly expires: number;
      /** Seconds; 0 is the receipt's. */
      readonly maxAge: number;
      readonly nonce: bigint;
    }
  | { readonly kind: 'authorize' | 'begin' | 'cancel' | 'expire'; readonly orderId: Hex32 }
  | { readonly kind: 'complete'; readonly orderId: Hex32; readonly moved: bigint; readonly evidence: Hex32 }
  | {
      readonly kind: 'freeze' | 'hold' | 'dispute';
      readonly receiptId: Hex32;
      readonly on: boolean;
      readonly evidence: Hex32;
    };

export type RegistryRole = 'WAREHOUSE' | 'FINANCIER' | 'REGULATOR' | 'INSPECTOR';

/** Who may act as what: the admin's to say. */
export type RoleOp = {
  readonly kind: 'role';
  readonly role: RegistryRole;
  readonly account: Hex;
  readonly on: boolean;
};

/** Why a call is refused; nothing is changed then. */
export type ReceiptRefusal =
  | { readonly code: 'ENCUMBERED'; readonly free: bigint; readonly asked: bigint }
  /** The live receipt that stands for these goods. */
  | { readonly code: 'GOODS_TAKEN'; readonly by: Hex32 }
  /** The gateway's current log: not active, empty or its head too old; `at` in seconds since 1970. */
  | { readonly code: 'CONDITION'; readonly logId: Hex32; readonly size: bigint; readonly at: number }
  | { readonly code: 'WRONG_STATE' | 'NOT_PERMITTED' | 'INVALID' };

export type ReceiptPrepared =
  | { readonly kind: 'ready'; readonly submission: Submission; readonly subject: Hex32 | null }
  | { readonly kind: 'refused'; readonly why: ReceiptRefusal };

export type ReceiptOutcome = Outcome<ReceiptRefusal>;

/** One party's calls. */
export interface ReceiptSubmitter extends Submitter<ReceiptOp | RoleOp, ReceiptRefusal> {
  /**
   * `subject` is the receipt, pledge or order that the call makes or is about, known before it is
   * sent; null for a role.
   */
  prepare(op: ReceiptOp | RoleOp, signal: AbortSignal): Promise<ReceiptPrepared>;
}

/** What is final; null for an id that nothing bears. @throws AnchorError UNREACHABLE */
export interface ReceiptReads {
  receipt(id: Hex32, signal: AbortSignal): Promise<Receipt | null>;
  pledge(id: Hex32, signal: AbortSignal): Promise<Pledge | null>;
  order(id: Hex32, signal: AbortSignal): Promise<Order | null>;
  /** The live receipt of goods. */
  receiptOf(goodsKey: Hex32, signal: AbortSignal): Promise<Hex32 | null>;
}
