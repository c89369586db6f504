/** Hand-overs as the API tells of them. Digests and keys in small hexadecimal digits, times evidence time in ms. */

type Signed = { readonly key: string; readonly at: number };

export type HandOver = {
  readonly id: string;
  /** `incomplete` while a signature is missing; `disputed` while an objection is not settled. */
  readonly state: 'incomplete' | 'complete' | 'disputed';
  readonly sha256: string;
  readonly at: number;
  readonly terms: {
    readonly kind: 'hand-over';
    readonly waybill: string;
    readonly giver: string;
    readonly taker: string;
    readonly goods: {
      readonly lot: string;
      readonly epcs: readonly string[] | null;
      readonly amount: { readonly value: number; readonly exp: number; readonly unit: string };
    };
    readonly zone: string;
    readonly at: number;
    readonly vehicle: string | null;
    readonly condition: {
      readonly accepted: boolean;
      readonly minutesOutside: number | null;
      readonly note: string;
    };
  };
  readonly giver: Signed | null;
  readonly taker: Signed | null;
  readonly exceptions: readonly {
    readonly by: string;
    readonly code: string;
    readonly note: string;
    readonly pictures: readonly string[];
    readonly at: number;
    /** Names it. */
    readonly seq: number;
    /** Whether its proof file is made. */
    readonly kept: boolean;
  }[];
};

/** What the holder of a link is asked to sign: `document` is the very text. */
export type DockTerms = {
  readonly by: 'giver' | 'taker';
  readonly handOver: HandOver;
  readonly document: string;
};
