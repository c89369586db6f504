import type { Decimal } from './units.ts';

/** Whose streams a bundle is about: those named, those that looked at a zone, or every tag reader. */
export type BundleSelect =
  /** `<device>/<channel>` each. */
  | { readonly kind: 'streams'; readonly ids: readonly string[] }
  | { readonly kind: 'zone'; readonly zone: string }
  | { readonly kind: 'readPoints' }
  /** Streams of the places where the goods of a receipt (64 digits), or of a lot, lay, and the sources a receipt names. */
  | { readonly kind: 'receipt'; readonly receipt: string }
  | { readonly kind: 'lot'; readonly lot: string };

/** What is asked of them; a limit that is null asks nothing, a gap that is null is the stream's own. */
export type BundleAsk =
  | {
      readonly kind: 'range';
      /** UCUM; null where the streams have one unit. */
      readonly unit: string | null;
      readonly min: Decimal | null;
      readonly max: Decimal | null;
      readonly maxGapMs: number | null;
      readonly allowOutMs: number;
      readonly allowGapMs: number;
    }
  | {
      readonly kind: 'present';
      /** Lower-case hex. */
      readonly epc: string;
      readonly maxGapMs: number | null;
      readonly allowGapMs: number;
    };

export type BundleMode = 'full' | 'summary' | 'partial';

/** What somebody wants proven of one window. */
export type BundleWish = {
  readonly select: BundleSelect;
  readonly ask: BundleAsk;
  /** [from, to) in evidence time, ms. */
  readonly from: number;
  readonly to: number;
  /** All records, headers only, or some records. */
  readonly mode: BundleMode;
  /** Of a partial bundle: records of these times are shown; empty shows what the question is after. */
  readonly times: readonly { readonly from: number; readonly to: number }[];
  /** All of the gateway's events too, with rule files and snapshots. */
  readonly events: boolean;
};
