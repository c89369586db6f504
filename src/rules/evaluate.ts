import type { LevelFinding } from '../domain/deciding.ts';
import { RecordType, SystemCode, type LogRecord } from '../domain/record.ts';
import { conclude, NO_FINDINGS, push } from './conclude.ts';
import { awaitNext, expire, giveUpClearing, NO_CAUSE, Stage, type Cause } from './delays.ts';
import { guardOf } from './guard-outcomes.ts';
import { judgeHealth } from './health.ts';
import { judgeReading } from './readings.ts';
import type { Instance, RuleSet } from './rule-set.ts';
import { Health, Truth } from './instance-state.ts';
import type { RulesState } from './state.ts';

/**
 * First of the three steps for a record, before its timers: a clock step moves every timer, and a
 * start ends all waits to clear, because what happened while the gateway was down is not known.
 */
export function enter(set: RuleSet, state: RulesState, record: Omit<LogRecord, 'seq'>): void {
  if (record.type !== RecordType.system) return;
  const [code, a] = record.body;
  if (code === SystemCode.clockStepped && typeof a === 'number') state.shift(a);
  if (code !== SystemCode.start) return;
  for (const { index } of set.instances) {
    const s = state.touch(index);
    if (s.truth === Truth.known) s.truth = Truth.notYet;
    s.health = Health.unknown;
    s.levels.forEach(giveUpClearing);
    state.settle(index);
  }
}

/**
 * Second step: fires all timers with deadline ≤ until, by (deadline, instance). Call it with the
 * next deadline as `until` where alarm timers have to come in between.
 *
 * @param blockStart t0 of the open block: no output is earlier
 */
export function fireTimers(
  set: RuleSet,
  state: RulesState,
  until: number,
  blockStart: number,
): readonly LevelFinding[] {
  let findings: LevelFinding[] | null = null;
  while (state.isDue(until)) {
    const deadline = state.nextDeadline();
    const instance = set.instances[state.nextDue()];
    if (instance === undefined) break;
    const s = state.touch(instance.index);
    let fired: Cause = NO_CAUSE;
    instance.levels.forEach((level, i) => {
      const own = s.levels[i];
      if (own === undefined || own.deadline > deadline) return;
      fired = { slot: own.slot, seq: own.seq, v: own.v };
      expire(level, own);
    });
    state.settle(instance.index);
    const finding = conclude(instance, s, Math.max(deadline, blockStart), fired);
    findings = push(findings, finding);
  }
  return findings ?? NO_FINDINGS;
}

/** Third step: what the record itself says. Only instances under its slot or device are looked at. */
export function judge(set: RuleSet, state: RulesState, record: LogRecord): readonly LevelFinding[] {
  const { type, body } = record;
  if (type === RecordType.reading) return judgeReading(set.bySlot[record.slot], state, record);
  if (type === RecordType.statement) return judgeHealth(set, state, record);
  const isStart = type === RecordType.system && body[0] === SystemCode.start;
  if (isStart || type === RecordType.ruleSet) awaitAll(set.silences, state, record);
  if (type === RecordType.stream && typeof body[0] === 'number' && body[1] !== null) {
    awaitAll(set.bySlot[body[0]] ?? [], state, record);
  }
  return NO_FINDINGS;
}

/** Silence counts from here where nothing was awaited yet. */
function awaitAll(instances: readonly Instance[], state: RulesState, record: LogRecord): void {
  for (const { index, guard, levels } of instances) {
    if (guardOf(guard, state.at(index).health) === false) continue;
    levels.forEach(({ silenceMs }, i) => {
      if (silenceMs === null || state.at(index).levels[i]?.stage !== Stage.off) return;
      const own = state.touch(index).levels[i];
      if (own !== undefined)
        awaitNext(own, silenceMs, record.t, { slot: record.slot, seq: record.seq, v: null });
    });
    state.settle(index);
  }
}
