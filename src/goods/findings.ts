import { AlarmState, type Text } from '../domain/alarm.ts';

import { Overlay } from '../domain/overlay.ts';
import { FindingPhase, type RecordRef, type Value } from '../domain/record.ts';
import { meaningOf, type RuleMeaning } from './rule-meaning.ts';
import { listIn, numberIn, refIn, textIn } from './state-fields.ts';

/** What goods are told of a rule. */
export type KnownRule = { readonly id: string; readonly title: Text; readonly basis: string };

/** A finding about control that is open, or one that cannot be judged. */
export type OpenFinding = {
  readonly rule: string;
  readonly subject: string;
  readonly meaning: RuleMeaning;
  readonly since: number;
  readonly ref: RecordRef;
  readonly isUnknown: boolean;
};

/** An alarm that stands; priority 1 urgent to 4 low. */
export type StandingAlarm = {
  readonly rule: string;
  readonly subject: string;
  readonly priority: number;
  readonly since: number;
  readonly ref: RecordRef;
};

const AT_REST: ReadonlySet<number> = new Set([
  AlarmState.normal,
  AlarmState.suppressed,
  AlarmState.outOfService,
]);

/** What rules found about control, and which alarms stand: what the gaps, breaches and reasons are made of. */
export class Findings {
  readonly #rules: ReadonlyMap<string, KnownRule>;
  readonly #open = new Overlay<string, OpenFinding>();
  readonly #alarms = new Overlay<string, StandingAlarm>();

  constructor(rules: readonly KnownRule[]) {
    this.#rules = new Map(rules.map((rule) => [rule.id, rule]));
  }

  titleOf(rule: string): Text | null {
    return this.#rules.get(rule)?.title ?? null;
  }

  meaning(rule: string): RuleMeaning | null {
    const known = this.#rules.get(rule);
    return known === undefined ? null : meaningOf(known.basis);
  }

  /** In the order in which they were found, at one time by rule and subject. */
  list(): readonly OpenFinding[] {
    return [...this.#open.entries()].map(([, finding]) => finding).sort(bySince);
  }

  /** All that stand, those of rules without a meaning for control too. */
  alarms(): readonly StandingAlarm[] {
    return [...this.#alarms.entries()].map(([, alarm]) => alarm).sort(bySince);
  }

  /** Returns what was found anew or is no more; null for what says nothing of control. */
  find(body: readonly Value[], t: number, ref: RecordRef): OpenFinding | null {
    const [rule, subject, phase] = body;
    if (typeof rule !== 'string' || typeof subject !== 'string') return null;
    const meaning = this.meaning(rule);
    if (meaning === null) return null;
    const key = `${subject}/${rule}`;
    const before = this.#open.get(key);
    const now = { rule, subject, meaning, since: t, ref, isUnknown: false };
    if (phase === FindingPhase.opened) this.#open.set(key, now);
    else if (phase === FindingPhase.closed) this.#open.delete(key);
    else if (phase === FindingPhase.unknown) {
      // What was open stays open: unknown clears nothing.
      if (before === undefined) this.#open.set(key, { ...now, isUnknown: true });
    } else if (phase === FindingPhase.knownAgain && before?.isUnknown === true) this.#open.delete(key);
    return now;
  }

  note(body: readonly Value[], t: number, ref: RecordRef): void {
    const [alarm, , to, priority] = body;
    if (typeof alarm !== 'string' || typeof to !== 'number' || typeof priority !== 'number') return;
    const slash = alarm.lastIndexOf('/');
    const before = this.#alarms.get(alarm);
    if (AT_REST.has(to)) {
      if (before !== undefined) this.#alarms.delete(alarm);
      return;
    }
    const [subject, rule] = [alarm.slice(0, Math.max(0, slash)), alarm.slice(slash + 1)];
    const since = before?.since ?? t;
    this.#alarms.set(alarm, { rule, subject, priority, since, ref: before?.ref ?? ref });
  }

  shift(a: number): void {
    for (const [key, one] of this.#open.entries()) this.#open.set(key, { ...one, since: one.since + a });
    for (const [key, one] of this.#alarms.entries()) this.#alarms.set(key, { ...one, since: one.since + a });
  }

  forgetRecords(): void {
    const ref = { slot: 0, seq: 0 };
    for (const [key, one] of this.#open.entries()) this.#open.set(key, { ...one, ref });
    for (const [key, one] of this.#alarms.entries()) this.#alarms.set(key, { ...one, ref });
  }

  commit(): void {
    this.#open.commit();
    this.#alarms.commit();
  }

  discard(): void {
    this.#open.discard();
    this.#alarms.discard();
  }

  encode(): Value {
    const open = this.list().map((f): Value => {
      return [f.rule, f.subject, f.since, f.ref.slot, f.ref.seq, f.isUnknown ? 1 : 0];
    });
    const alarms = this.alarms().map((a): Value => {
      return [a.rule, a.subject, a.priority, a.since, a.ref.slot, a.ref.seq];
    });
    return [open, alarms];
  }

  /**
   * What a rule means is asked of the rule set in force; findings of rules that are gone are forgotten.
   * @throws TypeError for what `encode` did not give
   */
  read(value: Value): void {
    const [open, alarms] = listIn(value);
    for (const row of listIn(open)) {
      const [rule, subject, since, slot, seq, unknown] = listIn(row);
      const meaning = this.meaning(textIn(rule));
      if (meaning === null) continue;
      const where = { rule: textIn(rule), subject: textIn(subject) };
      const finding = { ...where, meaning, since: numberIn(since), ref: refIn(slot, seq) };
      this.#open.set(`${where.subject}/${where.rule}`, { ...finding, isUnknown: unknown === 1 });
    }
    for (const row of listIn(alarms)) {
      const [rule, subject, priority, since, slot, seq] = listIn(row);
      const where = { rule: textIn(rule), subject: textIn(subject) };
      const alarm = { ...where, priority: numberIn(priority), since: numberIn(since), ref: refIn(slot, seq) };
      this.#alarms.set(`${where.subject}/${where.rule}`, alarm);
    }
    this.commit();
  }
}

type Since = { readonly since: number; readonly rule: string; readonly subject: string };

function bySince(a: Since, b: Since): number {
  if (a.since !== b.since) return a.since - b.since;
  return `${a.rule}\n${a.subject}` < `${b.rule}\n${b.subject}` ? -1 : 1;
}
