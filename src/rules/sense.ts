import type { LevelFinding } from '../domain/deciding.ts';
import { FindingPhase, type LogRecord } from '../domain/record.ts';
import { conclude, push, tellTruth } from './conclude.ts';
import { feed, giveUpClearing, type Cause } from './delays.ts';
import { guardOf } from './guard-outcomes.ts';
import { Truth, type InstanceState } from './instance-state.ts';
import type { Listener } from './listening.ts';
import type { RuleSet } from './rule-set.ts';
import { Signal } from './signal.ts';
import type { RulesState } from './state.ts';
import type { Happening } from './watch.ts';

const TRUTH_WORDS = {
  [Truth.notYet]: 'not yet',
  [Truth.known]: 'known',
  [Truth.unknown]: 'unknown',
} as const;

/** What a condition that remembers makes of what happened; `at` is the record behind it, null for a timer. */
export function sense(
  { instance, level: i }: Listener,
  happening: Happening,
  at: Cause | null,
  t: number,
  state: RulesState,
  findings: LevelFinding[] | null,
): LevelFinding[] | null {
  const { index, guard, levels } = instance;
  const s = state.touch(index);
  const level = levels[i];
  const own = s.levels[i];
  const memory = own?.memory ?? null;
  const watch = level?.watch ?? null;
  if (level === undefined || own === undefined || watch === null || memory === null) return findings;
  if (at !== null) {
    memory.slot = at.slot;
    memory.seq = at.seq;
    memory.v = at.v;
  }
  const cause = { slot: memory.slot, seq: Math.max(memory.seq, 0), v: memory.v };
  const said = watch.take(memory.cells, happening);
  let found = findings;
  if (said !== null) {
    own.signal = said;
    const isGuarded = guard !== null && guardOf(guard, s.health) !== true;
    if (said === Signal.unknown || said === Signal.notYet) giveUpClearing(own);
    else feed(level, own, isGuarded && said === Signal.raise ? Signal.hold : said, t, cause);
    found = tellChange(instance, s, cause, t, state, found);
  }
  state.settle(index);
  return said === null ? found : push(found, conclude(instance, s, t, cause, state));
}

/** A rule is as well known as its least known level. */
function tellChange(
  instance: Listener['instance'],
  s: InstanceState,
  cause: Cause,
  t: number,
  state: RulesState,
  findings: LevelFinding[] | null,
): LevelFinding[] | null {
  const before = s.truth;
  const signals = s.levels.map((level) => level.signal);
  const isUnknown = guardOf(instance.guard, s.health) === null || signals.includes(Signal.unknown);
  const now = isUnknown ? Truth.unknown : signals.includes(Signal.notYet) ? Truth.notYet : Truth.known;
  if (now === before || (now === Truth.notYet && before === Truth.unknown)) return findings;
  s.truth = now;
  state.stir(instance.index);
  if (now === Truth.unknown) return tellTruth(instance, FindingPhase.unknown, t, cause, findings);
  if (before !== Truth.unknown) return findings;
  return tellTruth(instance, FindingPhase.knownAgain, t, cause, findings);
}

/** Tells each of these conditions the same. */
export function senseAll(
  listeners: readonly Listener[] | undefined,
  happeningOf: (part: number) => Happening,
  record: LogRecord,
  v: number | null,
  state: RulesState,
  findings: LevelFinding[] | null,
): LevelFinding[] | null {
  if (listeners === undefined) return findings;
  const cause = { slot: record.slot, seq: record.seq, v };
  let found = findings;
  for (const listener of listeners) {
    found = sense(listener, happeningOf(listener.part), cause, record.t, state, found);
  }
  return found;
}

/** Tells rules that look at others what changed of these; they stand behind them, so this ends. */
export function spread(
  set: RuleSet,
  state: RulesState,
  at: Cause | null,
  t: number,
  findings: LevelFinding[] | null,
): LevelFinding[] | null {
  let found = findings;
  for (let index = state.nextStirred(); index !== undefined; index = state.nextStirred()) {
    for (const listener of set.byMember[index] ?? []) {
      found = sense(listener, memberNow(state, index, listener.part, t), at, t, state, found);
    }
  }
  return found;
}

/** Under rules newly in force those that look at others look at all of them anew. */
export function lookAnew(
  set: RuleSet,
  state: RulesState,
  record: LogRecord,
  findings: LevelFinding[] | null,
): LevelFinding[] | null {
  const cause = { slot: record.slot, seq: record.seq, v: null };
  let found = findings;
  for (const listener of set.watches) {
    const members = listener.instance.levels[listener.level]?.watch?.members ?? [];
    members.forEach((index, member) => {
      found = sense(listener, memberNow(state, index, member, record.t), cause, record.t, state, found);
    });
  }
  return found;
}

function memberNow(state: RulesState, index: number, member: number, t: number): Happening {
  const { open, truth } = state.at(index);
  return { is: 'member', t, member, open: open > 0, truth: TRUTH_WORDS[truth] };
}
