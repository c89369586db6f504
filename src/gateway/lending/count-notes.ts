import type { CountLists, CountOrder } from '../../api/count-types.ts';
import { StorageError } from '../../domain/errors.ts';
import { parseStrictJson } from '../../domain/strict-json.ts';
import { JsonFault, JsonField } from '../../evidence/json-fields.ts';

/** A challenge as the journal keeps it, in the same commit as its act or its reply. */
export type KeptCount = CountOrder & {
  readonly receipt: string;
  readonly receivedAt: number;
  readonly by: string;
  /** Of the reply's document and of what only those entitled get, hex; null while it runs. */
  readonly document: string | null;
  readonly annex: string | null;
  /** Of the signed statement's file. */
  readonly statement: string | null;
};

const META = 'counts';
/** Challenges kept: the newest. */
const MOST = 500;
const MOST_EPCS = 100_000;
const MOST_BYTES = 32 * 1024 * 1024;
const KINDS = ['rfid-count', 'snapshot', 'weigh'] as const;

/** @throws StorageError CORRUPT for what we never wrote */
export function countsIn(journal: { meta(key: string): string | null }): readonly KeptCount[] {
  const text = journal.meta(META);
  return text === null ? [] : read(Buffer.from(text), (field) => field.list(MOST).map(countAt));
}

/** What only those entitled get: salt and EPCs. @throws StorageError CORRUPT for what we never wrote */
export function listsIn(annex: Uint8Array): CountLists {
  return read(annex, (field) => {
    const f = field.fields('salt', 'missing', 'unexpected');
    const epcs = (name: 'missing' | 'unexpected'): string[] =>
      f(name)
        .list(MOST_EPCS)
        .map((epc) => epc.text());
    return { salt: f('salt').text(), missing: epcs('missing'), unexpected: epcs('unexpected') };
  });
}

function read<T>(bytes: Uint8Array, make: (field: JsonField) => T): T {
  const json = parseStrictJson(bytes, MOST_BYTES);
  try {
    if (!json.ok) throw new JsonFault(json.reason);
    return make(new JsonField(json.value, ''));
  } catch (error) {
    if (!(error instanceof JsonFault)) throw error;
    throw new StorageError('CORRUPT', `the counts kept: ${error.message}`, { cause: error });
  }
}

/** The note that keeps the newest of them. */
export function countsNote(counts: readonly KeptCount[]): { readonly key: string; readonly value: string } {
  return { key: META, value: JSON.stringify(counts.slice(-MOST)) };
}

function countAt(field: JsonField): KeptCount {
  const f = field.fields(
    'receipt',
    'challengeId',
    'nonce',
    'kind',
    'deadline',
    'receivedAt',
    'by',
    'document',
    'annex',
    'statement',
  );
  const textOrNull = (name: 'document' | 'annex' | 'statement'): string | null =>
    f(name).isNull() ? null : f(name).text();
  return {
    receipt: f('receipt').text(),
    challengeId: f('challengeId').text(),
    nonce: f('nonce').text(),
    kind: KINDS.find((kind) => kind === f('kind').text()) ?? f('kind').fail('is no kind of count'),
    deadline: f('deadline').integer(0),
    receivedAt: f('receivedAt').integer(0),
    by: f('by').text(),
    document: textOrNull('document'),
    annex: textOrNull('annex'),
    statement: textOrNull('statement'),
  };
}
