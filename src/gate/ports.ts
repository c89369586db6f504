import type { ItemFact } from '../domain/goods/facts.ts';
import type { OrderFact } from '../domain/goods/orders.ts';
import type { RecordRef, ReleaseStep } from '../domain/record.ts';

/** What a gate needs of the world. Order ids are 64 hexadecimal digits; on the ledger `0x` stands before them. */

export type Hex = `0x${string}`;

/** An order on the ledger, at finality. `expires` in seconds since 1970. */
export type LedgerOrder = {
  readonly receiptId: Hex;
  readonly gate: Hex;
  readonly qty: bigint;
  readonly expires: number;
  readonly state: 'requested' | 'authorized' | 'executing' | 'done' | 'cancelled' | 'expired';
};

export type LedgerReceipt = {
  readonly frozen: boolean;
  readonly held: boolean;
  readonly disputedBy: readonly string[];
};

/** The receipt is read after the order. */
export type OnLedger = { readonly order: LedgerOrder; readonly receipt: LedgerReceipt };

export type GateOp =
  | { readonly kind: 'begin'; readonly orderId: Hex }
  | { readonly kind: 'complete'; readonly orderId: Hex; readonly moved: bigint; readonly evidence: Hex };

/** A signed transaction. */
export type Signed = {
  readonly id: string;
  readonly raw: Uint8Array;
  readonly sender: string;
  readonly nonce: bigint;
};

export type Ended =
  | { readonly kind: 'final' | 'included' | 'dropped' | 'unknown' }
  | { readonly kind: 'refused'; readonly why: { readonly code: string } };

/** The ledger of one gate's account. Each rejects with AnchorError UNREACHABLE where nobody knows. */
export interface OrderLedger {
  /** Account of the gate. */
  readonly gate: Hex;
  /** What is final; null for an id that nothing bears. */
  order(orderId: Hex, signal: AbortSignal): Promise<OnLedger | null>;
  prepare(
    op: GateOp,
    signal: AbortSignal,
  ): Promise<
    | { readonly kind: 'ready'; readonly submission: Signed }
    | { readonly kind: 'refused'; readonly why: { readonly code: string } }
  >;
  broadcast(s: Signed, signal: AbortSignal): Promise<void>;
  outcome(s: Signed, signal: AbortSignal): Promise<Ended>;
}

type NewSubmission = {
  readonly id: string;
  readonly kind: 'order';
  /** The order, so that one transaction for it is in flight at most. */
  readonly log: string;
  readonly size: null;
  readonly request: string;
  readonly makes: null;
  readonly raw: Uint8Array;
  readonly sender: string;
  readonly nonce: number;
};

/** Durable before it returns: what is sent was stored, so a restart sends the same bytes or none. */
export interface GateStore {
  stage(s: NewSubmission): void;
  update(
    id: string,
    change:
      | { readonly state: 'submitted' }
      | { readonly state: 'final'; readonly proof: null }
      | { readonly state: 'refused' | 'dropped'; readonly why: string },
  ): void;
  inFlight(): readonly {
    readonly id: string;
    readonly log: string | null;
    readonly request: string;
    readonly raw: Uint8Array;
    readonly sender: string;
    readonly nonce: number | null;
  }[];
  isFinal(log: string, request: string): boolean;
}

/** A step on record: its place and LH of its leaf, which the ledger keeps as evidence. */
export type Recorded = RecordRef & { readonly hash: Uint8Array };

/** Resolves once it is durable. */
export interface GateRecords {
  step(order: string, step: ReleaseStep, qty: number, detail: string): Promise<Recorded>;
}

/** What opens and shuts. Resolves when the device confirmed; rejects with DeviceError when it did not. */
export interface Barrier {
  open(order: string, cause: RecordRef, signal: AbortSignal): Promise<void>;
  shut(order: string, cause: RecordRef, signal: AbortSignal): Promise<void>;
}

/** What the gateway itself knows, now. */
export interface LocalFacts {
  order(order: string): OrderFact | null;
  /** Orders through this gate's portal, for what a restart finds half done. */
  orders(): readonly OrderFact[];
  item(epc: string): ItemFact | null;
  /** Evidence time, ms. */
  now(): number;
  reader(): 'well' | 'ill' | 'unknown';
  barrier(): 'well' | 'ill' | 'unknown';
  /** Alarms that say that a zone or its goods are out of their range. */
  excursions(zone: string): readonly string[];
}

export type GateParts = {
  /** Id of its portal. */
  readonly portal: string;
  /** Longest time that it stands open for one order, ms. */
  readonly openForMs: number;
  readonly ledger: OrderLedger;
  readonly store: GateStore;
  readonly records: GateRecords;
  readonly local: LocalFacts;
  /** null where goods are let go by word alone, e.g. to a forklift. */
  readonly barrier: Barrier | null;
  /** Never steps, ms. */
  readonly monotonic: () => number;
  /** Resolves when time is up or the signal aborts. */
  readonly sleep: (ms: number, signal: AbortSignal) => Promise<void>;
  readonly log: (message: string, fields: Readonly<Record<string, unknown>>) => void;
};
