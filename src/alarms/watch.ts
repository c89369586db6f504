import { AlarmState } from '../domain/alarm.ts';
import type { AlarmTransition } from '../domain/deciding.ts';
import { Overlay } from '../domain/overlay.ts';
import type { Value } from '../domain/record.ts';
import { CHATTER, FLOOD } from './limits.ts';
import { OWN_ALARMS } from './own-alarms.ts';
import { integerOf, rowOf, textOf } from './standing.ts';

/** Whether this transition calls people anew: what ISA-18.2 counts as an annunciated alarm. */
export function isRise({ from, to }: Pick<AlarmTransition, 'from' | 'to'>): boolean {
  return to === AlarmState.unacknowledged && from !== AlarmState.unacknowledged;
}

/** Whether it rose because its condition did: what people set aside and bring back does not chatter. */
export function isRiseByItself(step: Pick<AlarmTransition, 'from' | 'to'>): boolean {
  return isRise(step) && step.from <= AlarmState.latchedAcknowledged;
}

/** Times of the newest rises, oldest first, and whether they are too many. Evidence time, ms. */
type Rises = { readonly at: readonly number[]; readonly isOn: boolean };

const NONE: Rises = { at: [], isOn: false };
const ALL = '';

/**
 * Counts how often alarms rise, all together and each by itself, with no more memory than the
 * limits need. The alarms of the machine itself do not count.
 */
export class Watch {
  /** By alarm id; all together under the empty id. */
  readonly #rises = new Overlay<string, Rises>();
  /** Ids of what is too much now. */
  readonly #on = new Set<string>();
  /** Null: to be looked up anew. It is asked before every record, and changes with few. */
  #next: number | null = Infinity;

  get isFlood(): boolean {
    return this.#of(ALL).isOn;
  }

  isChattering(alarm: string): boolean {
    return alarm !== ALL && this.#of(alarm).isOn;
  }

  get hasChatter(): boolean {
    return this.#on.size > (this.isFlood ? 1 : 0);
  }

  note(transition: AlarmTransition): void {
    const { alarm, t } = transition;
    if (!isRise(transition) || OWN_ALARMS.has(alarm)) return;
    this.#count(ALL, t, FLOOD.above + 1, FLOOD.windowMs);
    if (isRiseByItself(transition)) this.#count(alarm, t, CHATTER.rises, CHATTER.windowMs);
  }

  /** When a flood or a chatter is over unless alarms rise, ms; Infinity for never. */
  nextDeadline(): number {
    if (this.#next !== null) return this.#next;
    let next = Infinity;
    for (const id of this.#on) next = Math.min(next, overAt(id, this.#of(id)));
    this.#next = next;
    return next;
  }

  /** Ends what is over by then. */
  passTime(until: number): void {
    for (const id of this.#on) {
      const rises = this.#of(id);
      if (overAt(id, rises) <= until) this.#set(id, { ...rises, isOn: false });
    }
  }

  shift(a: number): void {
    for (const [id, { at, isOn }] of this.#rises.entries()) {
      this.#rises.set(id, { at: at.map((t) => t + a), isOn });
    }
    this.#next = null;
  }

  commit(): void {
    const newest = this.#of(ALL).at.at(-1) ?? 0;
    for (const [id, rises] of this.#rises.entries()) if (isPast(id, rises, newest)) this.#rises.delete(id);
    this.#rises.commit();
  }

  discard(): void {
    this.#rises.discard();
    this.#on.clear();
    for (const [id, { isOn }] of this.#rises.entries()) if (isOn) this.#on.add(id);
    this.#next = null;
  }

  /** What still says something, by id. */
  encode(): Value {
    const newest = this.#of(ALL).at.at(-1) ?? 0;
    return [...this.#rises.entries()]
      .filter(([id, rises]) => !isPast(id, rises, newest))
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([id, { at, isOn }]) => [id, isOn ? 1 : 0, at]);
  }

  /** @throws TypeError when the value is no encoded state */
  static decode(value: Value): Watch {
    if (!Array.isArray(value)) throw new TypeError('alarms state: no list of rises');
    const watch = new Watch();
    for (const row of value as readonly Value[]) {
      const [id, isOn, at] = rowOf(row, 3);
      if (!Array.isArray(at)) throw new TypeError('alarms state: no times of rises');
      watch.#set(textOf(id), { at: (at as readonly Value[]).map(integerOf), isOn: isOn === 1 });
    }
    watch.#rises.commit();
    return watch;
  }

  #of(id: string): Rises {
    return this.#rises.get(id) ?? NONE;
  }

  #set(id: string, rises: Rises): void {
    if (rises.isOn || this.#on.has(id)) this.#next = null;
    if (rises.isOn) this.#on.add(id);
    else this.#on.delete(id);
    this.#rises.set(id, rises);
  }

  #count(id: string, t: number, enough: number, windowMs: number): void {
    const before = this.#of(id);
    // Of one alarm only what is within the window, so that it does not matter when the rest was dropped.
    const still = id === ALL ? before.at : before.at.filter((earlier) => earlier > t - windowMs);
    const at = [...still, t].slice(-enough);
    const isMany = at.length === enough && (at[0] ?? t) > t - windowMs;
    this.#set(id, { at, isOn: before.isOn || isMany });
  }
}

function overAt(id: string, { at, isOn }: Rises): number {
  if (!isOn) return Infinity;
  if (id !== ALL) return (at.at(-1) ?? 0) + CHATTER.quietMs;
  return (at.at(-FLOOD.below) ?? 0) + FLOOD.windowMs;
}

/** Rises so old that they can add to nothing any more. */
function isPast(id: string, { at, isOn }: Rises, newest: number): boolean {
  return id !== ALL && !isOn && (at.at(-1) ?? 0) <= newest - CHATTER.windowMs;
}
