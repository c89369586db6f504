/** Asked of the generator over its IPC channel. */
export type LoadOrder = { readonly rate: number; readonly messages: number };

/** Messages at this rate before those that are measured: a daemon runs for months, not from cold. */
export function warmUpOf({ rate }: LoadOrder): LoadOrder {
  return { rate, messages: rate * WARM_UP_S };
}

const WARM_UP_S = 5;

export type Crossing = {
  readonly device: number;
  /** When its message was handed to the socket, ms of the machine's monotonic clock. */
  readonly at: number;
};

export type LoadReport = {
  /** The time field of every message, by device, in the order sent; unique in its device. */
  readonly sent: readonly (readonly number[])[];
  readonly crossings: readonly Crossing[];
  /** When the first message was due, ms of the monotonic clock. */
  readonly begunAt: number;
  /** Seconds from the first to the last message. */
  readonly seconds: number;
  /** The furthest that the generator was behind its own schedule, ms. */
  readonly behindMs: number;
};
