/** One thing with a tag, as it stands on record. Instants: evidence time, ms; -1 for never. */
export type Item = {
  /** Small hexadecimal digits. */
  readonly epc: string;
  /** The chip that bears it, hexadecimal; '' while none was read. */
  readonly tid: string;
  readonly lot: string;
  /** Where it was put by an act; '' for nowhere: it was taken out, and a receipt still names it. */
  readonly zone: string;
  readonly placedAt: number;
  /** Where and when a reader saw it last; '' for never. */
  readonly seenZone: string;
  readonly seenAt: number;
  /** When it was first seen there. */
  readonly seenSince: number;
  /** Receipts that name it, sorted, with a blank between. */
  readonly receipts: string;
};
