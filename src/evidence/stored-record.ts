import type { StoredLeaf } from '../domain/commit.ts';
import { RecordType, type LogRecord } from '../domain/record.ts';
import { CborError, decode } from './cbor.ts';

const TYPES = new Map<number, RecordType>(Object.values(RecordType).map((type) => [type, type]));

/** The record of a leaf as the journal keeps it. @throws CborError for a body or type that is none */
export function recordOf({ slot, seq, t, type, body }: StoredLeaf): LogRecord {
  const known = TYPES.get(type);
  const items = decode(body);
  if (known === undefined || !Array.isArray(items)) {
    throw new CborError(`leaf ${seq} of slot ${slot} of type ${type} has no body`);
  }
  return { slot, seq, t, type: known, body: items };
}
