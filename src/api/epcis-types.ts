/** What the API says of events of EPCIS. */

/** How a partner's repository is told; null counts where none is configured. */
export type EpcisOutbox = {
  readonly repository: string | null;
  /** Events made so far. */
  readonly made: number;
  /** Not stored there yet, those under way among them, and when the oldest became known, ms. */
  readonly waiting: number;
  readonly oldest: number | null;
  /** `idle`: nothing waits; `sending`; `polling`: sent, and its capture job not over; `failing`: tried again later. */
  readonly state: 'none' | 'idle' | 'sending' | 'polling' | 'failing';
  /** Address of the capture job under way. */
  readonly job: string | null;
  readonly lastError: string | null;
  readonly storedAt: number | null;
  /** Events that the repository did not take, the newest last. */
  readonly refused: readonly { readonly event: string; readonly at: number; readonly why: string }[];
};

/** `reason` is a word of CBV 2.0; `note` is a person's. */
export type EventWithdrawal = {
  readonly event: string;
  readonly reason: 'did_not_occur' | 'incorrect_data';
  readonly corrective?: string | undefined;
  readonly note: string;
};
