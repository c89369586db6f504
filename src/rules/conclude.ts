import type { Priority } from '../domain/alarm.ts';
import type { LevelFinding } from '../domain/deciding.ts';
import { FindingPhase, type LogRecord } from '../domain/record.ts';
import { giveUpClearing, Stage, type Cause } from './delays.ts';
import type { Instance } from './instance.ts';
import { Truth, type InstanceState } from './instance-state.ts';
import type { RulesState } from './state.ts';

/** Shared, so that a record that changes nothing allocates nothing. */
export const NO_FINDINGS: readonly LevelFinding[] = [];

export function push(findings: LevelFinding[] | null, more: LevelFinding | null): LevelFinding[] | null {
  if (more === null) return findings;
  if (findings === null) return [more];
  findings.push(more);
  return findings;
}

/** Compares the levels that are on with the finding that is open. */
export function conclude(
  instance: Instance,
  s: InstanceState,
  t: number,
  cause: Cause,
  state: RulesState,
): LevelFinding | null {
  let best = -1;
  let priority: Priority | 0 = 0;
  for (let i = 0; i < s.levels.length; i++) {
    const level = instance.levels[i];
    if (level === undefined || (s.levels[i]?.stage ?? Stage.off) < Stage.on) continue;
    if (priority !== 0 && level.priority >= priority) continue;
    best = i;
    priority = level.priority;
  }
  const before = s.open;
  if (priority === before) return null;
  s.open = priority;
  if (priority === 0 || before === 0) state.stir(instance.index);
  if (priority === 0) {
    return before === 0 ? null : finding(instance, FindingPhase.closed, before, t, cause);
  }
  // A milder level alone is the rest of a worse one: the open finding goes on.
  if (before !== 0 && priority > before) return null;
  const phase = before === 0 ? FindingPhase.opened : FindingPhase.peak;
  const began = s.levels[best] ?? cause;
  // What is absent has no value.
  return finding(instance, phase, priority, t, instance.isSilence ? { ...began, v: null } : began);
}

/** The input is not usable: told once, and nothing clears while it lasts. */
export function becomeUnknown(
  instance: Instance,
  state: RulesState,
  record: LogRecord,
  v: number | null,
  findings: LevelFinding[] | null,
): LevelFinding[] | null {
  const { index } = instance;
  if (state.at(index).truth === Truth.unknown) return findings;
  const s = state.touch(index);
  s.truth = Truth.unknown;
  s.levels.forEach(giveUpClearing);
  state.settle(index);
  state.stir(index);
  const { slot, seq, t } = record;
  return tellTruth(instance, FindingPhase.unknown, t, { slot, seq, v }, findings);
}

/** A usable reading after a time without: told when the unknown was told. */
export function becomeKnown(
  instance: Instance,
  state: RulesState,
  record: LogRecord,
  v: number,
  findings: LevelFinding[] | null,
): LevelFinding[] | null {
  const s = state.touch(instance.index);
  const wasTold = s.truth === Truth.unknown;
  s.truth = Truth.known;
  state.stir(instance.index);
  const { slot, seq, t } = record;
  return wasTold ? tellTruth(instance, FindingPhase.knownAgain, t, { slot, seq, v }, findings) : findings;
}

export function tellTruth(
  instance: Instance,
  phase: FindingPhase,
  t: number,
  cause: Cause,
  findings: LevelFinding[] | null,
): LevelFinding[] | null {
  if (instance.rule.onUnknown === 'ignore') return findings;
  return push(findings, finding(instance, phase, instance.rule.alarm.priority, t, cause));
}

function finding(
  { rule, subject }: Instance,
  phase: FindingPhase,
  priority: Priority,
  t: number,
  { slot, seq, v }: Cause,
): LevelFinding {
  return { rule: rule.id, subject, phase, priority, t, cause: { slot, seq }, v };
}
