import type { LevelFinding } from '../domain/deciding.ts';
import type { GoodsFacts } from '../domain/goods/facts.ts';
import { RecordType, SystemCode, type LogRecord } from '../domain/record.ts';
import { conclude, NO_FINDINGS, push } from './conclude.ts';
import { awaitNext, expire, giveUpClearing, NO_CAUSE, Stage, type Cause } from './delays.ts';
import { guardOf } from './guard-outcomes.ts';
import { judgeHealth } from './health.ts';
import { judgeReading } from './readings.ts';
import type { RuleSet } from './rule-set.ts';
import type { Instance } from './instance.ts';
import { Health, Truth } from './instance-state.ts';
import { lookAnew, sense, senseAll, spread } from './sense.ts';
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
    const t = Math.max(deadline, blockStart);
    instance.levels.forEach((level, i) => {
      const own = s.levels[i];
      if (own === undefined || own.deadline > deadline) return;
      fired = { slot: own.slot, seq: own.seq, v: own.v };
      expire(level, own);
    });
    state.settle(instance.index);
    findings = push(findings, conclude(instance, s, t, fired, state));
    if (instance.isWatch) findings = passTime(instance, state, deadline, t, findings);
    findings = spread(set, state, null, t, findings);
  }
  return findings ?? NO_FINDINGS;
}

/** Tells each level that asked for it that its time has come. */
function passTime(
  instance: Instance,
  state: RulesState,
  deadline: number,
  t: number,
  findings: LevelFinding[] | null,
): LevelFinding[] | null {
  let found = findings;
  instance.levels.forEach(({ watch }, level) => {
    const memory = state.at(instance.index).levels[level]?.memory ?? null;
    if (watch === null || memory === null || watch.due(memory.cells) > deadline) return;
    found = sense({ instance, level, part: 0 }, { is: 'time', t: deadline }, null, t, state, found);
  });
  return found;
}

/** Third step: what the record itself says. Only instances under its slot or device are looked at. */
export function judge(
  set: RuleSet,
  state: RulesState,
  record: LogRecord,
  goods: GoodsFacts | null = null,
): readonly LevelFinding[] {
  const findings =
    record.type === RecordType.reading
      ? judgeReading(set, state, record, goods)
      : judgeOther(set, state, record, goods);
  if (!state.isStirred) return findings;
  const { slot, seq, t } = record;
  const found = findings.length === 0 ? null : [...findings];
  return spread(set, state, { slot, seq, v: null }, t, found) ?? NO_FINDINGS;
}

function judgeOther(
  set: RuleSet,
  state: RulesState,
  record: LogRecord,
  goods: GoodsFacts | null,
): readonly LevelFinding[] {
  const { type, body, t } = record;
  let findings: LevelFinding[] | null = null;
  if (type === RecordType.statement) {
    for (const finding of judgeHealth(set, state, record)) findings = push(findings, finding);
  }
  const isStart = type === RecordType.system && body[0] === SystemCode.start;
  if (isStart || type === RecordType.ruleSet) awaitAll(set.silences, state, record);
  if (type === RecordType.ruleSet) findings = lookAnew(set, state, record, findings);
  if (isStart) findings = senseAll(set.watches, () => ({ is: 'start', t }), record, null, state, findings);
  if (type === RecordType.stream && typeof body[0] === 'number' && body[1] !== null) {
    awaitAll(set.bySlot[body[0]] ?? [], state, record);
  }
  const asked = set.byRecord.get(type);
  if (asked !== undefined) {
    findings = senseAll(asked, () => ({ is: 'record', t, record, goods }), record, null, state, findings);
  }
  return findings ?? NO_FINDINGS;
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
