import type { LevelFinding } from '../domain/deciding.ts';
import { StatementKind, type LogRecord } from '../domain/record.ts';
import { becomeUnknown, conclude, NO_FINDINGS, push } from './conclude.ts';
import { awaitNext, feed, rest, Stage, type Cause } from './delays.ts';
import { guardOf } from './guard-outcomes.ts';
import type { RuleSet } from './rule-set.ts';
import type { Instance } from './instance.ts';
import { Signal } from './signal.ts';
import { Health, Truth } from './instance-state.ts';
import { senseAll } from './sense.ts';
import type { RulesState } from './state.ts';
import type { Happening } from './watch.ts';

/** What a statement of a device's health says to the rules of its streams: ill makes them unknown. */
export function judgeHealth(set: RuleSet, state: RulesState, record: LogRecord): readonly LevelFinding[] {
  const [kind, device, quantity] = record.body;
  if (kind !== StatementKind.device || typeof device !== 'string') return NO_FINDINGS;
  const health = quantity === 1 ? Health.well : Health.ill;
  let findings: LevelFinding[] | null = null;
  for (const instance of set.byDevice.get(device) ?? []) {
    const { index, guard, isSilence, isWatch } = instance;
    const before = state.at(index).health;
    if (before === health) continue;
    state.touch(index).health = health;
    if (health === Health.ill && !isSilence && !isWatch)
      findings = becomeUnknown(instance, state, record, null, findings);
    const now = guardOf(guard, health);
    if (now === guardOf(guard, before)) continue;
    if (now === false) cancelRaising(instance, state);
    else findings = push(findings, resume(instance, state, record));
  }
  if (health === Health.ill) {
    const lost = (input: number): Happening => ({
      is: 'reading',
      t: record.t,
      input,
      v: null,
      at: null,
      goods: null,
    });
    findings = senseAll(set.byDeviceWatched.get(device), lost, record, null, state, findings);
  }
  return findings ?? NO_FINDINGS;
}

function cancelRaising({ index }: Instance, state: RulesState): void {
  for (const own of state.touch(index).levels) if (own.stage === Stage.rising) rest(own, Stage.off);
  state.settle(index);
}

/** The guard turned true: what the last usable reading said counts from now. */
function resume(instance: Instance, state: RulesState, record: LogRecord): LevelFinding | null {
  const { index, levels } = instance;
  const s = state.touch(index);
  const cause: Cause = { slot: record.slot, seq: record.seq, v: null };
  levels.forEach((level, i) => {
    const own = s.levels[i];
    if (own === undefined || own.stage !== Stage.off) return;
    if (level.silenceMs !== null) awaitNext(own, level.silenceMs, record.t, cause);
    else if (s.truth === Truth.known && own.signal === Signal.raise)
      feed(level, own, Signal.raise, record.t, cause);
  });
  state.settle(index);
  return conclude(instance, s, record.t, cause, state);
}
