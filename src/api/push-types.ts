/** A browser that wants to be told, as it says it itself (`PushSubscription.toJSON()`). */
export type PushOrder = {
  readonly endpoint: string;
  readonly keys: { readonly p256dh: string; readonly auth: string };
};

/** Whether the browsers of who asks may be told, and how many are. */
export type PushState = {
  /** Public key that a browser subscribes with, base64url; null where there is no such channel, or none for this person. */
  readonly key: string | null;
  readonly browsers: number;
};

/** Subscriptions of people's browsers. Who acts is known by the number that stands in records. */
export type Pushing = {
  state(actor: number): PushState;
  /**
   * Resolves once it is kept and the act is on record, which does not name the browser.
   * @throws Refused NOT_ALLOWED for somebody who is not called by the page, CONFLICT for one browser too many
   */
  subscribe(actor: number, role: string, order: PushOrder): Promise<void>;
  /** Nothing where it is not known. @throws Refused NOT_ALLOWED likewise */
  unsubscribe(actor: number, role: string, endpoint: string): Promise<void>;
};
