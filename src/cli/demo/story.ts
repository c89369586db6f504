import { setTimeout as sleep } from 'node:timers/promises';
import type { Text } from '../../domain/alarm.ts';
import type { ColdStore } from './cold-store.ts';
import { IN_ORDER, type Fact, type Onlooker } from './onlooker.ts';

/** A quiet time first, so that the difference is seen, ms. */
const QUIET_MS = 8000;
/** A story that takes longer has failed, ms. */
const LONGEST_MS = 90_000;

/** Leaves a door open and waits for what must follow; gives what did not. */
export async function playStory(
  store: ColdStore,
  onlooker: Onlooker,
  tell: (line: Text) => void,
  signal: AbortSignal,
): Promise<Fact[]> {
  const patience = AbortSignal.any([signal, AbortSignal.timeout(LONGEST_MS)]);
  await onlooker.until('readings', patience);
  await rest(QUIET_MS, signal);
  if (signal.aborted) return onlooker.missing();
  tell({ en: 'Somebody leaves the door of cold room 1 open.', zh: '有人忘了关一号库房的门。' });
  store.setDoor(true);
  for (const fact of IN_ORDER) await onlooker.until(fact, patience);
  return onlooker.missing();
}

/** Somebody comes and closes the door. */
export function endStory(store: ColdStore, tell: (line: Text) => void): void {
  tell({ en: 'Somebody comes and closes the door.', zh: '有人来关上了门。' });
  store.setDoor(false);
}

async function rest(ms: number, signal: AbortSignal): Promise<void> {
  await sleep(ms, undefined, { signal }).catch((error: unknown) => {
    if (!signal.aborted) throw error;
  });
}
