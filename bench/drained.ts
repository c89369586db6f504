import { setTimeout as delay } from 'node:timers/promises';

const GIVE_UP_MS = 20_000;
const LOOK_EVERY_MS = 20;

/** Waits until so much is stored and gives how long that took, ms; after 20 s it waits no more. */
export async function drained(stored: () => number, wanted: number): Promise<number> {
  const since = performance.now();
  while (stored() < wanted && performance.now() - since < GIVE_UP_MS) await delay(LOOK_EVERY_MS);
  return performance.now() - since;
}
