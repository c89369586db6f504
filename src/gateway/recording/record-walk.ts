import type { TailLeaf, TailRow } from '../../domain/commit.ts';
import { RecordType, type LogRecord, type Value } from '../../domain/record.ts';
import type { ErasedSegment } from '../../evidence/bundle-source.ts';
import { CborError, decodeItems } from '../../evidence/cbor.ts';
import { recordOf } from '../../evidence/stored-record.ts';

/** Where the records of a journal are read from, block by block. */
export type RecordStore = {
  segmentHeads(no: number): readonly Uint8Array[];
  segment(no: number, slot: number): KeptSegment | null;
};

type KeptSegment = {
  readonly seq0: number;
  readonly leaves: Uint8Array;
  readonly erased?: ErasedSegment | null;
};

const TYPES = new Map<number, RecordType>(Object.values(RecordType).map((type) => [type, type]));

/**
 * All records of a sealed block in the order the rules saw them: (t, slot, seq). Leaves are decoded
 * one by one, so memory holds a block's bytes and one record of each slot.
 * @throws CborError for leaves that are none
 */
export function* recordsOf(store: RecordStore, no: number): Generator<LogRecord, void, void> {
  const slots = store.segmentHeads(no).keys();
  const walks = slots.flatMap((slot) => {
    const segment = store.segment(no, slot);
    return segment === null ? [] : [recordsOfSegment(slot, segment)];
  });
  yield* merge(walks.toArray());
}

/** The records that one stored segment still holds, in seq order. @throws CborError */
export function* recordsOfSegment(
  slot: number,
  { seq0, leaves, erased = null }: KeptSegment,
): Generator<LogRecord, void, void> {
  let seq = seq0;
  if (erased !== null) {
    if (erased.rest === null) return;
    for (const item of decodeItems(withoutHead(erased.rest))) {
      const at = seq++;
      // The hash of one that was erased.
      if (item instanceof Uint8Array) continue;
      yield recordAt(slot, at, Array.isArray(item) ? item.slice(1) : item);
    }
    return;
  }
  for (const item of decodeItems(withoutHead(leaves))) yield recordAt(slot, seq++, item);
}

/**
 * The unsealed records with their row, as of one moment: while the walk lasts, the connection keeps
 * its snapshot, so leaves and row belong together whatever the writer does. An intake commit stores
 * its records in order, and each commit is later than the one before.
 */
export function* unsealedRecords(
  store: { tailLeaves(): Iterable<TailLeaf>; tailRow(): TailRow | null },
  wanted: (row: TailRow) => boolean,
): Generator<LogRecord, void, void> {
  let checked = false;
  for (const leaf of store.tailLeaves()) {
    if (!checked) {
      const row = store.tailRow();
      if (row === null || !wanted(row)) return;
      checked = true;
    }
    yield recordOf(leaf);
  }
}

function recordAt(slot: number, seq: number, item: Value): LogRecord {
  const [t, type, body] = Array.isArray(item) ? (item as readonly Value[]) : [];
  const known = TYPES.get(Number(type));
  if (typeof t !== 'number' || known === undefined || !Array.isArray(body)) {
    throw new CborError(`leaf ${seq} of slot ${slot} is no [t, type, body]`);
  }
  return { slot, seq, t, type: known, body };
}

/** What stands in an array's encoding, as a sequence. An array of a segment has at most 65,535 items. */
function withoutHead(array: Uint8Array): Uint8Array {
  const first = array[0] ?? 0;
  if (first >> 5 !== 4) throw new CborError('the leaves of a segment are no array');
  const info = first & 31;
  return array.subarray(info < 24 ? 1 : 1 + (1 << (info - 24)));
}

/** Merges walks that are each in (t, seq) order; of one t the lower slot, which stands first, goes first. */
function* merge(walks: readonly Generator<LogRecord, void, void>[]): Generator<LogRecord, void, void> {
  const heap: { head: LogRecord; readonly rest: Generator<LogRecord, void, void> }[] = [];
  for (const rest of walks) {
    const first = rest.next();
    if (first.done !== true) heap.push({ head: first.value, rest });
  }
  for (let i = (heap.length >> 1) - 1; i >= 0; i -= 1) sink(heap, i);
  for (let top = heap[0]; top !== undefined; top = heap[0]) {
    yield top.head;
    const next = top.rest.next();
    if (next.done !== true) top.head = next.value;
    else {
      const last = heap.pop();
      if (last !== undefined && heap.length > 0) heap[0] = last;
    }
    sink(heap, 0);
  }
}

function sink(heap: { head: LogRecord }[], from: number): void {
  for (let i = from; ;) {
    const least = [i, 2 * i + 1, 2 * i + 2].reduce((a, b) => (isBefore(heap[b], heap[a]) ? b : a));
    const [a, b] = [heap[i], heap[least]];
    if (least === i || a === undefined || b === undefined) return;
    heap[i] = b;
    heap[least] = a;
    i = least;
  }
}

function isBefore(a: { head: LogRecord } | undefined, b: { head: LogRecord } | undefined): boolean {
  if (a === undefined || b === undefined) return false;
  return a.head.t < b.head.t || (a.head.t === b.head.t && a.head.slot < b.head.slot);
}
