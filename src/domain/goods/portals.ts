/**
 * A way that goods take out of a zone and into it, told by the antennas of one read point: first those
 * inside, then those outside, or the other way round.
 */
export type Portal = {
  readonly id: string;
  /** Stream of the read point. */
  readonly point: string;
  readonly inside: readonly number[];
  readonly outside: readonly number[];
  /** Longest time from one side to the other, ms. */
  readonly withinMs: number;
  /** Zone inside. */
  readonly zone: string;
};
