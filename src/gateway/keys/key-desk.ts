import { setTimeout as sleep } from 'node:timers/promises';
import { openArchive } from '../../buffer/archive.ts';
import { newestEpoch } from '../../buffer/epochs.ts';
import { continuedBy } from './epoch-end.ts';
import { keysOf, stateOf, type KeyEntry, type KeyState } from './key-list.ts';
import { placeRequest, type KeyRequest } from './key-requests.ts';
import type { Had } from './policy.ts';

/** A key pair of a log as people are shown it: nothing of it is secret. */
export type KeyShown = Pick<KeyEntry, 'no' | 'log' | 'ledger' | 'from' | 'to' | 'announcedIn' | 'erased'> & {
  readonly state: KeyState;
};

/** A gateway looks for requests once a second. */
const PATIENCE_MS = 8000;
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
 * Asks the gateway of this data directory to announce or accept a key, and looks for a while whether
 * it does; one that is stopped does it when it starts.
 * @returns the keys after that, and whether it was served
 * @throws StorageError
 */
export async function askForKeys(
  directory: string,
  act: 'rotate' | 'accept',
  reason: string,
  signal: AbortSignal,
): Promise<Had<{ readonly served: boolean; readonly keys: readonly KeyShown[] }>> {
  const before = listKeys(directory);
  if (!before.ok) return before;
  const announced = before.value.find((key) => key.state === 'announced');
  if (act === 'rotate' && announced !== undefined) {
    const why = `key ${announced.no} is announced already; it must be accepted or cancelled first`;
    return { ok: false, why };
  }
  if (act === 'accept' && announced === undefined) return { ok: false, why: 'no key is announced' };
  const no = announced?.no ?? before.value.length;
  const wanted: KeyState = act === 'rotate' ? 'announced' : 'in-force';
  const keysNow = (): readonly KeyShown[] => {
    const now = listKeys(directory);
    return now.ok ? now.value : [];
  };
  const request = { act, no, size: null, reason };
  const asked = await ask(directory, request, () => keysNow()[no]?.state === wanted, signal);
  return asked.ok ? { ok: true, value: { served: asked.value, keys: keysNow() } } : asked;
}

/**
 * Asks the gateway of this data directory to end its epoch, or to note that the begin of the epoch
 * was looked into.
 * @param size of `revoke`: heads above it are void; of `rollback`: what others hold; null for what is signed here
 * @returns the epoch that is recorded after that, and whether the request was served
 * @throws StorageError
 */
export async function askForEpoch(
  directory: string,
  about: Pick<KeyRequest, 'size' | 'reason'> & { readonly act: 'revoke' | 'rollback' | 'acknowledge' },
  signal: AbortSignal,
): Promise<Had<{ readonly served: boolean; readonly epoch: number }>> {
  const epoch = newestEpoch(directory);
  const isServed = (): boolean => {
    if (about.act !== 'acknowledge') return newestEpoch(directory) > epoch;
    using archive = openArchive(directory);
    return continuedBy(archive)?.acknowledged !== false;
  };
  if (about.act === 'acknowledge' && isServed())
    return { ok: false, why: 'nothing waits to be acknowledged' };
  const asked = await ask(directory, { ...about, no: epoch }, isServed, signal);
  return asked.ok ? { ok: true, value: { served: asked.value, epoch: newestEpoch(directory) } } : asked;
}

async function ask(
  directory: string,
  request: KeyRequest,
  isServed: () => boolean,
  signal: AbortSignal,
): Promise<Had<boolean>> {
  if (!placeRequest(directory, request)) {
    return { ok: false, why: `${directory} holds a request already that no gateway has served yet` };
  }
  for (const until = performance.now() + PATIENCE_MS; performance.now() < until;) {
    if (isServed()) return { ok: true, value: true };
    await sleep(POLL_MS, undefined, { signal });
  }
  return { ok: true, value: isServed() };
}
