import { StorageError } from '../../domain/errors.ts';
import { parseStrictJson } from '../../domain/strict-json.ts';
import { utf8 } from '../../evidence/encodings.ts';
import { JsonFault, JsonField } from '../../evidence/json-fields.ts';
import { parseNoteKey, type NoteKey } from '../../evidence/note-key.ts';
import type { PolicyKey } from '../../evidence/policy.ts';
import { sha256 } from '../site/primitives.ts';

/**
 * One key pair of a log, as its journal remembers it (evidence section 10). Key 0 is in force from
 * the first head on; a later one is announced by event 11, signs beside the one in force from the
 * size after that block on, and alone above the size at which it is accepted.
 */
export type KeyEntry = {
  readonly no: number;
  /** Note keys in the form in which a verifier enrols them; no ledger key where none is configured. */
  readonly log: string;
  readonly ledger: string | null;
  /** Block that holds its event 11; null for key 0. */
  readonly announcedIn: number | null;
  /** It counts for the log sizes (from, to]; `from` null until it is accepted, `to` null while in force. */
  readonly from: number | null;
  readonly to: number | null;
  /** First block whose tail it signs; null until it is accepted. */
  readonly tailFrom: number | null;
  /** The consortium said no before it came into force. */
  readonly cancelled: boolean;
  /** Its private half is gone. */
  readonly erased: boolean;
};

export type KeyState = 'in-force' | 'announced' | 'retired' | 'cancelled';

export function stateOf({ cancelled, from, to }: KeyEntry): KeyState {
  if (cancelled) return 'cancelled';
  if (from === null) return 'announced';
  return to === null ? 'in-force' : 'retired';
}

/** Where the list stands in the journal's own notes. */
export const KEYS = 'keys';
const MOST_KEYS = 65_536;

export function firstKey(log: string, ledger: string | null): KeyEntry {
  const rest = { announcedIn: null, from: 0, to: null, tailFrom: 0, cancelled: false, erased: false };
  return { no: 0, log, ledger, ...rest };
}

/** The list with the next key pair in it, which event 11 of block `announcedIn` tells of. */
export function withAnnounced(
  keys: readonly KeyEntry[],
  next: { readonly log: string; readonly ledger: string | null },
  announcedIn: number,
): KeyEntry[] {
  const rest = { from: null, to: null, tailFrom: null, cancelled: false, erased: false };
  return [...keys, { no: keys.length, ...next, announcedIn, ...rest }];
}

/**
 * The announced key counts above `size`, the one before it up to there; tails change hands with block
 * `tailFrom`. After an outage the ledger may name a size before the announcement, where the new key
 * has signed nothing yet: then it counts from its announcement on.
 */
export function withAccepted(keys: readonly KeyEntry[], size: number, tailFrom: number): KeyEntry[] {
  const announced = keys.find((key) => stateOf(key) === 'announced');
  const from = Math.max(size, announced?.announcedIn ?? 0);
  return keys.map((key) => {
    if (stateOf(key) === 'in-force') return { ...key, to: from };
    return key === announced ? { ...key, from, tailFrom } : key;
  });
}

export function withCancelled(keys: readonly KeyEntry[]): KeyEntry[] {
  return keys.map((key) => (stateOf(key) === 'announced' ? { ...key, cancelled: true } : key));
}

export function withErased(keys: readonly KeyEntry[], no: number): KeyEntry[] {
  return keys.map((key) => (key.no === no ? { ...key, erased: true } : key));
}

/** Keys whose private half is no longer needed to sign anything, tails of a log of this size included. */
export function erasable(keys: readonly KeyEntry[], size: number): KeyEntry[] {
  return keys.filter((key) => {
    if (key.erased || key.to === null) return key.cancelled && !key.erased;
    return size >= (keys.find((k) => k.from === key.to && k.no > key.no)?.tailFrom ?? Infinity);
  });
}

/** Keys that sign the head of this size: the one in force, and the announced one above its event 11. */
export function signingAt(keys: readonly KeyEntry[], size: number): KeyEntry[] {
  return keys.filter((key) => {
    const state = stateOf(key);
    return state === 'in-force' || (state === 'announced' && size > (key.announcedIn ?? 0));
  });
}

/** The key that signs the tail of this block. */
export function tailKeyAt(keys: readonly KeyEntry[], no: number): KeyEntry | undefined {
  return keys.findLast((key) => key.tailFrom !== null && key.tailFrom <= no);
}

/** The log keys with their intervals, as a policy names them: an announced key is not in force yet. */
export function policyKeysOf(keys: readonly KeyEntry[]): PolicyKey[] {
  return keys.flatMap(({ log, from, to }) => {
    // A key that was followed by the next one before it signed a head counts for no size.
    if (from === null || to === from) return [];
    return [{ key: keptNoteKey(log), from, to }];
  });
}

/** @throws StorageError CORRUPT for a text that is no note key */
export function keptNoteKey(text: string): NoteKey {
  const parsed = parseNoteKey(sha256, text);
  if (!parsed.ok) throw new StorageError('CORRUPT', `a key that the journal keeps ${parsed.why}`);
  return parsed.key;
}

/** The keys of a journal by number, empty before its first start. @throws StorageError CORRUPT */
export function keysOf(archive: { meta(key: string): string | null }): KeyEntry[] {
  const text = archive.meta(KEYS);
  if (text === null) return [];
  const json = parseStrictJson(utf8(text), 64 * 1024 * 1024);
  try {
    if (!json.ok) throw new JsonFault(json.reason);
    return new JsonField(json.value, KEYS).list(MOST_KEYS).map(entryOf);
  } catch (error) {
    if (!(error instanceof JsonFault)) throw error;
    throw new StorageError('CORRUPT', `the list of keys: ${error.message}`, { cause: error });
  }
}

function entryOf(field: JsonField, no: number): KeyEntry {
  const names = [
    'no',
    'log',
    'ledger',
    'announcedIn',
    'from',
    'to',
    'tailFrom',
    'cancelled',
    'erased',
  ] as const;
  const f = field.fields(...names);
  return {
    no: f('no').integer(no, no),
    log: f('log').text(),
    ledger: f('ledger').isNull() ? null : f('ledger').text(),
    announcedIn: f('announcedIn').integerOrNull(0),
    from: f('from').integerOrNull(0),
    to: f('to').integerOrNull(0),
    tailFrom: f('tailFrom').integerOrNull(0),
    cancelled: f('cancelled').boolean(),
    erased: f('erased').boolean(),
  };
}

/** The note that keeps the list, for a commit or the journal itself. */
export function keysNote(keys: readonly KeyEntry[]): { readonly key: string; readonly value: string } {
  return { key: KEYS, value: JSON.stringify(keys) };
}
