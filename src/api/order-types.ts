import type { Text } from '../domain/alarm.ts';

/** One release, receiving or moving order as far as the journal tells of it. Instants: evidence time, ms. */
export type Order = {
  /** 64 small hexadecimal digits: of a release its id on the ledger. */
  readonly order: string;
  /** What it is about; null while nobody has told. */
  readonly content: OrderGoods | null;
  readonly state:
    'known' | 'requested' | 'authorised' | 'claimed' | 'open' | 'done' | 'cancelled' | 'expired';
  readonly since: number;
  readonly openedAt: number | null;
  readonly endedAt: number | null;
  /** EPCs that went out under it. */
  readonly passed: readonly string[];
  /** What passed against it. */
  readonly breaches: readonly {
    readonly epc: string;
    readonly is: 'excess' | 'wrong-goods' | 'wrong-way';
    readonly at: number;
  }[];
  /** Something passed against it, and no person has settled it. */
  readonly isDisputed: boolean;
  /** In the order's own amount; null while it is not known. */
  readonly moved: number | null;
  /** Why the barrier was refused last: `why` as it stands on record, `text` for people. */
  readonly refused: { readonly at: number; readonly why: string; readonly text: Text } | null;
  /** The gate of its portal; null where none here opens it. */
  readonly gate: { readonly busy: string | null } | null;
};

/** The document of an order, as it was told (statement kind 3). */
export type OrderGoods = {
  readonly kind: 'order';
  readonly order: string;
  readonly direction: 'in' | 'out' | 'move';
  readonly receipt: string | null;
  readonly lot: string;
  readonly epcs: readonly string[] | null;
  readonly amount: { readonly value: number; readonly exp: number; readonly unit: string };
  readonly portal: string;
  readonly zone: string;
  readonly from: number;
  readonly until: number;
  readonly vehicle: string | null;
};
