import type { Value } from '../domain/record.ts';
import { restingLevel, Stage, type LevelState } from './delays.ts';
import type { Instance } from './rule-set.ts';
import { Signal } from './rule.ts';
import type { InstanceState } from './instance-state.ts';

const LEVEL_FIELDS = 9;

/** Whether nothing of it needs to be remembered. */
export function isResting({ truth, health, open, levels }: Readonly<InstanceState>): boolean {
  return (
    truth === 0 && health === 0 && open === 0 && levels.every((s) => s.stage === Stage.off && s.signal === 0)
  );
}

/** [truth, health, open, level*] of the levels not at rest, each named by its priority. */
export function encodeInstance(state: Readonly<InstanceState>, { levels }: Instance): Value[] {
  const { truth, health, open } = state;
  const rows = levels.flatMap(({ priority }, i) => encodeLevel(priority, state.levels[i]));
  return [truth, health, open, ...rows];
}

function encodeLevel(priority: number, s: Readonly<LevelState> | undefined): Value[] {
  if (s === undefined || (s.stage === Stage.off && s.signal === Signal.clear)) return [];
  const deadline = s.deadline === Infinity ? null : s.deadline;
  return [[priority, s.stage, deadline, s.samples, s.seen, s.signal, s.slot, s.seq, s.v]];
}

/** @throws TypeError when it is not what `encodeInstance` made */
export function decodeInstance(row: readonly Value[], { levels }: Instance): InstanceState {
  const [truth, health, open, ...rest] = row;
  const stored = new Map(rest.map(decodeLevel));
  const states = levels.map(({ priority }) => stored.get(priority) ?? restingLevel());
  const standing = levels.filter((_, i) => (states[i]?.stage ?? Stage.off) >= Stage.on);
  const best = standing.map(({ priority }) => priority).sort((a, b) => a - b)[0] ?? 0;
  return {
    truth: oneOf(truth, [0, 1, 2] as const),
    health: oneOf(health, [0, 1, 2] as const),
    // A changed rule may have lost the level that opened the finding: then nothing is open.
    open: oneOf(open, [0, 1, 2, 3, 4] as const) === 0 ? 0 : best,
    levels: states,
  };
}

function decodeLevel(value: Value): [priority: number, level: LevelState] {
  if (!Array.isArray(value) || value.length !== LEVEL_FIELDS) throw new TypeError('rules state: no level');
  const [priority, stage, deadline, samples, seen, signal, slot, seq, v] = value as readonly Value[];
  const level: LevelState = {
    stage: oneOf(stage, [0, 1, 2, 3] as const),
    deadline: deadline === null ? Infinity : integer(deadline),
    samples: integer(samples),
    seen: integer(seen),
    signal: oneOf(signal, [0, 1, 2] as const),
    slot: integer(slot),
    seq: integer(seq),
    v: v === null ? null : integer(v),
  };
  return [integer(priority), level];
}

function oneOf<T extends number>(value: Value | undefined, known: readonly T[]): T {
  const found = known.find((k) => k === value);
  if (found === undefined)
    throw new TypeError(`rules state: ${String(value)} is none of ${known.join(', ')}`);
  return found;
}

function integer(value: Value | undefined): number {
  if (typeof value !== 'number' || !Number.isSafeInteger(value)) {
    throw new TypeError(`rules state: ${String(value)} is not an integer`);
  }
  return value;
}
