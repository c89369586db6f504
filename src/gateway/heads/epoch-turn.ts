import { type SqliteArchive, openArchive } from '../../buffer/archive.ts';
import { createEpoch, newestEpoch } from '../../buffer/epochs.ts';
import { fillEpoch } from '../../buffer/journal.ts';
import type { StoredFile } from '../../domain/commit.ts';
import { StorageError } from '../../domain/errors.ts';
import type { LogRecord } from '../../domain/record.ts';
import { nameInLog } from '../../domain/notice-name.ts';
import { CborError, encode } from '../../evidence/cbor.ts';
import { toHex } from '../../evidence/encodings.ts';
import { rootAt } from '../../evidence/log-tree.ts';
import { recordOf } from '../../evidence/stored-record.ts';
import { decodeTailHead } from '../../evidence/tail.ts';
import { withoutCauses } from '../../intake/carried-state.ts';
import { firstEvent, Rerun } from '../../intake/rerun.ts';
import { bindRules } from '../../rules/rule-set.ts';
import { clearEnding, continuedNote, waitingEnding, type Continued, type Ending } from '../keys/epoch-end.ts';
import { noticesOf } from '../keys/epoch-notice.ts';
import { identityOf, originNote, originOf } from '../keys/identity.ts';
import { sha256 } from '../site/primitives.ts';
import { readOrRebuild } from '../recording/rebuilt.ts';
import { nodesOf } from '../recording/recovery.ts';
import { isDecided } from '../recording/replayed.ts';
import type { GoodsRoom } from '../site/goods-room.ts';
import { guardedOf, zonesOf, type SiteConfiguration } from '../site/site.ts';
import { carriedNotes } from '../site/carried-notes.ts';
import { assignSlots } from '../site/stream-table.ts';

type TurnedSite = Pick<
  SiteConfiguration,
  'data' | 'connections' | 'rules' | 'zones' | 'channels' | 'routes' | 'profile' | 'interlocks'
>;

/**
 * Begins the next epoch where the newest one was found to be over: a journal of its own with a new
 * origin, which takes over what stands (rules, alarms, what is still to be done) and no evidence. The
 * old journal is only read. If we die half way, the next start does it again; only the holder of the
 * directory's lock calls it. @throws StorageError
 */
export function turnIfOver(site: TurnedSite, goods: GoodsRoom | null = null): void {
  const { data } = site;
  const ending = waitingEnding(data);
  if (ending === null) return;
  const before = newestEpoch(data);
  // The new epoch may be there already: then we died before the mark was taken away.
  if (ending.next > before) {
    using old = openArchive(data, before);
    const start = startOf(old, ending, site, goods);
    createEpoch(data, ending.next, (draft) => fillEpoch(draft, start));
  }
  clearEnding(data);
}

function startOf(
  old: SqliteArchive,
  ending: Ending,
  site: TurnedSite,
  goods: GoodsRoom | null,
): Parameters<typeof fillEpoch>[1] {
  const identity = identityOf(old);
  if (identity === null) throw new StorageError('CORRUPT', 'an epoch without origin is over');
  const origin = originOf(identity.origin, ending.next);
  const continued = continuedOf(old, identity.origin, ending);
  // The next epoch counts its records anew: the same key will be that of another notice.
  const waiting = old.waitingEntries().map((e) => ({ ...e, key: nameInLog(identity.origin, e.key) }));
  return {
    meta: [originNote(origin), continuedNote(continued), ...carriedNotes(old, ending.code)],
    outbox: [...waiting, ...noticesOf(site.channels, continued)],
    snapshot: standing(old, site, goods),
  };
}

function continuedOf(old: SqliteArchive, origin: string, ending: Ending): Continued {
  const { code, size, at, reason } = ending;
  const localSize = old.size();
  const row = old.tailRow();
  const sealedUntil = localSize === 0 ? 0 : (old.block(localSize - 1)?.t1 ?? 0);
  const notBefore = Math.max(sealedUntil, row === null ? 0 : decodeTailHead(row.head).t + 1);
  const held = Math.min(size, localSize);
  const last = held === 0 ? 0 : (old.block(held - 1)?.t1 ?? 0);
  return {
    code,
    size,
    at,
    reason,
    origin,
    localSize,
    localRoot: toHex(rootAt(sha256, held, nodesOf(old))),
    since: Math.max(at ?? 0, last),
    notBefore,
    acknowledged: false,
  };
}

/** What stood at the end of the old epoch, its unsealed records included. */
function standing(old: SqliteArchive, site: TurnedSite, goods: GoodsRoom | null): StoredFile | null {
  if (old.snapshot() === null) return null;
  const streams = assignSlots(
    site.connections.flatMap((c) => c.streams),
    old.streams(),
  );
  const set = bindRules(site.rules, streams, zonesOf(site.zones), guardedOf(site));
  const { deciding } = readOrRebuild(set, old, goods?.(streams, (hash) => old.file(hash)) ?? null);
  const row = old.tailRow();
  const t0 = row === null ? 0 : decodeTailHead(row.head).t0;
  const records = readableTail(old);
  const rerun = new Rerun(deciding, firstEvent(records));
  for (const record of records) if (!isDecided(record)) rerun.take(record, t0);
  deciding.commit();
  const bytes = encode(withoutCauses(deciding.encode()));
  return { sha256: sha256(bytes), bytes };
}

/** A damaged tail ends where it is damaged: what stood until there is taken over. */
function readableTail(old: SqliteArchive): LogRecord[] {
  const records: LogRecord[] = [];
  try {
    for (const leaf of old.tailLeaves()) records.push(recordOf(leaf));
  } catch (error) {
    if (!(error instanceof CborError)) throw error;
  }
  return records;
}
