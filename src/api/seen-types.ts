/** What readers and cameras saw. */

/** To which chips tags are bound. EPC and TID: small hexadecimal digits. */
export type Tags = {
  /** Tags known, and those of them whose chip is known. */
  readonly known: number;
  readonly bound: number;
  /** Tags there is room for. */
  readonly most: number;
  /** What one person said and a second has to say within a day. */
  readonly waiting: readonly TagWish[];
};

export type TagWish = {
  readonly epc: string;
  readonly tid: string;
  readonly by: string;
  /** Evidence time, ms. */
  readonly at: number;
};

export type TagBinding = { readonly tid: string; readonly reason: string };

/** A picture that a camera gave, as it stands on record. */
export type Picture = {
  /** 64 small hexadecimal digits. */
  readonly sha256: string;
  readonly camera: string;
  /** When it was asked for, evidence time, ms. */
  readonly at: number;
  /** Bytes. */
  readonly size: number;
  /** The alarm that asked for it; null for one that nothing asked for, or nobody knows what. */
  readonly alarm: string | null;
};
