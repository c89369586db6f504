import { isShown, type Aside, type Standing, type TimedAside } from '../alarms/standing.ts';
import { AlarmsState } from '../alarms/state.ts';
import { AlarmState, Priority } from '../domain/alarm.ts';
import {
  FindingPhase,
  isAct,
  RecordType,
  SystemCode,
  type ActBody,
  type LogRecord,
  type RecordRef,
  type Value,
} from '../domain/record.ts';
import { parseDuration } from '../domain/units.ts';
import { Stage } from '../rules/delays.ts';
import type { RuleSet } from '../rules/rule-set.ts';
import { encodeParts } from './deciding-state.ts';

/** A finding that is open: the record behind it, and its value. */
type Open = { readonly cause: RecordRef; readonly v: number | null };

const STATES: readonly number[] = Object.values(AlarmState);
const PRIORITIES: readonly number[] = Object.values(Priority);

/**
 * What stands, read off the records of slot 0 alone: which findings are open, which alarms stand, and what
 * people set aside. For a start whose stored state is not understood. What rules remember besides, and
 * delays that run, are not on record: they begin anew.
 */
export class OnRecord {
  /** By alarm id. */
  readonly #open = new Map<string, Open>();
  /** Alarms whose condition held since they left normal. */
  readonly #rose = new Set<string>();
  #standing = new Map<string, Standing>();
  #shelved = new Map<string, TimedAside>();
  #out = new Map<string, Aside>();
  #maintained = new Map<string, TimedAside>();

  /** In the order of slot 0. */
  take(record: LogRecord): void {
    const { type, body } = record;
    if (type === RecordType.finding) this.#find(record);
    else if (type === RecordType.alarm) this.#move(record);
    else if (type === RecordType.act && isAct(body)) this.#act(body, record);
    else if (type === RecordType.system && body[0] === SystemCode.clockStepped) {
      if (typeof body[1] === 'number') this.#shift(body[1]);
    }
  }

  /** The state of deciding under the rules now in force. */
  state(set: RuleSet): Value {
    const alarms = new AlarmsState();
    for (const [zone, timed] of this.#maintained) alarms.maintain({ ...timed, zone });
    for (const s of this.#standing.values()) {
      const whole = this.#completed(s, set);
      alarms.put(whole);
      const zone = whole.suppressedBy;
      if (zone !== null && !this.#maintained.has(zone))
        alarms.maintain({ ...unknownOf(s), zone, until: s.since });
    }
    alarms.commit();
    return encodeParts({ rules: this.#rules(set), alarms: alarms.encode() });
  }

  #find({ t, body: [rule, subject, phase, slot, seq, v] }: LogRecord): void {
    const alarm = `${String(subject)}/${String(rule)}`;
    if (phase === FindingPhase.closed) this.#open.delete(alarm);
    if (phase !== FindingPhase.opened && phase !== FindingPhase.peak) return;
    const cause = { slot: Number(slot), seq: Number(seq) };
    const s = this.#standing.get(alarm);
    // No transition tells of an alarm that rises while it is set aside.
    if (s !== undefined && !isShown(s.state) && !this.#open.has(alarm)) {
      this.#standing.set(alarm, { ...s, since: t, cause });
    }
    this.#open.set(alarm, { cause, v: typeof v === 'number' ? v : null });
    this.#rose.add(alarm);
  }

  #move({ t, body: [id, from, to, priority, slot, seq] }: LogRecord): void {
    const alarm = String(id);
    if (!isState(to) || !isPriority(priority)) return;
    if (to === AlarmState.normal) {
      this.#standing.delete(alarm);
      this.#rose.delete(alarm);
      return;
    }
    const before = this.#standing.get(alarm);
    const isNew = from === AlarmState.normal || before === undefined;
    this.#standing.set(alarm, {
      alarm,
      rule: alarm.slice(alarm.lastIndexOf('/') + 1),
      state: to,
      priority,
      isActive: to === AlarmState.unacknowledged || to === AlarmState.acknowledged,
      since: isNew ? t : before.since,
      cause: { slot: Number(slot), seq: Number(seq) },
      escalateAt: to === AlarmState.unacknowledged && from !== to ? t : Infinity,
      isLatched: to === AlarmState.latchedUnacknowledged || to === AlarmState.latchedAcknowledged,
      shelved: null,
      suppressedBy: null,
      out: null,
      isStale: false,
    });
  }

  #act([actor, role, verb, object, , change, reason, result]: ActBody, { t, slot, seq }: LogRecord): void {
    if (result !== 0) return;
    const by: Aside = { actor, role, reason, at: t, act: { slot, seq } };
    const ms = change === null ? null : parseDuration(change);
    if (verb === 'shelve') this.#shelved.set(object, { ...by, until: t + (ms ?? 0) });
    else if (verb === 'take-out') this.#out.set(object, by);
    else if (verb === 'maintain') this.#maintained.set(object, { ...by, until: t + (ms ?? 0) });
    else if (verb === 'end-maintenance') this.#maintained.delete(object);
  }

  /** With what the rule says and people did; whoever is set aside by nobody who is known comes back at once. */
  #completed(s: Standing, set: RuleSet): Standing {
    const rule = set.alarms.get(s.rule);
    const unknown = unknownOf(s);
    const shelved = this.#shelved.get(s.alarm) ?? { ...unknown, until: s.since };
    const after = rule?.escalate?.afterMs ?? Infinity;
    return {
      ...s,
      isActive: isShown(s.state) ? s.isActive : this.#open.has(s.alarm),
      isLatched: s.isLatched || (this.#rose.has(s.alarm) && (rule?.latch ?? false)),
      escalateAt: s.escalateAt + after,
      shelved: s.state === AlarmState.shelved ? shelved : null,
      suppressedBy: s.state === AlarmState.suppressed ? (set.byAlarm.get(s.alarm)?.stream.place ?? '') : null,
      out: s.state === AlarmState.outOfService ? (this.#out.get(s.alarm) ?? unknown) : null,
    };
  }

  /** Each open finding as its rule has it, so that an alarm that stands is not cleared for want of one. */
  #rules(set: RuleSet): Value {
    return set.instances.flatMap(({ alarm, rule, subject, levels }): Value[] => {
      const open = this.#open.get(alarm);
      if (open === undefined) return [];
      const standing = this.#standing.get(alarm)?.priority;
      const level = levels.find(({ priority }) => priority === standing) ?? levels[0];
      if (level === undefined) return [];
      const { slot, seq } = open.cause;
      const on = [level.priority, Stage.on, null, 0, 0, 0, slot, seq, open.v];
      return [[rule.id, subject, 1, 0, level.priority, on]];
    });
  }

  #shift(a: number): void {
    const moved = <T extends Aside>(s: T): T => ({ ...s, at: s.at + a });
    const timed = (s: TimedAside): TimedAside => ({ ...moved(s), until: s.until + a });
    this.#standing = mapped(this.#standing, (s) => ({
      ...s,
      since: s.since + a,
      escalateAt: s.escalateAt + a,
    }));
    this.#shelved = mapped(this.#shelved, timed);
    this.#out = mapped(this.#out, moved);
    this.#maintained = mapped(this.#maintained, timed);
  }
}

function unknownOf({ since, cause }: Standing): Aside {
  return { actor: 0, role: '', reason: '', at: since, act: cause };
}

function mapped<T>(map: ReadonlyMap<string, T>, change: (value: T) => T): Map<string, T> {
  return new Map([...map].map(([key, value]) => [key, change(value)]));
}

function isState(value: Value | undefined): value is AlarmState {
  return typeof value === 'number' && STATES.includes(value);
}

function isPriority(value: Value | undefined): value is Priority {
  return typeof value === 'number' && PRIORITIES.includes(value);
}
