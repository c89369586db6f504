import type { WitnessesSettings } from '../../config/configuration.ts';
import { StorageError } from '../../domain/errors.ts';
import { parseStrictJson } from '../../domain/strict-json.ts';
import { utf8 } from '../../evidence/encodings.ts';
import { JsonFault, JsonField } from '../../evidence/json-fields.ts';
import { formatNoteKey, parseNoteKey } from '../../evidence/note-key.ts';
import { ownersOf, type PolicyWitness } from '../../evidence/policy.ts';
import { sha256 } from '../site/primitives.ts';

/** Who cosigns this log's heads, and of how many distinct owners a policy asks cosignatures. */
export type WitnessList = { readonly quorum: number; readonly witnesses: readonly PolicyWitness[] };

/** Where the list stands in the journal's own notes. */
const WITNESSES = 'witnesses';
const NONE: WitnessList = { quorum: 0, witnesses: [] };
const MAX_BYTES = 65_536;
const MOST = 64;

/** The witnesses of a checked configuration. */
export function witnessesOf(settings: WitnessesSettings): PolicyWitness[] {
  return settings.list.map(({ vkey, owner }) => {
    const parsed = parseNoteKey(sha256, vkey);
    if (!parsed.ok) throw new Error(`an unchecked key ${parsed.why}`);
    return { key: parsed.key, owner };
  });
}

/** Keeps the list beside the journal, for policies. */
export function keepWitnesses(
  journal: { meta(key: string): string | null; putMeta(key: string, value: string): void },
  settings: WitnessesSettings | null,
): void {
  const list = settings === null ? [] : witnessesOf(settings);
  const text = JSON.stringify({
    quorum: settings?.quorum ?? 0,
    witnesses: list.map(({ key, owner }) => ({ vkey: formatNoteKey(key), owner })),
  });
  const kept = journal.meta(WITNESSES);
  if (kept === text || (kept === null && settings === null)) return;
  journal.putMeta(WITNESSES, text);
}

/** The list as it is kept; nobody where none was. @throws StorageError CORRUPT for one that is none */
export function keptWitnesses(archive: { meta(key: string): string | null }): WitnessList {
  const text = archive.meta(WITNESSES);
  if (text === null) return NONE;
  const json = parseStrictJson(utf8(text), MAX_BYTES);
  if (!json.ok) throw new StorageError('CORRUPT', `the kept witnesses: ${json.reason}`);
  try {
    const f = new JsonField(json.value, '').fields('quorum', 'witnesses');
    const witnesses = f('witnesses').list(MOST).map(witnessAt);
    return { quorum: f('quorum').integer(0, ownersOf(witnesses)), witnesses };
  } catch (error) {
    if (error instanceof JsonFault) throw new StorageError('CORRUPT', `the kept witnesses: ${error.message}`);
    throw error;
  }
}

function witnessAt(field: JsonField): PolicyWitness {
  const f = field.fields('vkey', 'owner');
  const parsed = parseNoteKey(sha256, f('vkey').text());
  return parsed.ok ? { key: parsed.key, owner: f('owner').text() } : f('vkey').fail(parsed.why);
}
