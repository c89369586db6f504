import type { Logger } from 'pino';
import type { Actor } from '../../api/port.ts';
import type { RuleSetStatus } from '../../api/rule-types.ts';
import { Refused } from '../../domain/errors.ts';
import { RecordType, type ActBody } from '../../domain/record.ts';
import { ROLL_BACK } from '../../rules/rolled-back.ts';
import type { Restored } from '../site/kept-rules.ts';
import { notConfirmed, stuckBy, type RuleChoice } from '../site/rule-choice.ts';
import { ruleNote, type NamedSet, type RuleNotes, type UnconfirmedSet } from '../site/rule-notes.ts';
import type { Blocks } from './blocks.ts';
import { eventRecord } from './core.ts';
import { bodyOf, GATEWAY, withoutSecrets, type RuleBook } from './rule-book.ts';

/** Other rules are to come into force: the gateway stops in order and opens again. */
export class RulesOver extends Error {
  override readonly name = 'RulesOver';
}

type By = Actor & { readonly reason: string };

export type RuleDeskParts = {
  readonly book: RuleBook;
  readonly choice: RuleChoice;
  readonly blocks: Pick<Blocks, 'record'>;
  readonly journal: { putMeta(key: string, value: string): void };
  /** Evidence time, ms. */
  readonly now: () => number;
  /** Whether what was confirmed last could come into force. */
  readonly restore: () => Promise<Restored>;
  /** Told that the gateway is to open again. */
  readonly restart: (over: RulesOver) => void;
  readonly nameOf: (actor: number) => string;
  readonly log: Pick<Logger, 'info' | 'warn' | 'error'>;
  readonly onError: (error: unknown) => void;
};

/** The number of the token that is nobody's own. */
const OWNER = 1;
/** An answer is on its way to who asked before the gateway closes, ms. */
const ANSWERED_MS = 200;

/** A changed rule set is confirmed by people, or goes back when its time is over. */
export class RuleDesk {
  readonly #parts: RuleDeskParts;
  #isEnding = false;
  /** What was said last, once other rules are to come: until they do, it is so. */
  #last: RuleSetStatus | null = null;

  constructor(parts: RuleDeskParts) {
    this.#parts = parts;
    this.#tell();
  }

  state(): RuleSetStatus {
    if (this.#last !== null) return this.#last;
    const { book, choice, nameOf } = this.#parts;
    const { confirmed, changed } = book.notes;
    const base = { needsTwo: needsTwo(book.notes), changes: choice.changes.map(withoutSecrets) };
    if (changed === null) {
      const endorsedBy = null;
      return {
        ...base,
        state: 'confirmed',
        rules: confirmed.rules,
        since: null,
        until: null,
        endorsedBy,
        why: '',
        changes: [],
      };
    }
    const { rules, since, until, endorsed, why } = changed;
    const state = changed.state === 'due' ? 'trial' : changed.state;
    return {
      ...base,
      state,
      rules,
      since,
      until,
      endorsedBy: endorsed === null ? null : nameOf(endorsed),
      why,
    };
  }

  /** Once a second: whether the trial is over. */
  look(): void {
    const { book, now, onError } = this.#parts;
    const { changed } = book.notes;
    if (this.#isEnding || changed === null || changed.state !== 'trial') return;
    if (changed.until === null || now() < changed.until) return;
    this.#isEnding = true;
    void this.#end({ ...changed, why: notConfirmed(changed.until) }).catch(onError);
  }

  /**
   * Leaves one record. @throws Refused CONFLICT with nothing to confirm or for a second word of the same
   * person, NOT_ALLOWED where named persons are asked for
   */
  confirm(by: By): void {
    const { book, log } = this.#parts;
    const { confirmed, changed } = book.notes;
    if (changed === null || changed.state === 'rolled-back' || this.#isEnding) {
      throw new Refused('CONFLICT', 'no changed rules wait to be confirmed');
    }
    if (needsTwo(book.notes)) {
      if (by.actor <= OWNER) {
        throw new Refused(
          'NOT_ALLOWED',
          'two named persons confirm rules here: use a token of your own (users:)',
        );
      }
      if (changed.endorsed === null) {
        const notes = { confirmed, changed: { ...changed, endorsed: by.actor } };
        this.#put(bodyOf({ ...by, verb: 'endorse-rules' }, confirmed, changed), notes);
        return;
      }
      if (changed.endorsed === by.actor) {
        throw new Refused('CONFLICT', 'you have confirmed these rules; a second person must, too');
      }
    }
    this.#put(bodyOf({ ...by, verb: 'confirm-rules' }, confirmed, changed), {
      confirmed: setOf(changed),
      changed: null,
    });
    log.info({ rules: changed.rules, actor: by.actor }, 'the changed rules are confirmed');
  }

  /** Back to the confirmed rules, at once: the gateway opens again with them. @throws Refused CONFLICT */
  async revert(by: By): Promise<void> {
    const { book, restore } = this.#parts;
    const { confirmed, changed } = book.notes;
    if (changed === null || changed.state === 'rolled-back' || this.#isEnding) {
      throw new Refused('CONFLICT', 'no changed rules are in force that could go back');
    }
    const restored = await restore();
    if (!restored.ok) {
      throw new Refused('CONFLICT', `what was confirmed last cannot be brought back: ${restored.why}`);
    }
    const why = `reverted: ${by.reason}`;
    const last = this.state();
    const body = bodyOf({ ...by, verb: 'revert-rules' }, changed, confirmed);
    this.#put(body, { confirmed, changed: { ...changed, state: 'rolled-back', why } });
    this.#restartSoon('the rules that were confirmed last come back', last);
  }

  /** A trial anew for rules that went back. @throws Refused CONFLICT */
  tryAgain(by: By): void {
    const { book } = this.#parts;
    const { confirmed, changed } = book.notes;
    if (changed?.state !== 'rolled-back' || this.#isEnding) {
      throw new Refused('CONFLICT', 'no rules went back that could be tried again');
    }
    const last = this.state();
    const fresh = { state: 'trial', since: null, until: null, starts: 0, endorsed: null, why: '' } as const;
    const body = bodyOf({ ...by, verb: 'retry-rules' }, confirmed, changed);
    this.#put(body, { confirmed, changed: { ...changed, ...fresh } });
    this.#restartSoon('the changed rules are tried again', last);
  }

  /** We stop in order: a later start is no sign that these rules bring the gateway down. */
  noteStop(): void {
    const { book, journal } = this.#parts;
    const { changed } = book.notes;
    if (changed === null || changed.starts === 0) return;
    const { key, value } = ruleNote({ ...book.notes, changed: { ...changed, starts: 0 } });
    journal.putMeta(key, value);
  }

  async #end(changed: UnconfirmedSet): Promise<void> {
    const { book, journal, restore, restart, log } = this.#parts;
    const { confirmed } = book.notes;
    const restored = await restore();
    if (restored.ok) {
      // If we die here, the next start rolls back; so does the one that follows now.
      const { key, value } = book.put({ confirmed, changed: { ...changed, state: 'due' } });
      journal.putMeta(key, value);
      restart(new RulesOver(`the changed rules go back: ${changed.why}`));
      return;
    }
    this.#isEnding = false;
    const stuck = stuckBy(changed, changed.why, restored.why);
    log.error({ why: stuck.why }, 'the changed rules stay in force');
    const by = { ...GATEWAY, verb: ROLL_BACK, reason: stuck.why };
    this.#put(bodyOf(by, changed, confirmed, 1), { confirmed, changed: stuck });
  }

  #put(body: ActBody, notes: RuleNotes): void {
    const { blocks, book, now } = this.#parts;
    const meta = [book.put(notes)];
    blocks.record({ records: [eventRecord(now(), RecordType.act, body)] }, { meta });
  }

  #restartSoon(message: string, last: RuleSetStatus): void {
    this.#isEnding = true;
    this.#last = last;
    setTimeout(() => this.#parts.restart(new RulesOver(message)), ANSWERED_MS);
  }

  #tell(): void {
    const { book, choice, log } = this.#parts;
    const { changed } = book.notes;
    const { changes } = choice;
    const fields = { rules: changed?.rules, changes: changes.length };
    if (changed?.state === 'trial') {
      const until = new Date(changed.until ?? 0).toISOString();
      log.warn(
        { ...fields, until },
        'changed rules are on trial: confirm them, or they go back (bailee rules)',
      );
    } else if (changed?.state === 'rolled-back') {
      log.warn(
        { ...fields, why: changed.why },
        'the configured rules are not in force, but those confirmed last',
      );
    } else if (changed?.state === 'stuck') {
      log.error({ ...fields, why: changed.why }, 'rules are in force that nobody confirmed');
    } else if (changes.length > 0) log.info(fields, 'the rules changed; no confirmation is asked for');
  }
}

/** What an endorsed or a stored set says of itself alone. */
function setOf({ rules, configuration, digest, confirmMs, two }: NamedSet): NamedSet {
  return { rules, configuration, digest, confirmMs, two };
}

function needsTwo({ confirmed, changed }: RuleNotes): boolean {
  return confirmed.two || (changed?.two ?? false);
}
