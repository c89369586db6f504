import type { Value } from '../domain/record.ts';
import { restingLevel, Stage, type LevelState } from './delays.ts';
import type { BoundLevel, Instance } from './instance.ts';
import { Signal } from './signal.ts';
import type { InstanceState } from './instance-state.ts';
import type { Memory, Watch } from './watch.ts';

const LEVEL_FIELDS = 9;

/** Whether nothing of it needs to be remembered. */
export function isResting({ truth, health, open, levels }: Readonly<InstanceState>): boolean {
  return truth === 0 && health === 0 && open === 0 && levels.every(isLevelResting);
}

function isLevelResting({ stage, signal, memory }: Readonly<LevelState>): boolean {
  if (memory === null) return stage === Stage.off && signal === Signal.clear;
  return stage === Stage.off && memory.seq === -1;
}

/** [truth, health, open, level*] of the levels not at rest, each named by its priority. */
export function encodeInstance(state: Readonly<InstanceState>, { levels }: Instance): Value[] {
  const { truth, health, open } = state;
  const rows = levels.flatMap((level, i) => encodeLevel(level, state.levels[i]));
  return [truth, health, open, ...rows];
}

function encodeLevel({ priority, watch }: BoundLevel, s: Readonly<LevelState> | undefined): Value[] {
  if (s === undefined || isLevelResting(s)) return [];
  const deadline = s.deadline === Infinity ? null : s.deadline;
  const row = [priority, s.stage, deadline, s.samples, s.seen, s.signal, s.slot, s.seq, s.v];
  if (s.memory === null || watch === null) return [row];
  const { slot, seq, v, cells } = s.memory;
  return [[...row, [watch.meaning, slot, seq, v, ...cells]]];
}

/** @throws TypeError when it is not what `encodeInstance` made */
export function decodeInstance(row: readonly Value[], { levels }: Instance): InstanceState {
  const [truth, health, open, ...rest] = row;
  const stored = new Map(rest.map((value) => [Array.isArray(value) ? Number(value[0]) : 0, value]));
  const states = levels.map(({ priority, watch }) => {
    const value = stored.get(priority);
    return value === undefined ? restingLevel(watch) : decodeLevel(value, watch);
  });
  rest.forEach((value) => decodeLevel(value, null));
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

function decodeLevel(value: Value, watch: Watch | null): LevelState {
  if (!Array.isArray(value) || value.length < LEVEL_FIELDS || value.length > LEVEL_FIELDS + 1) {
    throw new TypeError('rules state: no level');
  }
  const [, stage, deadline, samples, seen, signal, slot, seq, v, memory] = value as readonly Value[];
  return {
    stage: oneOf(stage, [0, 1, 2, 3] as const),
    deadline: deadline === null ? Infinity : integer(deadline),
    samples: integer(samples),
    seen: integer(seen),
    signal: oneOf(signal, [0, 1, 2, 3, 4] as const),
    slot: integer(slot),
    seq: integer(seq),
    v: v === null ? null : integer(v),
    memory: watch === null ? null : decodeMemory(memory ?? null, watch),
  };
}

/** Cells that meant something else than they would now are forgotten. */
function decodeMemory(value: Value, watch: Watch): Memory {
  const fresh = restingLevel(watch).memory;
  if (fresh === null) throw new TypeError('rules state: a watch without a memory');
  if (!Array.isArray(value)) return fresh;
  const [meaning, slot, seq, v, ...cells] = value as readonly Value[];
  if (meaning !== watch.meaning) return fresh;
  return {
    slot: integer(slot),
    seq: integer(seq),
    v: v === null ? null : integer(v),
    cells: cells.map((cell) => (typeof cell === 'string' || cell === null ? cell : integer(cell))),
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
