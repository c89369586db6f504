import type { Value } from '../domain/record.ts';
import { Stage } from './delays.ts';
import { cloneState, copyState, restingInstance, type InstanceState } from './instance-state.ts';
import type { RuleSet } from './rule-set.ts';
import { decodeInstance, encodeInstance, isResting } from './state-codec.ts';

/** The state of every rule instance, with an undo log back to the last commit. */
export class RulesState {
  readonly #set: RuleSet;
  readonly #states: InstanceState[];
  /** What a touched instance was at the last commit; kept to be written over by its next one. */
  readonly #saved: (InstanceState | undefined)[] = [];
  readonly #isTouched: Uint8Array;
  readonly #touched: number[] = [];
  readonly #stirred: number[] = [];
  /** Earliest timer of each instance; a cache of its levels' deadlines. */
  readonly #deadlines: Float64Array;
  /** No timer is due before this; exact when `#isExact`. */
  #bound = Infinity;
  #isExact = true;

  constructor(set: RuleSet) {
    this.#set = set;
    this.#states = set.instances.map(({ levels }) => restingInstance(levels));
    this.#deadlines = new Float64Array(set.instances.length).fill(Infinity);
    this.#isTouched = new Uint8Array(set.instances.length);
  }

  at(index: number): Readonly<InstanceState> {
    return this.#of(index);
  }

  /** The state to be changed; what it was can be taken back until `commit`. Then call `settle`. */
  touch(index: number): InstanceState {
    const state = this.#of(index);
    if (this.#isTouched[index] === 0) {
      this.#isTouched[index] = 1;
      this.#touched.push(index);
      const saved = this.#saved[index];
      if (saved === undefined) {
        this.#saved[index] = cloneState(state);
      } else copyState(state, saved);
    }
    return state;
  }

  /** Brings the timers of a changed instance up to date. */
  settle(index: number): void {
    let deadline = Infinity;
    const { levels } = this.#of(index);
    for (let i = 0; i < levels.length; i++) {
      const level = levels[i];
      if (level === undefined) continue;
      if (level.deadline < deadline) deadline = level.deadline;
      if (level.memory === null) continue;
      const due = this.#set.instances[index]?.levels[i]?.watch?.due(level.memory.cells) ?? Infinity;
      if (due < deadline) deadline = due;
    }
    const before = this.#deadlines[index] ?? Infinity;
    this.#deadlines[index] = deadline;
    if (deadline < this.#bound) this.#bound = deadline;
    else if (before === this.#bound && deadline > before) this.#isExact = false;
  }

  /** True when a timer has a deadline ≤ until; cheap while none has. */
  isDue(until: number): boolean {
    return this.#bound <= until && this.nextDeadline() <= until;
  }

  /** Evidence time of the next timer, ms; Infinity for never. */
  nextDeadline(): number {
    if (!this.#isExact) {
      let least = Infinity;
      for (const deadline of this.#deadlines) if (deadline < least) least = deadline;
      this.#bound = least;
      this.#isExact = true;
    }
    return this.#bound;
  }

  /** The first instance with the next deadline; only after `isDue`. */
  nextDue(): number {
    return this.#deadlines.indexOf(this.nextDeadline());
  }

  /** A clock step: timers and stored instants move with the clock. */
  shift(a: number): void {
    for (const { index, levels } of this.#set.instances) {
      const state = this.touch(index);
      state.levels.forEach((level, i) => {
        if (level.memory !== null) levels[i]?.watch?.shift(level.memory.cells, a);
        if (level.stage === Stage.off) return;
        level.deadline += a;
        if (level.stage === Stage.falling) level.seen += a;
      });
      this.settle(index);
    }
    this.#isExact = false;
  }

  /** Whether a finding of this alarm's instance is open. */
  isOpen(alarm: string): boolean {
    const instance = this.#set.byAlarm.get(alarm);
    return instance !== undefined && this.#of(instance.index).open > 0;
  }

  /** Somebody looks at this instance: tell them that something of it changed. */
  stir(index: number): void {
    if (this.#set.byMember[index] !== undefined) this.#stirred.push(index);
  }

  get isStirred(): boolean {
    return this.#stirred.length > 0;
  }

  /** The next instance that others must be told of; undefined for none. */
  nextStirred(): number | undefined {
    return this.#stirred.shift();
  }

  commit(): void {
    for (const index of this.#touched) this.#isTouched[index] = 0;
    this.#touched.length = 0;
  }

  discard(): void {
    for (const index of this.#touched) {
      const saved = this.#saved[index];
      this.#isTouched[index] = 0;
      if (saved === undefined) continue;
      copyState(saved, this.#of(index));
      this.settle(index);
    }
    this.#touched.length = 0;
  }

  /** For the snapshot and its hash: [[rule, subject, …]*] of all instances that are not at rest. */
  encode(): Value {
    return this.#set.instances
      .filter(({ index }) => !isResting(this.#of(index)))
      .map((instance) => [
        instance.rule.id,
        instance.subject,
        ...encodeInstance(this.#of(instance.index), instance),
      ]);
  }

  /**
   * The state under a rule set that may have changed: instances that are no more are dropped, a
   * level more or less is at rest or dropped.
   *
   * @throws TypeError when the value is no encoded state
   */
  static decode(set: RuleSet, value: Value): RulesState {
    if (!Array.isArray(value)) throw new TypeError('rules state: not a list');
    const state = new RulesState(set);
    for (const row of value as readonly Value[]) {
      if (!Array.isArray(row)) throw new TypeError('rules state: an entry is not a list');
      const [rule, subject, ...rest] = row as readonly Value[];
      const instance = set.byAlarm.get(`${String(subject)}/${String(rule)}`);
      if (instance === undefined) continue;
      state.#states[instance.index] = decodeInstance(rest, instance);
      state.settle(instance.index);
    }
    return state;
  }

  #of(index: number): InstanceState {
    const state = this.#states[index];
    if (state === undefined) throw new RangeError(`no rule instance ${index}`);
    return state;
  }
}
