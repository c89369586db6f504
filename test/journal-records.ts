import { openArchive } from '../src/buffer/archive.ts';
import type { LogRecord, RecordType } from '../src/domain/record.ts';
import { recordsOf, unsealedRecords } from '../src/gateway/recording/record-walk.ts';

/** Every record of a data directory with a type, sealed or not, in the journal's order. */
export function journalRecords(directory: string, type: RecordType): LogRecord[] {
  using archive = openArchive(directory);
  const size = archive.size();
  const blocks = Array.from({ length: size }, (_, no) => recordsOf(archive, no));
  const walks = [...blocks, unsealedRecords(archive, (row) => row.no === size)];
  return walks.flatMap((walk) => walk.filter((record) => record.type === type).toArray());
}
