import { StorageError } from '../../domain/errors.ts';
import { parseStrictJson } from '../../domain/strict-json.ts';
import { utf8 } from '../../evidence/encodings.ts';
import { JsonFault, JsonField } from '../../evidence/json-fields.ts';

/** A rule set, named by the hashes that event 7 has of it, and what it says of changes of rules. */
export type NamedSet = {
  /** Small hexadecimal digits. */
  readonly rules: string;
  readonly configuration: string;
  /** Of all that decides: equal where only comments or other sections differ. */
  readonly digest: string;
  /** How long its successor may wait for a confirmation, ms; null: it needs none. */
  readonly confirmMs: number | null;
  /** Its successor is confirmed by two persons. */
  readonly two: boolean;
};

/**
 * trial: in force, and waits to be confirmed. due: to be rolled back by the next start. rolled-back: not in
 * force. stuck: in force and was to be rolled back, but what was confirmed before cannot be brought back.
 */
export type ChangeState = 'trial' | 'due' | 'rolled-back' | 'stuck';
const STATES: readonly ChangeState[] = ['trial', 'due', 'rolled-back', 'stuck'];

/** A rule set that nobody has confirmed. Times are evidence time, ms. */
export type UnconfirmedSet = NamedSet & {
  readonly state: ChangeState;
  /** When the trial began and when it ends; null before its first commit. */
  readonly since: number | null;
  readonly until: number | null;
  /** How often it was started since the gateway last stopped in order. */
  readonly starts: number;
  /** Number of the first of two persons; null for nobody yet. */
  readonly endorsed: number | null;
  /** Why it is no trial any more; empty while it is one. */
  readonly why: string;
};

/** What a journal remembers of its rules: what was confirmed last, and what waits for it. */
export type RuleNotes = { readonly confirmed: NamedSet; readonly changed: UnconfirmedSet | null };

/** Where the journal's own notes keep them. */
export const RULE_NOTE = 'rule-set';
const LARGEST = 4096;

export function ruleNote(notes: RuleNotes): { readonly key: string; readonly value: string } {
  return { key: RULE_NOTE, value: JSON.stringify(notes) };
}

/** null for a journal that remembers none. @throws StorageError CORRUPT for what we never wrote */
export function ruleNotesOf(archive: { meta(key: string): string | null }): RuleNotes | null {
  const text = archive.meta(RULE_NOTE);
  if (text === null) return null;
  const json = parseStrictJson(utf8(text), LARGEST);
  try {
    if (!json.ok) throw new JsonFault(json.reason);
    const f = new JsonField(json.value, '').fields('confirmed', 'changed');
    const confirmed = f('confirmed').fields(...SET);
    return { confirmed: setOf(confirmed), changed: changedOf(f('changed')) };
  } catch (error) {
    if (!(error instanceof JsonFault)) throw error;
    throw new StorageError('CORRUPT', `what is known of the rules: ${error.message}`, { cause: error });
  }
}

const SET = ['rules', 'configuration', 'digest', 'confirmMs', 'two'] as const;

function setOf(f: (name: (typeof SET)[number]) => JsonField): NamedSet {
  return {
    rules: f('rules').text(),
    configuration: f('configuration').text(),
    digest: f('digest').text(),
    confirmMs: f('confirmMs').integerOrNull(0),
    two: f('two').boolean(),
  };
}

function changedOf(field: JsonField): UnconfirmedSet | null {
  if (field.isNull()) return null;
  const f = field.fields(...SET, 'state', 'since', 'until', 'starts', 'endorsed', 'why');
  const word = f('state').text();
  const state = STATES.find((one) => one === word) ?? f('state').fail(`must be ${STATES.join(', ')}`);
  return {
    ...setOf(f),
    state,
    since: f('since').integerOrNull(0),
    until: f('until').integerOrNull(0),
    starts: f('starts').integer(0),
    endorsed: f('endorsed').integerOrNull(0),
    why: f('why').text(),
  };
}
