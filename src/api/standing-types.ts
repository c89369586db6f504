import type { GoodsRange } from '../domain/goods/documents.ts';
import type { ControlState, ReceiptStatus } from '../domain/goods/status.ts';

/** How far what is said of a receipt is fixed by others. */
export type ProofAge = {
  /** End of the newest sealed block, evidence time, ms; null before the first. */
  readonly sealedUntil: number | null;
  /** When the newest anchor became final, and what ledger holds it; null for none. */
  readonly anchoredAt: number | null;
  readonly ledger: string | null;
};

/** What speaks against one lot, one receipt. */
export type UniquenessSignal = {
  readonly kind: 'same-epc' | 'same-place' | 'same-ticket' | 'other-site';
  /** The other receipt of this site, or how the index names who else told of it. */
  readonly other: string;
  readonly count: number;
};

/** Never "unique": what was compared with what, and when. */
export type Uniqueness = {
  readonly signals: readonly UniquenessSignal[];
  /** Compared with the receipts of this site as of now. */
  readonly here: { readonly receipts: number; readonly tidShare: number | null };
  /** Compared across sites; null where no index is configured. */
  readonly index: {
    readonly name: string;
    /** Last answer, evidence time, ms; null while there was none. */
    readonly checkedAt: number | null;
    /** Since when it is not reached; null while it is. */
    readonly unreachedSince: number | null;
  } | null;
};

/** All that the page of a receipt says. */
export type Standing = {
  readonly status: ReceiptStatus;
  readonly goods: { readonly name: string; readonly lot: string; readonly zone: string };
  readonly range: GoodsRange | null;
  /** What measures where the goods lie, for the curve; `since` is when they came. */
  readonly streams: readonly { readonly id: string; readonly quantity: string; readonly unit: string }[];
  readonly since: number;
  readonly proof: ProofAge;
  readonly uniqueness: Uniqueness;
};

/** A receipt in a list, the worst first. */
export type PortfolioRow = {
  readonly receipt: string;
  readonly number: string;
  readonly name: string;
  readonly zone: string;
  readonly control: ControlState;
  readonly since: number;
  readonly asOf: number;
  readonly validUntil: number;
  /** Of 30 days, hundredths of a per cent, truncated. */
  readonly coverage: number | null;
  readonly gapMs: number;
};
