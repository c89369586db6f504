import type { LogKeys } from '../../anchoring/signer.ts';
import type { Sm2Key } from '../../anchoring/sm2-key.ts';
import type { SqliteJournal } from '../../buffer/journal.ts';
import { StorageError } from '../../domain/errors.ts';
import { parseStrictJson } from '../../domain/strict-json.ts';
import { utf8 } from '../../evidence/encodings.ts';
import { JsonFault, JsonField } from '../../evidence/json-fields.ts';
import { formatNoteKey, noteKey } from '../../evidence/note-key.ts';
import type { PolicyKey } from '../../evidence/policy.ts';
import { keptNoteKey } from './key-list.ts';
import { sha256 } from '../site/primitives.ts';

/** Where the journal's own notes keep which SM2 key signed heads of which sizes. */
const KEYS = 'sm2-keys';
const MOST_KEYS = 65_536;
const MOST_BYTES = 64 * 1024 * 1024;

/** The keys of a log whose heads also bear an SM2 line, where one is configured (evidence section 12). */
export function withSm2Line(keys: LogKeys, origin: string, sm2: Sm2Key | null): LogKeys {
  if (sm2 === null) return keys;
  const own = {
    key: noteKey(sha256, origin, 'sm2', sm2.publicKey),
    sign: (text: Uint8Array) => sm2.sign(text),
  };
  return {
    tailSigner: (no) => keys.tailSigner(no),
    noteSigners: (size) => [...keys.noteSigners(size), own],
  };
}

/**
 * Keeps from which size on, and up to which one, heads bear the line of which SM2 key: a policy that
 * asked for it from any other size would refuse honest heads.
 */
export function keepSm2Key(
  journal: Pick<SqliteJournal, 'meta' | 'putMeta' | 'size' | 'note'>,
  origin: string,
  sm2: Sm2Key | null,
): void {
  const kept = sm2KeysOf(journal);
  const now = sm2 === null ? null : formatNoteKey(noteKey(sha256, origin, 'sm2', sm2.publicKey));
  const last = kept.find((k) => k.to === null);
  if ((last === undefined ? null : formatNoteKey(last.key)) === now) return;
  // The newest head is signed by whoever runs when the fork guard lets it be signed.
  const size = journal.size();
  const from = size > 0 && journal.note(size) === null ? size - 1 : size;
  const ended = kept.map((k) => (k.to === null ? { ...k, to: from } : k)).filter((k) => k.from !== k.to);
  const list = ended.map((k) => ({ key: formatNoteKey(k.key), from: k.from, to: k.to }));
  journal.putMeta(KEYS, JSON.stringify(now === null ? list : [...list, { key: now, from, to: null }]));
}

/** What `keepSm2Key` kept, as a policy names it. @throws StorageError CORRUPT */
export function sm2KeysOf(archive: { meta(key: string): string | null }): PolicyKey[] {
  const text = archive.meta(KEYS);
  if (text === null) return [];
  const json = parseStrictJson(utf8(text), MOST_BYTES);
  try {
    if (!json.ok) throw new JsonFault(json.reason);
    return new JsonField(json.value, KEYS).list(MOST_KEYS).map((field) => {
      const f = field.fields('key', 'from', 'to');
      return { key: keptNoteKey(f('key').text()), from: f('from').integer(0), to: f('to').integerOrNull(1) };
    });
  } catch (error) {
    if (!(error instanceof JsonFault)) throw error;
    throw new StorageError('CORRUPT', `the list of SM2 keys: ${error.message}`, { cause: error });
  }
}
