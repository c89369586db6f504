/**
 * Documents about goods. A document is JSON in UTF-8, kept by its SHA-256 and named by a statement (leaf
 * type 16, kinds 3 to 8) in the same commit; a bundle carries it under `files/`. Instants are ms since 1970 on the evidence clock.
 */

/** How much: value · 10^exp of a UCUM unit, `1` for pieces. Both are integers; value ≥ 0. */
export type Amount = { readonly value: number; readonly exp: number; readonly unit: string };

/** A party by its number in the consortium: an account of the ledger (0x…) or a name without spaces. */
export type PartyId = string;

/** Statement kind 3: what an order is about. Subject: its id. */
export type OrderContent = {
  readonly kind: 'order';
  /** 64 hexadecimal digits: of a release its id on the ledger. */
  readonly order: string;
  readonly direction: 'in' | 'out' | 'move';
  /** 64 digits; null for receiving goods that have none yet. */
  readonly receipt: string | null;
  readonly lot: string;
  /** EPCs in small hexadecimal digits; null where goods are not told one by one. */
  readonly epcs: readonly string[] | null;
  readonly amount: Amount;
  /** Id of the portal it goes through, and of the zone it comes to or from. */
  readonly portal: string;
  readonly zone: string;
  readonly from: number;
  readonly until: number;
  /** Plate of the vehicle, where one is told. */
  readonly vehicle: string | null;
};

/** A range that goods have to stay in, for exposure: as a limit of a rule, unit UCUM. */
export type GoodsRange = {
  readonly quantity: string;
  readonly min: number | null;
  readonly max: number | null;
  readonly unit: string;
  /** Time outside in all that is borne with, ms. */
  readonly allowedMs: number;
};

/** Statement kind 4: a warehouse receipt (GB/T 30332) bound to goods at this site. Subject: its id, qty: as the receipt says. */
export type ReceiptBinding = {
  readonly kind: 'receipt';
  /** 64 digits: its id on the ledger, or SHA-256 of its document where there is none. */
  readonly receipt: string;
  /** Number that stands on the document. */
  readonly number: string;
  /** SHA-256 of the document of title, and of location, lot and seal set (ledger section 3). */
  readonly docHash: string;
  readonly goodsKey: string;
  readonly keeper: PartyId;
  readonly depositor: PartyId;
  readonly holder: PartyId;
  /** Who lends against it; null while nobody does. */
  readonly financier: PartyId | null;
  /** Id of the agreement on control; without it no control period starts. */
  readonly agreement: string | null;
  readonly goods: {
    readonly name: string;
    readonly spec: string;
    readonly lot: string;
    readonly packages: number | null;
    readonly marks: string;
  };
  readonly amount: Amount;
  /** Least amount that has to stay (最低控货量), in the same unit and exponent. */
  readonly floor: Amount | null;
  readonly place: { readonly zone: string; readonly location: string };
  readonly epcs: readonly string[] | null;
  /** Stream ids or device ids whose evidence control rests on, and how the amount is attested. */
  readonly sources: readonly string[];
  readonly attestedBy: 'tags' | 'weight' | 'count';
  /** Stream of the scale, for `weight`. */
  readonly scale: string | null;
  readonly range: GoodsRange | null;
  /** A count may be no older, ms; a zone no longer without its observation than the streams' own max_gap. */
  readonly countWithinMs: number;
  readonly storage: { readonly from: number; readonly until: number | null };
  /** Loss allowed, per mille; what is insured until when. */
  readonly lossPerMille: number;
  readonly insuredUntil: number | null;
  readonly issuedAt: number;
  /** What the intake check found; a binding whose count differs names who allowed it and why. */
  readonly override: { readonly by: number; readonly reason: string } | null;
};

/** Statement kind 5: the answer to a count. Subject: receipt, else zone; qty: seen. */
export type CountReply = {
  readonly kind: 'count';
  readonly challenge: string;
  readonly nonce: string;
  readonly receipt: string | null;
  readonly zone: string;
  readonly what: 'rfid-count' | 'snapshot' | 'weigh' | 'manual';
  readonly startedAt: number;
  readonly finishedAt: number;
  readonly result: 'complete' | 'incomplete' | 'refused';
  readonly reason: string;
  readonly expected: number;
  readonly seen: number;
  readonly missing: number;
  readonly unexpected: number;
  /** SHA-256 over salt and the sorted EPCs seen; the salt goes to those entitled to it. */
  readonly epcSetHash: string | null;
  readonly readers: readonly {
    readonly stream: string;
    readonly healthy: boolean;
    readonly rounds: number;
  }[];
  readonly snapshots: readonly { readonly sha256: string; readonly at: number; readonly camera: string }[];
  readonly weights: readonly { readonly stream: string; readonly amount: Amount; readonly stable: boolean }[];
};

/** Statement kind 7: goods in or on other goods, pallet and cases. Subject: EPC of the parent; qty: children. */
export type Aggregation = {
  readonly kind: 'aggregation';
  readonly parent: string;
  readonly children: readonly string[];
  readonly on: boolean;
  readonly zone: string;
};

/** Statement kind 8: an amount by weight, by bin or by a person. Subject: lot; qty: its value. */
export type QuantityTold = {
  readonly kind: 'quantity';
  readonly lot: string;
  readonly zone: string;
  readonly amount: Amount;
  readonly by: 'scale' | 'weighbridge' | 'bin' | 'person';
  /** Gross and tare of a weighbridge, declared net; ticket number. */
  readonly gross: number | null;
  readonly tare: number | null;
  readonly declared: number | null;
  readonly ticket: string | null;
};

/** Statement kind 6: goods pass from one hand to another. Subject: its id; qty null: nobody has signed it yet. */
export type HandOver = {
  readonly kind: 'hand-over';
  readonly handOver: string;
  /** Waybill or order it belongs to. */
  readonly waybill: string;
  readonly giver: PartyId;
  readonly taker: PartyId;
  readonly goods: { readonly lot: string; readonly epcs: readonly string[] | null; readonly amount: Amount };
  readonly zone: string;
  readonly at: number;
  readonly vehicle: string | null;
  readonly condition: {
    readonly accepted: boolean;
    readonly minutesOutside: number | null;
    readonly note: string;
  };
  readonly exceptions: readonly {
    readonly code: string;
    readonly note: string;
    readonly pictures: readonly string[];
  }[];
  /** Root of the giver's log that the goods come from: `<origin> <size> <base64 root>`; null where nobody told one. */
  readonly from: string | null;
};

/**
 * Statement kind 6: one hand's signature under a hand-over (`handOverMessage`). Subject: the hand-over; qty: 1 for the
 * giver's, 2 for the taker's.
 */
export type HandOverSignature = {
  readonly kind: 'signature';
  readonly handOver: string;
  /** SHA-256 of the document of the hand-over. */
  readonly document: string;
  readonly by: 'giver' | 'taker';
  readonly party: PartyId;
  /** Ed25519 public key and signature, in small hexadecimal digits. */
  readonly key: string;
  readonly signature: string;
};

/** Statement kind 6: an objection of either hand, before the signatures or after. Subject: the hand-over; qty null. */
export type HandOverException = {
  readonly kind: 'exception';
  readonly handOver: string;
  readonly by: PartyId;
  readonly code: string;
  readonly note: string;
  /** SHA-256 of pictures. */
  readonly pictures: readonly string[];
};

export type GoodsDocument =
  | OrderContent
  | ReceiptBinding
  | CountReply
  | Aggregation
  | QuantityTold
  | HandOver
  | HandOverSignature
  | HandOverException;
