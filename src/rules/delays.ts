import type { Delay } from './rule.ts';
import { Signal } from './signal.ts';
import type { Memory, Watch } from './watch.ts';
import type { BoundLevel } from './instance.ts';

/** How far one level has come: its condition is off, waits to raise, is on, waits to clear. */
export const Stage = { off: 0, rising: 1, on: 2, falling: 3 } as const;
export type Stage = (typeof Stage)[keyof typeof Stage];

/** One level of one instance. Times are evidence time, ms; Infinity is no timer. */
export type LevelState = {
  stage: Stage;
  deadline: number;
  /** Usable readings in a row since the wait began. */
  samples: number;
  /** The last reading that said clear while waiting to clear. */
  seen: number;
  /** Last signal, kept for a guard that turns true. */
  signal: Signal;
  /** The record that began the last wait, and its value. */
  slot: number;
  seq: number;
  v: number | null;
  /** Of a condition that remembers. */
  memory: Memory | null;
};

export type Cause = { readonly slot: number; readonly seq: number; readonly v: number | null };

export const NO_CAUSE: Cause = { slot: 0, seq: 0, v: null };

/** A memory that nothing was told yet. */
const UNTOLD: Cause = { slot: 0, seq: -1, v: null };

export function restingLevel(watch: Watch | null): LevelState {
  return {
    stage: Stage.off,
    deadline: Infinity,
    samples: 0,
    seen: 0,
    signal: watch === null ? Signal.clear : Signal.notYet,
    slot: 0,
    seq: 0,
    v: null,
    memory: watch === null ? null : { cells: watch.fresh(), ...UNTOLD },
  };
}

/** Whether a signal changes this level at all: the test that keeps quiet readings cheap. */
export function isMoved(level: BoundLevel, s: Readonly<LevelState>, signal: Signal): boolean {
  if (level.silenceMs !== null) return true;
  if (s.stage === Stage.off) return signal === Signal.raise;
  if (s.stage === Stage.on) return signal === Signal.clear;
  return true;
}

/** Takes one usable reading's signal at time t. Raising needs raise, clearing needs clear, all the while. */
export function feed(level: BoundLevel, s: LevelState, signal: Signal, t: number, cause: Cause): void {
  switch (s.stage) {
    case Stage.off:
      if (signal === Signal.raise) begin(s, Stage.rising, level.raise, t, cause);
      break;
    case Stage.rising:
      if (signal !== Signal.raise) rest(s, Stage.off);
      else {
        s.samples++;
        if (!isCounted(level.raise, s)) break;
        rest(s, Stage.on);
        remember(s, cause);
      }
      break;
    case Stage.on:
      if (signal === Signal.clear) begin(s, Stage.falling, level.clear, t, cause);
      break;
    case Stage.falling:
      if (signal !== Signal.clear) rest(s, Stage.on);
      else if (t - s.seen > level.coverMs) begin(s, Stage.falling, level.clear, t, cause);
      else {
        s.seen = t;
        if (level.silenceMs !== null) remember(s, cause);
        s.samples++;
        if (isCounted(level.clear, s)) rest(s, Stage.off);
      }
      break;
  }
}

/** Absence: from this record on it is awaited again. */
export function awaitNext(s: LevelState, silenceMs: number, t: number, cause: Cause): void {
  if (s.stage !== Stage.off && s.stage !== Stage.rising) return;
  s.stage = Stage.rising;
  s.deadline = t + silenceMs;
  remember(s, cause);
}

/** The level's timer has come. A clear that readings do not cover up to it does not happen. */
export function expire(level: BoundLevel, s: LevelState): void {
  const { deadline } = s;
  if (s.stage === Stage.rising) rest(s, Stage.on);
  else if (s.seen + level.coverMs <= deadline) rest(s, Stage.on);
  else if (level.silenceMs === null) rest(s, Stage.off);
  else {
    s.stage = Stage.rising;
    s.deadline = s.seen + level.silenceMs;
    s.samples = 0;
    s.seen = 0;
  }
}

/** What is not known clears nothing: a wait to clear is given up, a wait to raise goes on. */
export function giveUpClearing(s: LevelState): void {
  if (s.stage === Stage.falling) rest(s, Stage.on);
}

/** Ends a wait. A level that is off remembers nothing, so that equal states have equal encodings. */
export function rest(s: LevelState, stage: typeof Stage.off | typeof Stage.on): void {
  s.stage = stage;
  s.deadline = Infinity;
  s.samples = 0;
  s.seen = 0;
  if (stage === Stage.off) remember(s, NO_CAUSE);
}

function begin(s: LevelState, waiting: Stage, delay: Delay, t: number, cause: Cause): void {
  s.stage = waiting;
  s.samples = 1;
  s.seen = waiting === Stage.falling ? t : 0;
  remember(s, cause);
  s.deadline = 'ms' in delay ? t + delay.ms : Infinity;
  const done = 'ms' in delay ? delay.ms === 0 : isCounted(delay, s);
  if (done) rest(s, waiting === Stage.rising ? Stage.on : Stage.off);
}

function isCounted(delay: Delay, s: LevelState): boolean {
  return 'samples' in delay && s.samples >= delay.samples;
}

function remember(s: LevelState, { slot, seq, v }: Cause): void {
  s.slot = slot;
  s.seq = seq;
  s.v = v;
}
