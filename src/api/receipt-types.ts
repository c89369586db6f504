import type { Breach, ControlGap, ReceiptStatus } from '../domain/goods/status.ts';
import type { RecordRef } from '../domain/record.ts';
import type { SignedStatement } from '../evidence/statement.ts';

export type { ReceiptStatus } from '../domain/goods/status.ts';
export type { Score } from '../goods/score.ts';
export type { SignedStatement };

/** All gaps that are known one by one; of older ones their sum is in the coverage. */
export type ReceiptGaps = {
  readonly gaps: readonly ControlGap[];
  readonly breaches: readonly Breach[];
  /** How many gaps are in sums alone, and up to when. */
  readonly summedGaps: number;
  readonly summedTo: number | null;
};

/** An order of a receipt's goods, and what came of it. Amounts in the receipt's unit and exponent. */
export type Movement = {
  /** Id of its release or order, 64 digits. */
  readonly order: string;
  readonly direction: 'in' | 'out' | 'move';
  readonly state: string;
  readonly ordered: number;
  readonly moved: number | null;
  readonly openedAt: number | null;
  readonly endedAt: number | null;
  readonly isDisputed: boolean;
};

/** One thing on the axis of time; `refs` are the records that it rests on. */
export type TimelineEntry = {
  readonly kind: 'bound' | 'period' | 'gap' | 'breach' | 'count' | 'movement' | 'alarm';
  readonly from: number;
  /** null while it lasts; the same as `from` for what has no length. */
  readonly to: number | null;
  /** Cause, rule, result, or the order's id. */
  readonly code: string;
  readonly refs: readonly RecordRef[];
};

export type ReceiptVerb =
  | 'start-control'
  | 'end-control'
  | 'close-breach'
  | 'confirm-breach-closed'
  | 'dispute-receipt'
  | 'settle-receipt'
  | 'cancel-receipt';

export type ReceiptAct = { readonly verb: ReceiptVerb; readonly reason: string };

/** Changes of control in the order of their numbers, which leave none out; and how far each receiver is told. */
export type ControlChanges = {
  readonly next: number;
  readonly changes: readonly {
    readonly seq: number;
    readonly receipt: string;
    readonly t: number;
    readonly statement: SignedStatement;
  }[];
  readonly channels: readonly {
    readonly id: string;
    readonly told: number;
    readonly waiting: number;
    readonly lastError: string | null;
  }[];
};

/** One receipt in the statement of a day. Amounts in its unit and exponent. */
export type StockLine = {
  readonly receipt: string;
  readonly number: string;
  readonly lot: string;
  readonly zone: string;
  readonly unit: string;
  readonly exp: number;
  /** What the receipt said when the day began; null where it was bound later. */
  readonly opening: number | null;
  readonly out: number;
  readonly closing: number;
  readonly attested: number | null;
  readonly attestedAt: number | null;
  /** attested - closing. */
  readonly variance: number | null;
  /** What may be lost by the receipt, and whether less is missing than that. */
  readonly lossAllowed: number;
  readonly isWithinLoss: boolean | null;
  readonly control: ReceiptStatus['control'];
  readonly lifecycle: ReceiptStatus['lifecycle'];
  /** Of this day, hundredths of a per cent. */
  readonly coverage: number | null;
  readonly gapMs: number | null;
  readonly openBreaches: number;
  readonly exposure: ReceiptStatus['exposure'];
};

/** The stock of a local day, stated when it was over. */
export type StockStatement = {
  readonly kind: 'stock';
  /** `2026-11-24`, and the zone of the site's clocks. */
  readonly day: string;
  readonly timeZone: string;
  readonly from: number;
  readonly to: number;
  readonly receipts: readonly StockLine[];
};
