/** What rules and interlocks may ask of goods. Answers are as of the last record taken; nothing here waits. */

/** One tagged thing that is on record. Instants are evidence time, ms. */
export type ItemFact = {
  readonly lot: string;
  /** 64 digits; null where no receipt names it. More than one is R8. */
  readonly receipts: readonly string[];
  /** Where it was last put or seen. */
  readonly zone: string;
  readonly seenAt: number | null;
};

/** Whether a thing may pass a portal now. */
export type Release =
  /** No receipt names it: nobody's permission is needed. */
  | { readonly is: 'free' }
  /** An order covers it. `order`: 64 digits. */
  | { readonly is: 'released'; readonly order: string }
  /** An order is there, and it is not in it, too many passed, or it goes the other way. */
  | { readonly is: 'wrong-goods' | 'excess' | 'wrong-way'; readonly order: string }
  /** No order, or none in force at this time. */
  | { readonly is: 'unreleased' }
  /** What would say so is not known: the reader is ill, or the ledger's last word is too old. */
  | { readonly is: 'unknown'; readonly why: string };

/** What a receipt says, what is attested and what must stay, in the receipt's unit and exponent. */
export type ReceiptAmounts = {
  readonly onReceipt: number;
  readonly attested: number | null;
  readonly attestedAt: number | null;
  /** From then on what was attested is too old to count. */
  readonly goodUntil: number | null;
  readonly floor: number | null;
};

/** Amounts in one unit and exponent; `null` where the ticket does not tell them. */
export type WeighingTicket = {
  readonly at: number;
  readonly net: number;
  readonly declared: number | null;
  readonly gross: number | null;
  readonly tare: number | null;
};

export interface GoodsFacts {
  /** @param epc small hexadecimal digits */
  item(epc: string): ItemFact | null;
  /** @param point id of the read point's stream */
  release(epc: string, point: string, way: 'out' | 'in', t: number): Release;
  /** Receipts whose goods lie in a zone. */
  receiptsIn(zone: string): readonly string[];
  /** Null for a receipt that nobody bound here. */
  amounts(receipt: string): ReceiptAmounts | null;
  /** The newest count of a receipt; `seen` is null for one that was not complete: it is no smaller count. */
  counted(receipt: string): {
    readonly at: number;
    readonly seen: number | null;
    readonly expected: number;
  } | null;
  /** The newest weighing of a vehicle in this zone. */
  ticket(zone: string): WeighingTicket | null;
  /** Orders in force that name a zone, a portal, a scale's zone: what suppresses a rule by design. */
  ordersAt(zone: string, t: number): readonly string[];
}
