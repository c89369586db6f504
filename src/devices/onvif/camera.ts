import type { Arrival, HealthNote, Refusal } from '../../domain/device.ts';
import { Quality, type Reading } from '../../domain/reading.ts';
import type { Pulled } from './answers.ts';
import type { EventMessage } from './event-message.ts';
import { InputState } from './input-state.ts';
import { LINK, type Plan } from './settings.ts';

/** A camera whose clock is further away than this gets its times translated, and they are called uncertain. */
const CLOCK_WINDOW_MS = 5000;
/** A part of `every` after which a sign of life is told again: pulls end a little early or late. */
const NEARLY = 0.75;

/** Our time and how far the camera's clock is ahead of it, ms. */
export type Clock = { readonly now: number; readonly offsetMs: number };

/** What is told of one camera; monotonic times `at` in ms. */
export class Camera {
  readonly #plan: Plan;
  readonly #inputs: readonly InputState[];
  #heardAt: number;
  #toldAt = -Infinity;
  #subscribedAt = -Infinity;

  constructor(plan: Plan, at: number) {
    this.#plan = plan;
    this.#inputs = plan.inputs.map((input) => new InputState(input));
    this.#heardAt = at;
  }

  /** A pull point is there anew; states come to it as they stand. */
  subscribed(at: number): void {
    this.#subscribedAt = at;
    this.#toldAt = -Infinity;
    for (const input of this.#inputs) input.forget();
  }

  /** An answered pull: its events, and once in `every` everything as it stands. */
  pulled({ events, refused }: Pulled, clock: Clock, at: number): Arrival {
    const { settings } = this.#plan;
    this.#heardAt = at;
    const readings: Reading[] = [];
    const refusals: Refusal[] = refused.map((detail) => this.#refusal(null, detail));
    for (const event of events) {
      for (const input of this.#inputs) {
        const taken = input.take(event, at);
        if (taken === 'other') continue;
        if (taken !== 'taken') refusals.push(this.#refusal(input, `${event.topic}: ${taken.wrong}`));
        else if (input.v !== null)
          readings.push({ stream: input.input.stream, v: input.v, ...timeOf(event, clock) });
      }
    }
    if (at - this.#toldAt >= NEARLY * settings.every) {
      this.#toldAt = at;
      readings.push({ stream: `${settings.id}/${LINK}`, v: 1, q: Quality.good }, ...this.#standing(at));
    }
    return { readings, refusals, health: [this.#health(true, 'ok')] };
  }

  /** What becomes of time alone: something that happened is over, or nothing is heard any more. */
  watch(at: number): Arrival | null {
    const { settings, maxGapMs } = this.#plan;
    const readings: Reading[] = this.#inputs
      .filter((input) => input.expire(at))
      .map(({ input }) => ({ stream: input.stream, v: 0, q: Quality.good }));
    const isSilent = at - this.#heardAt > maxGapMs && at - this.#toldAt >= settings.every;
    if (!isSilent) return readings.length === 0 ? null : { readings };
    this.#toldAt = at;
    for (const input of this.#inputs) input.forget();
    const ids = [`${settings.id}/${LINK}` as const, ...this.#inputs.map(({ input }) => input.stream)];
    const unknown = ids.map((stream): Reading => ({ stream, v: null, q: Quality.good }));
    return { readings: [...readings, ...unknown] };
  }

  /** Inputs that the camera has not told of are given time to be, then they are unknown. */
  #standing(at: number): Reading[] {
    const isLate = at - this.#subscribedAt > this.#plan.maxGapMs;
    return this.#inputs
      .filter(({ v }) => v !== null || isLate)
      .map(({ v, input }) => ({ stream: input.stream, v, q: Quality.good }));
  }

  #refusal(input: InputState | null, detail: string): Refusal {
    return { device: this.#plan.settings.id, stream: input?.input.stream ?? null, code: 'MALFORMED', detail };
  }

  #health(healthy: boolean, reason: string): HealthNote {
    return { device: this.#plan.settings.id, healthy, reason };
  }
}

/**
 * When it happened, by our clock. A state that was initialised stands now, whenever it came to be. What is
 * ahead of us is now.
 */
function timeOf({ at, operation }: EventMessage, { now, offsetMs }: Clock): { q: number; sourceAt?: number } {
  if (at === null || operation === 'Initialized') return { q: Quality.good };
  const isFar = Math.abs(offsetMs) > CLOCK_WINDOW_MS;
  const sourceAt = Math.min(now, isFar ? at - offsetMs : at);
  return { q: isFar ? Quality.deviceTimeUncertain : Quality.good, sourceAt };
}
