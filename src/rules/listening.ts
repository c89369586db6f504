import type { RecordType } from '../domain/record.ts';
import type { Instance } from './instance.ts';

/** A level that remembers, and which of its inputs or members this is about. */
export type Listener = { readonly instance: Instance; readonly level: number; readonly part: number };

/** Which conditions are told of what. */
export type Listening = {
  readonly bySlotWatched: readonly (readonly Listener[] | undefined)[];
  readonly bySlotLate: readonly (readonly Listener[] | undefined)[];
  readonly byDeviceWatched: ReadonlyMap<string, readonly Listener[]>;
  readonly byRecord: ReadonlyMap<RecordType, readonly Listener[]>;
  /** By the index of the instance that is looked at. */
  readonly byMember: readonly (readonly Listener[] | undefined)[];
  /** Every level that remembers what is; `part` says nothing. */
  readonly watches: readonly Listener[];
};

export function listen(instances: readonly Instance[]): Listening {
  const bySlotWatched: Listener[][] = [];
  const bySlotLate: Listener[][] = [];
  const byDeviceWatched = new Map<string, Listener[]>();
  const byRecord = new Map<RecordType, Listener[]>();
  const byMember: Listener[][] = [];
  const watches: Listener[] = [];
  for (const instance of instances) {
    instance.levels.forEach(({ watch }, level) => {
      if (watch === null) return;
      const isLive = watch.hears !== 'late';
      if (isLive) watches.push({ instance, level, part: 0 });
      watch.inputs.forEach(({ slot, dev }, part) => {
        if (watch.hears !== 'live') (bySlotLate[slot] ??= []).push({ instance, level, part });
        if (!isLive) return;
        (bySlotWatched[slot] ??= []).push({ instance, level, part });
        put(byDeviceWatched, dev, { instance, level, part });
      });
      for (const type of watch.records) put(byRecord, type, { instance, level, part: 0 });
      watch.members.forEach((index, part) => (byMember[index] ??= []).push({ instance, level, part }));
    });
  }
  return {
    bySlotWatched: Array.from(bySlotWatched),
    bySlotLate: Array.from(bySlotLate),
    byDeviceWatched,
    byRecord,
    byMember: Array.from(byMember),
    watches,
  };
}

function put<K>(lists: Map<K, Listener[]>, key: K, listener: Listener): void {
  const list = lists.get(key);
  if (list === undefined) lists.set(key, [listener]);
  else list.push(listener);
}
