import type { LevelFinding } from '../domain/deciding.ts';
import type { GoodsFacts } from '../domain/goods/facts.ts';
import { isUsable, Quality } from '../domain/reading.ts';
import type { LogRecord } from '../domain/record.ts';
import { becomeKnown, becomeUnknown, conclude, NO_FINDINGS, push } from './conclude.ts';
import { awaitNext, feed, isMoved, NO_CAUSE, type Cause } from './delays.ts';
import { guardOf } from './guard-outcomes.ts';
import type { Instance } from './instance.ts';
import { Signal } from './signal.ts';
import { Truth, type InstanceState } from './instance-state.ts';
import type { Listener } from './listening.ts';
import type { RuleSet } from './rule-set.ts';
import { senseAll } from './sense.ts';
import type { RulesState } from './state.ts';
import type { Happening } from './watch.ts';

const NO_INSTANCES: readonly Instance[] = [];

/** What one reading says to the rules of its stream. */
export function judgeReading(
  set: RuleSet,
  state: RulesState,
  record: LogRecord,
  goods: GoodsFacts | null,
): readonly LevelFinding[] {
  const instances = set.bySlot[record.slot];
  const listeners = set.bySlotWatched[record.slot];
  const v = integerAt(record, 0);
  const q = integerAt(record, 1) ?? Quality.good;
  // A late reading says what was, not what is: live rules pass it over.
  if ((q & Quality.backfilled) !== 0) {
    return tellLate(set.bySlotLate[record.slot], state, record, v, q);
  }
  const usable = isUsable(v, q);
  let findings: LevelFinding[] | null = null;
  for (const instance of instances ?? NO_INSTANCES) {
    const s = state.at(instance.index);
    if (instance.isSilence) {
      if (!usable) continue;
    } else if (!usable || guardOf(instance.guard, s.health) === null) {
      findings = becomeUnknown(instance, state, record, v, findings);
      continue;
    }
    if (!usable) continue;
    if (s.truth !== Truth.known) findings = becomeKnown(instance, state, record, v, findings);
    findings = weigh(instance, state, record, v, findings);
  }
  if (listeners === undefined) return findings ?? NO_FINDINGS;
  const said = usable ? v : null;
  const at = integerAt(record, 2);
  const told = (input: number): Happening => ({ is: 'reading', t: record.t, input, v: said, at, goods });
  return senseAll(listeners, told, record, v, state, findings) ?? NO_FINDINGS;
}

/** What came late is for those that sum up or look back; a value that is not usable says nothing. */
function tellLate(
  listeners: readonly Listener[] | undefined,
  state: RulesState,
  record: LogRecord,
  v: number | null,
  q: number,
): readonly LevelFinding[] {
  const at = integerAt(record, 2);
  if (listeners === undefined || at === null || !isUsable(v, q & ~Quality.backfilled)) return NO_FINDINGS;
  const told = (input: number): Happening => ({ is: 'late', t: record.t, input, v, at });
  return senseAll(listeners, told, record, v, state, null) ?? NO_FINDINGS;
}

function integerAt({ body }: LogRecord, i: number): number | null {
  const value = body[i];
  return typeof value === 'number' ? value : null;
}

/** Puts a usable value before every level of one instance. */
function weigh(
  instance: Instance,
  state: RulesState,
  record: LogRecord,
  v: number,
  findings: LevelFinding[] | null,
): LevelFinding[] | null {
  const { index, guard, levels } = instance;
  const before = state.at(index);
  // A guard that is false keeps a rule from raising; it does not clear what stands.
  const isGuarded = guard !== null && guardOf(guard, before.health) === false;
  let s: InstanceState | null = null;
  let cause: Cause = NO_CAUSE;
  for (let i = 0; i < levels.length; i++) {
    const level = levels[i];
    const own = before.levels[i];
    if (level === undefined || own === undefined) continue;
    const said = level.test(v);
    const signal = isGuarded && said === Signal.raise ? Signal.hold : said;
    const isNews = guard !== null && own.signal !== said;
    if (!isNews && !isMoved(level, own, signal)) continue;
    if (s === null) {
      s = state.touch(index);
      cause = { slot: record.slot, seq: record.seq, v };
    }
    if (guard !== null) own.signal = said;
    feed(level, own, signal, record.t, cause);
    if (level.silenceMs !== null && !isGuarded) awaitNext(own, level.silenceMs, record.t, cause);
  }
  if (s === null) return findings;
  state.settle(index);
  return push(findings, conclude(instance, s, record.t, cause, state));
}
