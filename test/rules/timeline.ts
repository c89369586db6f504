import type { AlarmTransition, LevelFinding } from '../../src/domain/deciding.ts';
import type { GoodsFacts } from '../../src/domain/goods/facts.ts';
import { RecordType, SystemCode, type ActBody, type LogRecord, type Value } from '../../src/domain/record.ts';
import { onAct } from '../../src/alarms/acts.ts';
import { endInTime, suppressNew } from '../../src/alarms/asides.ts';
import { fireEscalations, onFinding, reconcile } from '../../src/alarms/machine.ts';
import { OWN_ALARMS } from '../../src/alarms/own-alarms.ts';
import { findByTime, findByTransition, isOwnOpen } from '../../src/alarms/own-findings.ts';
import { rosterOf, type Roster } from '../../src/alarms/roster.ts';
import { AlarmsState } from '../../src/alarms/state.ts';
import { actionsFor } from '../../src/rules/actions.ts';
import { CallsState } from '../../src/rules/calls-state.ts';
import { fireCalls, type CallOutput } from '../../src/rules/calls.ts';
import { enter, fireTimers, judge } from '../../src/rules/evaluate.ts';
import type { RuleSet } from '../../src/rules/rule-set.ts';
import { RulesState } from '../../src/rules/state.ts';

export type Outcome =
  | { readonly is: 'finding'; readonly finding: LevelFinding }
  | { readonly is: 'alarm'; readonly transition: AlarmTransition }
  | { readonly is: 'action'; readonly draft: CallOutput };

/** Rules, alarms and actions over records in order, composed as the gateway composes them. */
export class Timeline {
  readonly set: RuleSet;
  readonly roster: Roster;
  rules: RulesState;
  alarms = new AlarmsState();
  calls = new CallsState();
  blockStart = 0;
  goods: GoodsFacts | null = null;

  constructor(set: RuleSet) {
    this.set = set;
    this.roster = rosterOf(set.byAlarm, set.alarms);
    this.rules = new RulesState(set);
  }

  take(record: LogRecord): Outcome[] {
    const { t } = record;
    enter(this.set, this.rules, record);
    const [code, a] = record.body;
    if (record.type === RecordType.system && code === SystemCode.clockStepped) {
      this.alarms.shift(Number(a));
      this.calls.shift(Number(a));
    }
    const timed = this.passTime(t);
    const ref = { slot: record.slot, seq: record.seq };
    const own = judge(this.set, this.rules, record, this.goods).flatMap((finding) => this.#found(finding));
    const acted =
      record.type === RecordType.act ? onAct(this.roster, this.alarms, asAct(record.body), t, ref) : [];
    const reset =
      record.type === RecordType.ruleSet
        ? [
            ...reconcile(this.roster, this.alarms, (alarm) => this.#isOpen(alarm), t, ref),
            ...suppressNew(this.roster, this.alarms, t, ref),
          ]
        : [];
    return [...timed, ...own, ...[...acted, ...reset].flatMap((transition) => this.#moved(transition))];
  }

  /** Fires all that is due at `until`: by deadline, rules before alarms. */
  passTime(until: number): Outcome[] {
    const outcomes: Outcome[] = [];
    while (this.rules.isDue(until) || this.alarms.isDue(until) || this.calls.isDue(until)) {
      const next = Math.min(this.rules.nextDeadline(), this.alarms.nextDeadline(), this.calls.nextDeadline());
      const fired = fireTimers(this.set, this.rules, next, this.blockStart);
      outcomes.push(...fired.flatMap((finding) => this.#found(finding)));
      const ended = endInTime(this.roster, this.alarms, next, this.blockStart);
      outcomes.push(...ended.flatMap((transition) => this.#moved(transition)));
      const escalated = fireEscalations(this.roster, this.alarms, next, this.blockStart);
      outcomes.push(...escalated.flatMap((transition) => this.#moved(transition)));
      const own = findByTime(this.alarms, next, this.blockStart);
      outcomes.push(...own.flatMap((finding) => this.#found(finding)));
      const climbed = fireCalls(this.set, this.calls, next, this.blockStart);
      outcomes.push(...climbed.map((draft): Outcome => ({ is: 'action', draft })));
    }
    return outcomes;
  }

  /** What a restart does: every state through its encoding. */
  restart(set: RuleSet = this.set): Timeline {
    const next = new Timeline(set);
    next.rules = RulesState.decode(set, this.rules.encode());
    next.alarms = AlarmsState.decode(this.alarms.encode());
    next.calls = CallsState.decode(this.calls.encode());
    next.blockStart = this.blockStart;
    next.goods = this.goods;
    return next;
  }

  commit(): void {
    this.rules.commit();
    this.alarms.commit();
    this.calls.commit();
  }

  discard(): void {
    this.rules.discard();
    this.alarms.discard();
    this.calls.discard();
  }

  #found(finding: LevelFinding): Outcome[] {
    const transitions = onFinding(this.roster, this.alarms, finding);
    return [{ is: 'finding', finding }, ...transitions.flatMap((transition) => this.#moved(transition))];
  }

  #moved(transition: AlarmTransition): Outcome[] {
    const drafts = OWN_ALARMS.has(transition.alarm)
      ? []
      : actionsFor(this.set, transition, (alarm) => this.alarms.get(alarm), this.calls);
    return [
      { is: 'alarm', transition },
      ...drafts.map((draft): Outcome => ({ is: 'action', draft })),
      ...findByTransition(this.alarms, transition).flatMap((finding) => this.#found(finding)),
    ];
  }

  #isOpen(alarm: string): boolean {
    return isOwnOpen(this.alarms, alarm) || this.rules.isOpen(alarm);
  }
}

/** Short lines such as `120000 warm opened 850 p2 @1.3`, `… 0>1 p2`, `… dock on`. */
export function lines(outcomes: readonly Outcome[]): string[] {
  return outcomes.map((outcome) => {
    if (outcome.is === 'finding') {
      const { t, rule, phase, v, priority, cause } = outcome.finding;
      return `${t} ${rule} ${PHASES[phase]} ${v} p${priority} @${cause.slot}.${cause.seq}`;
    }
    if (outcome.is === 'alarm') {
      const { t, alarm, from, to, priority, cause } = outcome.transition;
      return `${t} ${alarm} ${from}>${to} p${priority} @${cause.slot}.${cause.seq}`;
    }
    const { t, outbox, body } = outcome.draft;
    return outbox === undefined ? `${t} unanswered ${String(body[2])}` : `${t} ${outbox.kind} ${outbox.key}`;
  });
}

const PHASES = { 1: 'opened', 2: 'peak', 3: 'closed', 4: 'unknown', 5: 'known' } as const;

/** Only the lines of findings. */
export function findings(outcomes: readonly Outcome[]): string[] {
  return lines(outcomes.filter((outcome) => outcome.is === 'finding'));
}

/** Makes records with rising seq per slot. */
export class Records {
  readonly #seqs = new Map<number, number>();

  reading(slot: number, t: number, v: number | null, q = 0): LogRecord {
    return this.#record(slot, t, RecordType.reading, [v, q]);
  }

  /** A reading that came late: the bit that intake sets, and the device's own time. */
  late(slot: number, t: number, v: number | null, at: number, q = 0): LogRecord {
    return this.#record(slot, t, RecordType.reading, [v, q | 32, at]);
  }

  system(t: number, code: SystemCode, a: number | null = null): LogRecord {
    return this.#record(0, t, RecordType.system, [code, a, null, null]);
  }

  health(t: number, device: string, isWell: boolean): LogRecord {
    return this.#record(0, t, RecordType.statement, [1, device, isWell ? 1 : 0, null, '']);
  }

  act(t: number, verb: string, object: string, change: string | null = null): LogRecord {
    return this.#record(0, t, RecordType.act, [7, 'operator', verb, object, null, change, 'seen', 0]);
  }

  opened(t: number, slot: number): LogRecord {
    return this.#record(0, t, RecordType.stream, [slot, [1]]);
  }

  ruleSet(t: number): LogRecord {
    const hash = new Uint8Array(32);
    return this.#record(0, t, RecordType.ruleSet, [hash, hash, hash]);
  }

  #record(slot: number, t: number, type: RecordType, body: readonly Value[]): LogRecord {
    const seq = this.#seqs.get(slot) ?? 0;
    this.#seqs.set(slot, seq + 1);
    return { slot, seq, t, type, body };
  }
}

function asAct(body: readonly Value[]): ActBody {
  const [, role, verb, object, , , reason, result] = body;
  return [7, String(role), String(verb), String(object), null, null, String(reason), result === 0 ? 0 : 1];
}
