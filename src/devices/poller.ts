import type { Sink } from '../domain/device.ts';
import { pause } from './line.ts';
import type { PolledDevice } from './port.ts';

/** The monotonic time a schedule runs on, ms. */
export type Ticker = {
  now(): number;
  pause(ms: number, signal: AbortSignal): Promise<void>;
};

const MONOTONIC: Ticker = { now: () => performance.now(), pause };

/**
 * Polls the devices of one connection, one after the other, each at its own cadence, until the
 * signal aborts. The first round starts at once. Due times lie on a fixed grid, so nothing drifts;
 * a device whose times were missed (a stall, a slow neighbour) is asked once, never in a burst.
 */
export async function runPoller(
  devices: readonly PolledDevice[],
  sink: Sink,
  signal: AbortSignal,
  ticker: Ticker = MONOTONIC,
): Promise<void> {
  const start = ticker.now();
  const due = devices.map((device) => ({ device, at: start }));
  while (!signal.aborted && due.length > 0) {
    const next = due.reduce((a, b) => (earlier(b, a) ? b : a));
    const wait = next.at - ticker.now();
    if (wait > 0) {
      await ticker.pause(wait, signal);
      continue;
    }
    await next.device.poll(sink, signal);
    const every = next.device.everyMs;
    const missed = Math.max(0, Math.floor((ticker.now() - next.at) / every));
    next.at += every * Math.max(1, missed);
  }
}

type Due = { readonly device: PolledDevice; at: number };

/** Of two that are due at the same time the faster goes first: it has the least room. */
function earlier(a: Due, b: Due): boolean {
  return a.at < b.at || (a.at === b.at && a.device.everyMs < b.device.everyMs);
}
