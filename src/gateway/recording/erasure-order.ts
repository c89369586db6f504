import type { SqliteArchive } from '../../buffer/archive.ts';
import { EVENTS_SLOT, RecordType, isAct } from '../../domain/record.ts';
import { StorageError } from '../../domain/errors.ts';
import { parseStrictJson } from '../../domain/strict-json.ts';
import { MAX_SLOT } from '../../evidence/descriptor.ts';
import { JsonFault, JsonField } from '../../evidence/json-fields.ts';
import { readOrder } from '../../evidence/erasing-act.ts';
import { recordsOfSegment } from './record-walk.ts';

/** An erasure that is on record, until nothing of it is left to do. Kept in the journal as JSON. */
export type ErasureOrder = {
  /** Unique in this journal; stands in the act. */
  readonly id: number;
  readonly slot: number;
  /** Leaves with from ≤ t < to, ms. */
  readonly from: number;
  readonly to: number;
  /** The block that was open when it was ordered: its act is there or in the next. */
  readonly block: number;
};

/** Orders under way, and the id of the next. */
export type ErasureBook = { readonly next: number; readonly orders: readonly ErasureOrder[] };

export type ActRef = { readonly block: number; readonly seq: number };

const META = 'erasures';
/** Orders that may be under way at once. */
export const MOST_ORDERS = 1000;
const MOST_BYTES = 200 * MOST_ORDERS;
const EMPTY: ErasureBook = { next: 1, orders: [] };

/** @throws StorageError CORRUPT for what we never wrote */
export function bookOf(archive: { meta(key: string): string | null }): ErasureBook {
  const text = archive.meta(META);
  if (text === null) return EMPTY;
  const json = parseStrictJson(Buffer.from(text), MOST_BYTES);
  try {
    if (!json.ok) throw new JsonFault(json.reason);
    const book = new JsonField(json.value, '').fields('next', 'orders');
    const orders = book('orders').list(MOST_ORDERS);
    return { next: book('next').integer(1), orders: orders.map((order) => orderAt(order)) };
  } catch (error) {
    if (!(error instanceof JsonFault)) throw error;
    throw new StorageError('CORRUPT', `the erasures kept: ${error.message}`, { cause: error });
  }
}

function orderAt(field: JsonField): ErasureOrder {
  const f = field.fields('id', 'slot', 'from', 'to', 'block');
  return {
    id: f('id').integer(1),
    slot: f('slot').integer(1, MAX_SLOT),
    from: f('from').integer(0),
    to: f('to').integer(0),
    block: f('block').integer(0),
  };
}

export function bookNote(book: ErasureBook): { readonly key: string; readonly value: string } {
  return { key: META, value: JSON.stringify(book) };
}

/** Where the act of an order stands in sealed history; null when it is not there. */
export function actOf(archive: SqliteArchive, { id, block }: ErasureOrder): ActRef | null {
  for (const no of [block, block + 1]) {
    const segment = archive.segment(no, EVENTS_SLOT);
    if (segment === null) continue;
    for (const { seq, type, body } of recordsOfSegment(EVENTS_SLOT, segment))
      if (type === RecordType.act && isAct(body) && readOrder(body)?.id === id) return { block: no, seq };
  }
  return null;
}
