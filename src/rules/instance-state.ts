import type { Priority } from '../domain/alarm.ts';
import { restingLevel, type LevelState } from './delays.ts';

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

export function restingInstance(levels: number): InstanceState {
  return {
    truth: Truth.notYet,
    health: Health.unknown,
    open: 0,
    levels: Array.from({ length: levels }, restingLevel),
  };
}
