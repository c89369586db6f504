import type { Change } from '../../config/changes.ts';
import { RecordType, type ActBody } from '../../domain/record.ts';
import { recordText } from '../../domain/text.ts';
import type { InputRecord } from '../../intake/input.ts';
import type { Enclosed } from '../../intake/intake.ts';
import { GATEWAY_ROLE, ROLL_BACK } from '../../rules/rolled-back.ts';
import type { RuleChoice } from '../site/rule-choice.ts';
import { ruleNote, type NamedSet, type RuleNotes } from '../site/rule-notes.ts';
import { eventRecord } from './core.ts';

/** Changes that are on record one by one; the rest is counted. */
const MOST_CHANGES = 50;

/** What stands in records for the rule set as a whole. */
export const RULES = 'rules';

export type Noted = { readonly records: readonly InputRecord[]; readonly meta: Enclosed['meta'] };

/** What the journal remembers of its rules while the gateway runs; each change goes with its records into one commit. */
export class RuleBook {
  readonly #choice: RuleChoice;
  #notes: RuleNotes;

  constructor(choice: RuleChoice) {
    this.#choice = choice;
    this.#notes = choice.notes;
  }

  get notes(): RuleNotes {
    return this.#notes;
  }

  /** Before anything is decided by rules on trial: a start that they bring down is counted, too. */
  keepStart(journal: { putMeta(key: string, value: string): void }): void {
    if (this.#choice.step !== 'try') return;
    const { key, value } = ruleNote(this.#notes);
    journal.putMeta(key, value);
  }

  /** For the commit that carries it; if that fails, so does the gateway. */
  put(notes: RuleNotes): { readonly key: string; readonly value: string } {
    this.#notes = notes;
    return ruleNote(notes);
  }

  /** A clock step moves the end of the trial along. */
  shift(a: number): Enclosed['meta'] {
    const { changed } = this.#notes;
    if (changed === null || changed.since === null || changed.until === null) return [];
    return [
      this.put({
        ...this.#notes,
        changed: { ...changed, since: changed.since + a, until: changed.until + a },
      }),
    ];
  }

  /** What the first commit of a boot says of its rules, besides event 7. A trial begins with it. */
  begin(t: number): Noted {
    const { step, isTold, changes } = this.#choice;
    const { confirmed, changed } = this.#notes;
    if (step === 'try' && changed !== null && changed.until === null) {
      const until = t + (confirmed.confirmMs ?? 0);
      const meta = [this.put({ confirmed, changed: { ...changed, since: t, until } })];
      const why = `to be confirmed by ${new Date(until).toISOString()}`;
      const acts = changesOf(changes, why);
      return { records: bodiesAt(t, [...acts, this.#act('try-rules', why)]), meta };
    }
    const meta = [this.put(this.#notes)];
    return { records: isTold ? [] : bodiesAt(t, this.#told(changes)), meta };
  }

  #told(changes: readonly Change[]): ActBody[] {
    const { step } = this.#choice;
    const why = this.#notes.changed?.why ?? '';
    if (step === 'adopted') {
      const never = 'no confirmation is asked for (rule-changes)';
      return [...changesOf(changes, never), this.#act('adopt-rules', never)];
    }
    if (step === 'returned') return [this.#act('revert-rules', 'the files are those that were confirmed')];
    if (step === 'back') return [this.#act(ROLL_BACK, why)];
    return step === 'stuck' ? [this.#act(ROLL_BACK, why, 1)] : [];
  }

  #act(verb: string, reason: string, result: 0 | 1 = 0): ActBody {
    const { from, to } = this.#choice;
    return bodyOf({ ...GATEWAY, verb, reason }, from, to, result);
  }
}

/** The act by which a whole set comes, goes or stays. */
export function bodyOf(
  by: { readonly actor: number; readonly role: string; readonly verb: string; readonly reason: string },
  from: NamedSet,
  to: NamedSet,
  result: 0 | 1 = 0,
): ActBody {
  const [old, now] = [nameOf(from), nameOf(to)];
  return [by.actor, recordText(by.role), by.verb, RULES, old, now, recordText(by.reason), result];
}

/** Nobody in particular: the gateway itself. */
export const GATEWAY = { actor: 0, role: GATEWAY_ROLE } as const;

/** Who changed it does not show in a file: that it changed, from what to what. */
function changesOf(changes: readonly Change[], reason: string): ActBody[] {
  const one = ({ path, old, new: now }: Change): ActBody => [
    GATEWAY.actor,
    GATEWAY.role,
    'change-rules',
    recordText(path),
    old && recordText(old),
    now && recordText(now),
    reason,
    0,
  ];
  const rest = changes.length - MOST_CHANGES;
  const more: Change[] = rest > 0 ? [{ path: RULES, old: null, new: `${rest} more` }] : [];
  return [...changes.slice(0, MOST_CHANGES).map(withoutSecrets), ...more].map(one);
}

/** Of devices and of whom they tell only where something changed: addresses and numbers are nobody's business. */
export function withoutSecrets(change: Change): Change {
  if (!/^(?:devices|notify)(?:\/|$)/.test(change.path)) return change;
  return { path: change.path, old: hidden(change.old), new: hidden(change.new) };
}

function hidden(text: string | null): string | null {
  return text === null ? null : '…';
}

function bodiesAt(t: number, bodies: readonly ActBody[]): InputRecord[] {
  return bodies.map((body) => eventRecord(t, RecordType.act, body));
}

function nameOf({ rules, configuration }: NamedSet): string {
  return `rules ${rules.slice(0, 16)} configuration ${configuration.slice(0, 16)}`;
}
