import { openArchive, type SqliteArchive } from '../../buffer/archive.ts';
import { readDocument } from '../../goods/document-reader.ts';
import { Trace, type Contact } from '../../goods/trace.ts';
import type { Progress } from './audit.ts';
import { eventsBetween } from './event-walk.ts';

export type ContactsArgs = {
  readonly directory: string;
  readonly lot: string;
  /** Epochs before the one that is asked, ascending. */
  readonly before: readonly number[];
};

/** Which lots were where a lot was, over all epochs named. @throws StorageError */
export function contactsOf(
  archive: SqliteArchive,
  { directory, lot, before }: ContactsArgs,
  progress: (progress: Progress) => void,
): readonly Contact[] {
  using opened = new DisposableStack();
  const earlier = before.map((epoch) => opened.use(openArchive(directory, epoch)));
  const trace = new Trace(lot);
  const all = [...earlier, archive];
  all.forEach((epoch, i) => {
    progress({ done: i, of: all.length });
    for (const record of eventsBetween(epoch, 0, Number.MAX_SAFE_INTEGER))
      trace.take(record, (sha256) => {
        const bytes = epoch.file(sha256);
        const read = bytes === null ? null : readDocument(bytes);
        return read?.ok === true ? read.value : null;
      });
  });
  return trace.contacts();
}
