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

export interface GoodsFacts {
  /** @param epc small hexadecimal digits */
  item(epc: string): ItemFact | null;
  /** @param point id of the read point's stream */
  release(epc: string, point: string, way: 'out' | 'in', t: number): Release;
  /** Receipts whose goods lie in a zone. */
  receiptsIn(zone: string): readonly string[];
  /** Last complete count, what the receipt says, what must stay; amounts in the receipt's unit and exponent. */
  amounts(receipt: string): {
    readonly onReceipt: number;
    readonly attested: number | null;
    readonly attestedAt: number | null;
    readonly floor: number | null;
  } | null;
  /** Orders in force that name a zone, a portal, a scale's zone: what suppresses a rule by design. */
  ordersAt(zone: string, t: number): readonly string[];
}
