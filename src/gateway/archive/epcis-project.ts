import { openArchive, type SqliteArchive } from '../../buffer/archive.ts';
import { dropEpcisStore, openEpcisStore, type EpcisStore } from '../../buffer/epcis-store.ts';
import { epochsOf, newestEpoch } from '../../buffer/epochs.ts';
import type { Transactions } from '../../buffer/transactions.ts';
import type { Naming } from '../../epcis/journal/naming.ts';
import type { Progress } from './audit.ts';
import { EventWalk } from './epcis-walk.ts';

export type ProjectArgs = { readonly directory: string; readonly naming: Naming };

/**
 * Makes the events of what was sealed since the last time, each block in one transaction with what is remembered of
 * it. Of a journal that is not the one read before (an older image was put in its place) everything is made anew.
 * @returns how many blocks were read. @throws StorageError
 */
export function projectEvents(
  _newest: SqliteArchive,
  { directory, naming }: ProjectArgs,
  progress: (value: Progress) => void,
): number {
  if (!isOurs(directory)) dropEpcisStore(directory);
  const { store, transactions } = openEpcisStore(directory);
  using _ = store;
  return project(store, transactions, { directory, naming }, progress);
}

function project(
  store: EpcisStore,
  transactions: Transactions,
  { directory, naming }: ProjectArgs,
  progress: (value: Progress) => void,
): number {
  const newest = newestEpoch(directory);
  let done = 0;
  for (const epoch of epochsOf(directory)) {
    const cursor = store.cursor();
    if (epoch < (cursor?.epoch ?? 0)) continue;
    using archive = openArchive(directory, epoch);
    const walk = new EventWalk(naming, store, archive, directory);
    const isNew = cursor !== null && epoch > cursor.epoch;
    const first = cursor === null || isNew ? 0 : cursor.no;
    const size = archive.size();
    for (let no = first; no < size; no++) {
      const block = archive.block(no);
      if (block === null) break;
      store.step(transactions, () => {
        const begun = no === first && isNew ? walk.begin(block.t0) : [];
        for (const row of begun) store.append(row);
        for (const row of walk.ofBlock(no)) store.append(row);
        walk.keep();
        return { epoch, no: no + 1, last: block.block };
      });
      done++;
      progress({ done: epoch === newest ? no + 1 : 0, of: size });
    }
  }
  return done;
}

/** Whether the block read last is still the one that stands there. */
function isOurs(directory: string): boolean {
  const { store } = openEpcisStore(directory);
  using _ = store;
  const cursor = store.cursor();
  if (cursor === null) return true;
  if (!epochsOf(directory).includes(cursor.epoch)) return false;
  using archive = openArchive(directory, cursor.epoch);
  const last = archive.block(cursor.no - 1);
  return last !== null && Buffer.from(last.block).equals(cursor.last);
}
