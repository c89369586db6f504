import type { SqliteArchive } from '../../buffer/archive.ts';
import { readEpcisStore } from '../../buffer/epcis-store.ts';
import type { EventPage, EventQuery } from '../../domain/epcis-events.ts';

export type EventArgs = { readonly directory: string; readonly query: EventQuery };

/** A page of the events that were made so far. @throws StorageError */
export function findEvents(_archive: SqliteArchive, { directory, query }: EventArgs): EventPage {
  const store = readEpcisStore(directory);
  if (store === null) return { events: [], next: null };
  using _ = store;
  return store.find(query);
}
