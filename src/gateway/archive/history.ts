import type { SqliteArchive } from '../../buffer/archive.ts';
import { RecordType, type LogRecord } from '../../domain/record.ts';
import { decodeDescriptor } from '../../evidence/descriptor.ts';
import { recordOf } from '../../evidence/stored-record.ts';
import { ErasedSpans, type ErasedSpan } from './erased-spans.ts';
import { recordsOfSegment } from '../recording/record-walk.ts';

export type HistoryArgs = {
  /** `<device>/<channel>`. */
  readonly stream: string;
  /** [from, to) in evidence time, ms. */
  readonly from: number;
  readonly to: number;
  /** Least seq wanted: what `next` of the page before said, else 0. */
  readonly seq: number;
  readonly limit: number;
};

/** One reading as it was stored: value = v · 10^exp of its page. */
export type StoredReading = {
  readonly seq: number;
  readonly t: number;
  readonly v: number | null;
  readonly q: number;
  readonly sourceAt: number | null;
};

/** A page of one stream's readings in their order; `next` is null when there are no more. */
export type HistoryPage = {
  readonly slot: number;
  readonly unit: string;
  readonly exp: number;
  readonly readings: readonly StoredReading[];
  /** Times of this page whose readings were erased. */
  readonly erased: readonly ErasedSpan[];
  readonly next: number | null;
};

/** Reads one stream's readings, sealed or not; null for a stream that never was. @throws StorageError */
export function readHistory(archive: SqliteArchive, args: HistoryArgs): HistoryPage | null {
  const { stream, from, to, limit } = args;
  const row = archive.streams().findLast(({ dev, ch }) => `${dev}/${ch}` === stream);
  if (row === undefined) return null;
  const { slot } = row;
  const { unit, exp } = decodeDescriptor(row.descriptor);
  const readings: StoredReading[] = [];
  const erased = new ErasedSpans(archive, from, to);
  let next: number | null = null;
  for (const record of walk(archive, slot, args, erased)) {
    const { seq, t, type } = record;
    if (type !== RecordType.reading || seq < args.seq || t < from || t >= to) continue;
    if (readings.length === limit) {
      next = seq;
      break;
    }
    readings.push(readingOf(record));
  }
  return { slot, unit, exp, readings, erased: erased.list, next };
}

/**
 * Sealed blocks are asked one by one, up to the size at which the open block was looked at: what is
 * sealed meanwhile is then told once, and not left out.
 */
function* walk(
  archive: SqliteArchive,
  slot: number,
  { from, to, seq }: HistoryArgs,
  erased: ErasedSpans,
): Generator<LogRecord> {
  const { size, open } = archive.atOneMoment(() => {
    const sealed = archive.size();
    const isOver = to <= (archive.block(sealed - 1)?.t1 ?? 0);
    return {
      size: sealed,
      open: isOver
        ? []
        : archive
            .tailLeaves()
            .filter((leaf) => leaf.slot === slot)
            .toArray(),
    };
  });
  const { a, b } = archive.blocksBetween(from, to);
  for (const segment of archive.segmentsOf(slot, a, Math.min(b, size))) {
    if (segment.seq0 + segment.n <= seq) continue;
    erased.note(segment);
    yield* recordsOfSegment(slot, segment);
  }
  yield* open.values().map(recordOf);
}

function readingOf({ seq, t, body }: LogRecord): StoredReading {
  const [v, q, sourceAt] = body;
  return {
    seq,
    t,
    v: typeof v === 'number' ? v : null,
    q: Number(q),
    sourceAt: typeof sourceAt === 'number' ? sourceAt : null,
  };
}
