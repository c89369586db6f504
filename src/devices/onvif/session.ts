import { DeviceError } from '../../domain/errors.ts';
import type { Pulled, Subscription } from './answers.ts';
import { isFault, type CameraClient } from './client.ts';
import { pause } from './pause.ts';

/** Told of a pull point as it lives. */
export type Watcher = { subscribed(): void; pulled(pulled: Pulled): void };

export type Rhythm = {
  /** So long a pull waits for events, ms. */
  readonly pullMs: number;
  /** So long a pull point is asked to live, ms. */
  readonly leaseMs: number;
};

/** Most events of one answer; more wait for the next pull. */
const MOST_EVENTS = 100;
const CLOCK_EVERY_MS = 3_600_000;
const GOODBYE_MS = 2000;
/** A pull without events takes at least so long, and one with events, ms. */
const LEAST_PULL_MS = 1000;
const LEAST_BURST_MS = 100;

/**
 * Subscribes and pulls until the signal aborts, and unsubscribes then. A camera that restarted has forgotten
 * the pull point and says so; then a new session begins with everything as it stands.
 * @throws DeviceError when the camera does not answer as it should
 */
export async function runSession(
  client: CameraClient,
  rhythm: Rhythm,
  watcher: Watcher,
  signal: AbortSignal,
): Promise<void> {
  await client.readClock(signal);
  const { events } = await client.services(signal);
  if (events === null) throw new DeviceError('REFUSED', 'the camera has no events service');
  const point = await client.subscribe(events, rhythm.leaseMs, signal);
  try {
    await client.synchronize(point, signal);
    watcher.subscribed();
    await pullOn(client, rhythm, point, watcher, signal);
  } finally {
    // A camera has room for few pull points. One that is gone already cannot be told.
    await client.unsubscribe(point, AbortSignal.timeout(GOODBYE_MS)).catch(ignoreDeviceError);
  }
}

async function pullOn(
  client: CameraClient,
  { pullMs, leaseMs }: Rhythm,
  point: Subscription,
  watcher: Watcher,
  signal: AbortSignal,
): Promise<void> {
  let granted = point.leaseMs ?? leaseMs;
  let until = performance.now() + granted;
  let clockAt = performance.now() + CLOCK_EVERY_MS;
  let canRenew = true;
  while (!signal.aborted) {
    const from = performance.now();
    // A camera may grant less than it was asked for.
    const wait = Math.max(LEAST_PULL_MS, Math.min(pullMs, (until - from) / 3));
    const pulled = await client.pull(point, wait, MOST_EVENTS, signal);
    watcher.pulled(pulled);
    // There are cameras that never wait, and some that never end.
    const least = pulled.events.length === 0 ? LEAST_PULL_MS : LEAST_BURST_MS;
    await pause(least - (performance.now() - from), signal);
    const now = performance.now();
    // Many keep a pull point alive for who pulls.
    if (pulled.leaseMs !== null) until = now + pulled.leaseMs;
    if (canRenew && until - now < granted / 2) {
      const renewed = await client.renew(point, leaseMs, signal).catch((error: unknown) => {
        if (!isFault(error)) throw error;
        return 'no' as const;
      });
      // Without Renew it may end; then a new one is made.
      canRenew = renewed !== 'no';
      if (renewed !== 'no') {
        granted = renewed ?? leaseMs;
        until = performance.now() + granted;
      }
    }
    if (now >= clockAt) {
      await client.readClock(signal);
      clockAt = now + CLOCK_EVERY_MS;
    }
  }
}

function ignoreDeviceError(error: unknown): void {
  if (!(error instanceof DeviceError) && !isTimeout(error)) throw error;
}

function isTimeout(error: unknown): boolean {
  return error instanceof Error && error.name === 'TimeoutError';
}
