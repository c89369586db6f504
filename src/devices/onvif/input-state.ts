import type { EventMessage } from './event-message.ts';
import { saidBy } from './conditions.ts';
import type { Input } from './settings.ts';

/** So many different sources one input may stand for, and so many messages are known again. */
const MOST_SOURCES = 64;
const MOST_KNOWN = 64;

/** What one input of a camera stands at: on while any of its sources is, or something has just happened. */
export class InputState {
  readonly input: Input;
  readonly #states = new Map<string, boolean>();
  readonly #known: string[] = [];
  #newest = 0;
  #lastKey = '';
  #heldUntil: number | null = null;

  constructor(input: Input) {
    this.input = input;
  }

  /** 1 or 0; null while the camera has said nothing of it. */
  get v(): 0 | 1 | null {
    if (this.#heldUntil !== null || [...this.#states.values()].includes(true)) return 1;
    // What tells only that something happened has not happened until it tells.
    const isKnown = this.#states.size > 0 || this.input.meanings.some((m) => m.isPulse === true);
    return isKnown ? 0 : null;
  }

  /** A new pull point: what stood may have changed while there was none. */
  forget(): void {
    this.#states.clear();
    this.#known.length = 0;
    [this.#newest, this.#lastKey] = [0, ''];
  }

  /**
   * Takes what an event says of this input at monotonic time `now`, ms: `taken`, `other` for one that is
   * not about it or a repeat, or a sentence that says what is wrong with it.
   */
  take(event: EventMessage, now: number): 'taken' | 'other' | { readonly wrong: string } {
    const { meanings, source, holdMs } = this.input;
    if (source !== null && ![...event.source.values()].includes(source)) return 'other';
    const said = saidBy(event, meanings);
    if (said === null || this.#isRepeat(event)) return 'other';
    if (said === 'nonsense') return { wrong: `no state in ${JSON.stringify([...event.data]).slice(0, 120)}` };
    const from = JSON.stringify([event.topic, ...event.source]);
    if (said === 'happened') this.#heldUntil = now + holdMs;
    else if (said === 'gone') this.#states.delete(from);
    else if (this.#states.size < MOST_SOURCES || this.#states.has(from)) this.#states.set(from, said);
    else return { wrong: `more than ${MOST_SOURCES} sources` };
    return 'taken';
  }

  /** True when something that happened is over now. */
  expire(now: number): boolean {
    if (this.#heldUntil === null || now < this.#heldUntil) return false;
    this.#heldUntil = null;
    return this.v === 0;
  }

  /**
   * A message again: the last one, or one older than the newest that was taken before. What is not known
   * for certain to be a repeat is taken: an alarm too many is better than one too few.
   */
  #isRepeat({ topic, at, operation, source, data }: EventMessage): boolean {
    if (at === null || operation === 'Initialized') return false;
    const key = JSON.stringify([topic, at, operation, ...source, ...data]);
    if (key === this.#lastKey || (at < this.#newest && this.#known.includes(key))) return true;
    this.#lastKey = key;
    this.#newest = Math.max(this.#newest, at);
    this.#known.push(key);
    if (this.#known.length > MOST_KNOWN) this.#known.shift();
    return false;
  }
}
