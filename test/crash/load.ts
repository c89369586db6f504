/** What the load of the crash loop says, and the words its process and the test share. */

export type LoadReport = {
  /** Messages by counting device, numbered from 0. */
  readonly counts: readonly number[];
  /** Times by timing device, in the order sent, ms. */
  readonly times: readonly (readonly number[])[];
};

/** Devices of each kind. */
export const DEVICES = 20;
/** Every so many messages a timing device is too warm, once. */
const WARM_EVERY = 131;

export function countingTopic(device: number): string {
  return `load/counting-${device}`;
}

export function timingTopic(device: number): string {
  return `load/timing-${device}`;
}

/** What a timing device measures in its n-th message, hundredths of °C. */
export function timed(n: number): number {
  return n % WARM_EVERY === WARM_EVERY - 1 ? 900 : 300 + (n % 400);
}

/** How often a timing device was too warm in so many messages. */
export function warmTimes(messages: number): number {
  return Math.floor(messages / WARM_EVERY);
}
