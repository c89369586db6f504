import { onAct } from '../alarms/acts.ts';
import { endInTime, suppressNew } from '../alarms/asides.ts';
import { fireEscalations, onFinding, reconcile } from '../alarms/machine.ts';
import { OWN_ALARMS } from '../alarms/own-alarms.ts';
import { findByTime, findByTransition, isOwnOpen } from '../alarms/own-findings.ts';
import { rosterOf, type Roster } from '../alarms/roster.ts';
import { AlarmsState } from '../alarms/state.ts';
import type { OutboxEntry, StoredFile } from '../domain/commit.ts';
import type { AlarmTransition, LevelFinding, OutboxDraft } from '../domain/deciding.ts';
import {
  isAct,
  RecordType,
  SystemCode,
  type LogRecord,
  type Value,
  type AlarmBody,
  type FindingBody,
} from '../domain/record.ts';
import { decode, encodeLarge } from '../evidence/cbor.ts';
import type { Goods } from '../goods/goods.ts';
import { breakGlass } from '../rules/break-glass.ts';
import { actionsFor } from '../rules/actions.ts';
import { objectionTo } from '../rules/interlocks.ts';
import { FireState, onFireInput } from '../rules/openings.ts';
import { rolledBack } from '../rules/rolled-back.ts';
import { CallsState } from '../rules/calls-state.ts';
import { fireCalls } from '../rules/calls.ts';
import { enter, fireTimers, judge } from '../rules/evaluate.ts';
import type { RuleSet } from '../rules/rule-set.ts';
import { RulesState } from '../rules/state.ts';
import { encodeParts, partsOf, UnreadableState } from './deciding-state.ts';
import { UNPLACED } from './input.ts';
import { TagBindings } from './tag-bindings.ts';

/** One decided record: leaf types 4, 5, 8 (step 0) and 15 (attempt 1, queued), always of slot 0. */
export type Output = {
  readonly t: number;
  readonly type: RecordType;
  readonly body: readonly Value[];
  /** What is to be done in the world because of it. */
  readonly outbox?: OutboxEntry;
};

/** Opens what is known of goods from its part of a state; the root has it only where goods are configured. */
export type OpenGoods = (state: Value | null) => Goods;

const NOTHING: readonly Output[] = [];

/**
 * All deciding, in the order that evidence section 5 promises: for each record first the timers
 * that were due before it, then what it says itself. The hot path and `bailee replay` run this.
 */
export class Deciding {
  readonly #set: RuleSet;
  readonly #roster: Roster;
  readonly #rules: RulesState;
  readonly #alarms: AlarmsState;
  readonly #calls: CallsState;
  readonly #fires: FireState;
  /** null where none are configured. */
  readonly goods: Goods | null;
  /** How many bytes goods took when they were last encoded. */
  #goodsLength = 0;
  /** To which chip each tag is bound. */
  readonly tags: TagBindings;

  constructor(
    set: RuleSet,
    rules: RulesState,
    alarms: AlarmsState,
    calls: CallsState,
    fires: FireState,
    goods: Goods | null,
    tags: TagBindings,
  ) {
    this.#set = set;
    this.#roster = rosterOf(set.byAlarm, set.alarms);
    this.#rules = rules;
    this.#alarms = alarms;
    this.#calls = calls;
    this.#fires = fires;
    this.goods = goods;
    this.tags = tags;
  }

  /** @throws UnreadableState for a value that `encode` of no build up to this one gave */
  static decode(set: RuleSet, state: Value | null, openGoods: OpenGoods | null = null): Deciding {
    const isLatching = (rule: string): boolean => set.alarms.get(rule)?.latch ?? false;
    const { rules, alarms, calls, fires, goods, tags } = state === null ? {} : partsOf(state, isLatching);
    try {
      return new Deciding(
        set,
        RulesState.decode(set, rules ?? []),
        alarms === undefined ? new AlarmsState() : AlarmsState.decode(alarms),
        CallsState.decode(calls ?? []),
        FireState.decode(fires ?? []),
        openGoods?.(goodsOf(goods)) ?? null,
        TagBindings.decode(tags ?? []),
      );
    } catch (error) {
      if (!(error instanceof TypeError)) throw error;
      throw new UnreadableState(error.message, { cause: error });
    }
  }

  get set(): RuleSet {
    return this.#set;
  }

  get alarms(): AlarmsState {
    return this.#alarms;
  }

  /** Which alarms there can be. */
  get roster(): Roster {
    return this.#roster;
  }

  /**
   * First what comes before the record: a clock step moves the timers, then those due fire. Their
   * outputs stand before the record, so it has no seq yet.
   *
   * @param blockStart t0 of the open block: no output is earlier
   */
  before(record: Omit<LogRecord, 'seq'>, blockStart: number): readonly Output[] {
    if (record.type === RecordType.system) {
      enter(this.#set, this.#rules, record);
      const [code, a] = record.body;
      if (code === SystemCode.clockStepped && typeof a === 'number') {
        this.#alarms.shift(a);
        this.#calls.shift(a);
        // It stands before what fires now; it is no input to judge for goods.
        this.goods?.take({ ...record, seq: UNPLACED });
      }
    }
    return bringsRules(record.type) ? NOTHING : this.#fire(record.t, blockStart);
  }

  /** Then what the record itself says. */
  judge(record: LogRecord): readonly Output[] {
    if (!isStep(record)) this.goods?.take(record);
    this.tags.take(record);
    const findings = judge(this.#set, this.#rules, record, this.goods);
    const isOther = record.type === RecordType.act || record.type === RecordType.ruleSet;
    const openings = onFireInput(this.#set.interlocks, this.#fires, record);
    if (findings.length === 0 && openings.length === 0 && !isOther) return NOTHING;
    // A way out is opened before anybody is told.
    const outputs: Output[] = openings;
    this.#conclude(findings, outputs);
    if (record.type === RecordType.act && isAct(record.body)) {
      this.#announce(onAct(this.#roster, this.#alarms, record.body, record.t, record), outputs);
      outputs.push(
        ...breakGlass(this.#set, record.body, record),
        ...rolledBack(this.#set, record.body, record),
      );
    } else if (record.type === RecordType.ruleSet) {
      const isOpen = (alarm: string): boolean => isOwnOpen(this.#alarms, alarm) || this.#rules.isOpen(alarm);
      this.#announce(reconcile(this.#roster, this.#alarms, isOpen, record.t, record), outputs);
      this.#announce(suppressNew(this.#roster, this.#alarms, record.t, record), outputs);
    }
    return outputs;
  }

  /** A decision has its place: goods go by alarms and findings too. */
  note(decision: LogRecord): void {
    this.goods?.take(decision);
  }

  /** Documents that come with the records which are decided next. */
  offer(files: readonly StoredFile[]): void {
    this.goods?.offer(files);
  }

  /** Evidence time of the next timer, ms; Infinity for never. */
  nextDeadline(): number {
    return Math.min(this.#rules.nextDeadline(), this.#alarms.nextDeadline(), this.#calls.nextDeadline());
  }

  commit(): void {
    this.#rules.commit();
    this.#alarms.commit();
    this.#calls.commit();
    this.#fires.commit();
    this.goods?.commit();
    this.tags.commit();
  }

  discard(): void {
    this.#rules.discard();
    this.#alarms.discard();
    this.#calls.discard();
    this.#fires.discard();
    this.goods?.discard();
    this.tags.discard();
  }

  /** For snapshots and the state hash of event 7. */
  encode(): Value {
    return encodeParts({
      rules: this.#rules.encode(),
      alarms: this.#alarms.encode(),
      calls: this.#calls.encode(),
      fires: this.#fires.encode(),
      ...(this.goods === null ? {} : { goods: this.#encodeGoods(this.goods) }),
      tags: this.tags.encode(),
    });
  }

  #encodeGoods(goods: Goods): Uint8Array {
    const bytes = encodeLarge(goods.encode(), this.#goodsLength);
    this.#goodsLength = bytes.length;
    return bytes;
  }

  #isDue(t: number): boolean {
    return this.#rules.isDue(t) || this.#alarms.isDue(t) || this.#calls.isDue(t);
  }

  /** Timers of rules, alarms and calls, each at its own deadline, in this order at the same one. */
  #fire(until: number, blockStart: number): readonly Output[] {
    if (!this.#isDue(until)) return NOTHING;
    const outputs: Output[] = [];
    for (let due = this.nextDeadline(); due <= until; due = this.nextDeadline()) {
      this.#conclude(fireTimers(this.#set, this.#rules, due, blockStart), outputs);
      this.#announce(endInTime(this.#roster, this.#alarms, due, blockStart), outputs);
      this.#announce(fireEscalations(this.#roster, this.#alarms, due, blockStart), outputs);
      this.#conclude(findByTime(this.#alarms, due, blockStart), outputs);
      outputs.push(...fireCalls(this.#set, this.#calls, due, blockStart));
    }
    return outputs;
  }

  #conclude(findings: readonly LevelFinding[], outputs: Output[]): void {
    for (const f of findings) {
      const body: FindingBody = [f.rule, f.subject, f.phase, f.cause.slot, f.cause.seq, f.v];
      outputs.push({ t: f.t, type: RecordType.finding, body });
      this.#announce(onFinding(this.#roster, this.#alarms, f), outputs);
    }
  }

  #announce(transitions: readonly AlarmTransition[], outputs: Output[]): void {
    for (const transition of transitions) {
      const { alarm, rule, from, to, priority, cause, t } = transition;
      const body: AlarmBody = [alarm, from, to, priority, cause.slot, cause.seq];
      outputs.push({ t, type: RecordType.alarm, body });
      // Of the machine's own alarms the record says all, unless somebody is to be told.
      if (!OWN_ALARMS.has(alarm) || this.#set.actions.has(rule)) {
        const wanted = actionsFor(this.#set, transition, (id) => this.#alarms.get(id), this.#calls);
        outputs.push(...wanted.filter((draft) => this.#mayMove(draft)));
      }
      this.#conclude(findByTransition(this.#alarms, transition), outputs);
    }
  }

  /** Of fires alone; what a loop says is asked when the order leaves, where it is news. */
  #mayMove({ outbox }: OutboxDraft): boolean {
    if (outbox.body.kind !== 'command') return true;
    const { interlocks } = this.#set;
    const fires = { ...interlocks, clear: new Map() };
    return objectionTo(fires, outbox.body, ({ id }) => (this.#fires.isOn(id) ? 1 : 0)) === null;
  }
}

function isStep({ type, body }: LogRecord): boolean {
  return type === RecordType.system && body[0] === SystemCode.clockStepped;
}

/** Bytes of their own within the state, so that what goods hold may nest as deeply as a state may. */
function goodsOf(part: Value | undefined): Value | null {
  return part instanceof Uint8Array ? decode(part) : (part ?? null);
}

/** Configuration comes into force before any timer of it may fire. */
function bringsRules(type: RecordType): boolean {
  return type === RecordType.ruleSet || type === RecordType.stream;
}
