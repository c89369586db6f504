import type { Priority } from '../domain/alarm.ts';
import { restingLevel, type LevelState } from './delays.ts';
import type { BoundLevel } from './instance.ts';

/** Whether the input is known: not yet since the start, known, or said to be unknown. */
export const Truth = { notYet: 0, known: 1, unknown: 2 } as const;
export type Truth = (typeof Truth)[keyof typeof Truth];

/** What a device last said of itself since the start. */
export const Health = { unknown: 0, well: 1, ill: 2 } as const;
export type Health = (typeof Health)[keyof typeof Health];

export type InstanceState = {
  truth: Truth;
  health: Health;
  /** Priority of the finding that is open, 0 for none. */
  open: Priority | 0;
  readonly levels: LevelState[];
};

export function restingInstance(levels: readonly BoundLevel[]): InstanceState {
  return {
    truth: Truth.notYet,
    health: Health.unknown,
    open: 0,
    levels: levels.map(({ watch }) => restingLevel(watch)),
  };
}

/** Writes a state over another one of the same rule instance. */
export function copyState(from: Readonly<InstanceState>, to: InstanceState): void {
  to.truth = from.truth;
  to.health = from.health;
  to.open = from.open;
  for (let i = 0; i < from.levels.length; i++) {
    const level = from.levels[i];
    const copy = to.levels[i];
    if (level !== undefined && copy !== undefined) copyLevel(level, copy);
  }
}

/** A state of its own that `copyState` can write over. */
export function cloneState(state: Readonly<InstanceState>): InstanceState {
  const levels = state.levels.map((level) => {
    const { memory } = level;
    return { ...level, memory: memory === null ? null : { ...memory, cells: [...memory.cells] } };
  });
  return { ...state, levels };
}

function copyLevel(from: Readonly<LevelState>, to: LevelState): void {
  to.stage = from.stage;
  to.deadline = from.deadline;
  to.samples = from.samples;
  to.seen = from.seen;
  to.signal = from.signal;
  to.slot = from.slot;
  to.seq = from.seq;
  to.v = from.v;
  if (from.memory === null || to.memory === null) return;
  const { cells } = to.memory;
  cells.length = from.memory.cells.length;
  for (let i = 0; i < cells.length; i++) cells[i] = from.memory.cells[i] ?? null;
  to.memory.slot = from.memory.slot;
  to.memory.seq = from.memory.seq;
  to.memory.v = from.memory.v;
}
