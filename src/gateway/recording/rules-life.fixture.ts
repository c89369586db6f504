import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Life, type Place } from '../data-directory.fixture.ts';
import { RecordType, type Value } from '../../domain/record.ts';
import { restoreRules } from '../site/kept-rules.ts';
import { chooseRules, type RuleChoice } from '../site/rule-choice.ts';
import { ruleNotesOf } from '../site/rule-notes.ts';
import { RuleBook } from './rule-book.ts';
import { RuleDesk } from './rule-desk.ts';

const CREDENTIALS = { checked: true, directory: null } as const;
const NAMES = new Map([
  [7, 'Lin'],
  [8, 'Zhao'],
]);

/** Somebody with an editor. */
export function rewrite({ root }: Place, name: string, change: (text: string) => string): void {
  const file = join(root, name);
  writeFileSync(file, change(readFileSync(file, 'utf8')));
}

/** A limit that is another than before. */
export function loosen(place: Place): void {
  rewrite(place, 'rules/cold.yaml', (text) => text.replace('above: 8 °C', 'above: 9 °C'));
}

export async function choose(place: Place): Promise<RuleChoice> {
  return chooseRules(await place.site(), CREDENTIALS);
}

/** The first life of a data directory, whose rules are confirmed by that. */
export async function once(place: Place): Promise<void> {
  using _first = await RulesLife.open(place);
}

/** One life of a gateway's rules: the real journal, core and blocks. */
export class RulesLife implements Disposable {
  readonly life: Life;
  readonly desk: RuleDesk;
  readonly book: RuleBook;
  readonly restarts: string[] = [];
  readonly errors: unknown[] = [];

  readonly choice: RuleChoice;

  private constructor(choice: RuleChoice) {
    this.choice = choice;
    this.book = new RuleBook(choice);
    this.life = new Life(choice.site, null, this.book);
    const { blocks, journal, core } = this.life;
    this.desk = new RuleDesk({
      book: this.book,
      choice,
      blocks,
      journal,
      now: () => core.clock.now(),
      restore: () => restoreRules(choice.configured, this.book.notes.confirmed, CREDENTIALS),
      restart: (over) => this.restarts.push(over.message),
      nameOf: (actor) => NAMES.get(actor) ?? String(actor),
      log: { info: () => undefined, warn: () => undefined, error: () => undefined },
      onError: (error) => this.errors.push(error),
    });
  }

  static async open(
    place: Place,
    change: (choice: RuleChoice) => RuleChoice = (same) => same,
  ): Promise<RulesLife> {
    return new RulesLife(change(await choose(place)));
  }

  /** Verb, object, old, new, reason and result of what was done about rules. */
  get acts(): (readonly Value[])[] {
    const acts = this.life.records.filter(({ type }) => type === RecordType.act);
    return acts.map(({ body }) => [body[0] ?? null, ...body.slice(2, 4), body[7] ?? null]);
  }

  get stored(): ReturnType<typeof ruleNotesOf> {
    return ruleNotesOf(this.life.journal);
  }

  [Symbol.dispose](): void {
    this.life[Symbol.dispose]();
  }
}
