/** Waiting times between attempts, ms. */
export type Backoff = { readonly firstMs: number; readonly mostMs: number };

/** People's channels: 1 s to 5 min. */
export const CHANNEL_BACKOFF: Backoff = { firstMs: 1000, mostMs: 300_000 };

/** Devices on our own wires: an order that comes late is worth little, so tries are quick. */
export const DEVICE_BACKOFF: Backoff = { firstMs: 250, mostMs: 2000 };

/**
 * How long to wait after this many failures in a row, ms: doubled each time, and between half and
 * all of it, so that a hundred gateways do not return to a server in the same instant.
 *
 * @param random in [0, 1)
 */
export function backoffMs({ firstMs, mostMs }: Backoff, failures: number, random: number): number {
  const full = Math.min(mostMs, firstMs * 2 ** Math.min(Math.max(failures - 1, 0), 30));
  return Math.round(full * (0.5 + random / 2));
}
