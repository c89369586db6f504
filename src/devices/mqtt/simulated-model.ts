/** A value as the device measures it, by channel, scaled as in its profile. */
export type Values = ReadonlyMap<string, number>;

export type Sent = { readonly topic: string; readonly payload: string };

export type Moment = {
  readonly topic: string;
  readonly address: string;
  readonly at: number;
  readonly no: number;
};

/** How a kind of device speaks: what it publishes, and what it does when told. */
export type Model = {
  /** Where it reports being there or gone, with the two words; the second is its last will. */
  readonly availability?: { readonly topic: string; readonly online: string; readonly offline: string };
  /** A change is published at once. */
  readonly eager: boolean;
  readonly report: (values: Values, m: Moment) => Sent;
  /** Topic of its orders, and the channel value that a payload asks for (null: nothing). */
  readonly orders?: { readonly topic: string; readonly read: (payload: string) => number | null };
  /** What it publishes to confirm. */
  readonly confirm?: (state: number, m: Moment) => Sent;
};
