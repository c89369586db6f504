import { setTimeout as sleep } from 'node:timers/promises';
import { openArchive } from '../buffer/archive.ts';
import { keysOf, stateOf, type KeyEntry, type KeyState } from './key-list.ts';
import { placeRequest, type KeyRequest } from './key-requests.ts';
import type { Had } from './policy.ts';

/** A key pair of a log as people are shown it: nothing of it is secret. */
export type KeyShown = Pick<KeyEntry, 'no' | 'log' | 'ledger' | 'from' | 'to' | 'announcedIn' | 'erased'> & {
  readonly state: KeyState;
};

/** A gateway looks for requests once a second. */
const PATIENCE_MS = 5000;
const POLL_MS = 200;

/** The keys of a data directory, the oldest first. @throws StorageError */
export function listKeys(directory: string): Had<readonly KeyShown[]> {
  using archive = openArchive(directory);
  const keys = keysOf(archive);
  if (keys.length === 0) return { ok: false, why: `${directory} holds the log of no gateway yet` };
  return {
    ok: true,
    value: keys.map((key) => {
      const { no, log, ledger, from, to, announcedIn, erased } = key;
      return { no, log, ledger, from, to, announcedIn, erased, state: stateOf(key) };
    }),
  };
}

/**
 * Leaves a request for the gateway of this data directory and looks for a while whether it is served.
 * @returns the keys after that, and whether it was served; one that is stopped does it when it starts
 * @throws StorageError
 */
export async function askForKeys(
  directory: string,
  act: KeyRequest['act'],
  reason: string,
  signal: AbortSignal,
): Promise<Had<{ readonly served: boolean; readonly keys: readonly KeyShown[] }>> {
  const before = listKeys(directory);
  if (!before.ok) return before;
  const announced = before.value.find((key) => key.state === 'announced');
  if (act === 'rotate' && announced !== undefined) {
    return {
      ok: false,
      why: `key ${announced.no} is announced already; it must be accepted or cancelled first`,
    };
  }
  if (act === 'accept' && announced === undefined) return { ok: false, why: 'no key is announced' };
  const no = announced?.no ?? before.value.length;
  if (!placeRequest(directory, { act, no, reason })) {
    return { ok: false, why: `${directory} holds a request already that no gateway has served yet` };
  }
  const wanted: KeyState = act === 'rotate' ? 'announced' : 'in-force';
  const until = performance.now() + PATIENCE_MS;
  for (;;) {
    const now = listKeys(directory);
    if (!now.ok) return now;
    const served = now.value[no]?.state === wanted;
    if (served || performance.now() > until) return { ok: true, value: { served, keys: now.value } };
    await sleep(POLL_MS, undefined, { signal });
  }
}
