import type { Value } from '../domain/record.ts';
import { restingLevel, Stage, type LevelState } from './delays.ts';
import type { Instance } from './rule-set.ts';
import { Signal } from './rule.ts';
import type { InstanceState } from './instance-state.ts';

const LEVEL_FIELDS = 8;

/** Whether nothing of it needs to be remembered. */
export function isResting({ truth, health, open, levels }: Readonly<InstanceState>): boolean {
  return (
    truth === 0 && health === 0 && open === 0 && levels.every((s) => s.stage === Stage.off && s.signal === 0)
  );
}

/** [truth, health, open, level*]; a level at rest is null, no deadline is null. */
export function encodeInstance({ truth, health, open, levels }: Readonly<InstanceState>): Value[] {
  return [truth, health, open, ...levels.map(encodeLevel)];
}

function encodeLevel(s: Readonly<LevelState>): Value {
  if (s.stage === Stage.off && s.signal === Signal.clear) return null;
  const deadline = s.deadline === Infinity ? null : s.deadline;
  return [s.stage, deadline, s.samples, s.seen, s.signal, s.slot, s.seq, s.v];
}

/** @throws TypeError when it is not what `encodeInstance` made */
export function decodeInstance(row: readonly Value[], { levels }: Instance): InstanceState {
  const [truth, health, open, ...rest] = row;
  const states = levels.map((_, i) => decodeLevel(rest[i] ?? null));
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

function decodeLevel(value: Value): LevelState {
  if (value === null) return restingLevel();
  if (!Array.isArray(value) || value.length !== LEVEL_FIELDS) throw new TypeError('rules state: no level');
  const [stage, deadline, samples, seen, signal, slot, seq, v] = value as readonly Value[];
  return {
    stage: oneOf(stage, [0, 1, 2, 3] as const),
    deadline: deadline === null ? Infinity : integer(deadline),
    samples: integer(samples),
    seen: integer(seen),
    signal: oneOf(signal, [0, 1, 2] as const),
    slot: integer(slot),
    seq: integer(seq),
    v: v === null ? null : integer(v),
  };
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
