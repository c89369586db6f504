import type { HealthNote, Refusal } from '../../domain/device.ts';
import { Quality, type Reading } from '../../domain/reading.ts';
import type { StreamId } from '../../domain/stream.ts';
import type { Content } from './codec.ts';
import type { PanelEvent } from './panel-event.ts';
import { inputsOf, maxGapOf, type Input, type PanelSettings } from './settings.ts';

/** What a message of a panel brings. */
export type Said = { readonly readings: readonly Reading[]; readonly refusals: readonly Refusal[] };

const NOTHING: Said = { readings: [], refusals: [] };
/** A panel repeats what was not acknowledged, one message after the other; more than so many it never has under way. */
const REMEMBERED = 64;
/** A link that is tested often is not told more often than this part of `every`. */
const SPACING = 0.5;

type Known = { readonly v: 0 | 1; readonly sourceAt: number | null };

/**
 * One panel: what it said last of each input, and whether it is there. A panel sends changes only and
 * repeats each until it is acknowledged, so at a sign of life what it said last still stands; before it
 * has said anything of an input, that input is unknown and nothing is told.
 */
export class Panel {
  readonly settings: PanelSettings;
  readonly #inputs: readonly Input[];
  readonly #link: StreamId;
  readonly #windowMs: number;
  readonly #known = new Map<StreamId, Known>();
  /** What was taken lately, by sequence, data and time. */
  readonly #taken = new Set<string>();
  #heardAt: number;
  /** Monotonic time when all was told last, and when silence was; null for never. */
  #toldAt: number | null = null;
  #silenceAt: number | null = null;

  /** @param windowMs how far its clock may be off to be a witness of when; `now` is monotonic, ms */
  constructor(settings: PanelSettings, windowMs: number, now: number) {
    this.settings = settings;
    this.#inputs = inputsOf(settings);
    this.#link = `${settings.id}/link`;
    this.#windowMs = windowMs;
    this.#heardAt = now;
  }

  /** Notes what the journal holds of the time before a restart. */
  seed(readings: readonly Reading[]): void {
    for (const { stream, v, sourceAt } of readings) {
      if (!this.#inputs.some((input) => input.stream === stream) || v === null) continue;
      this.#known.set(stream, { v: v === 0 ? 0 : 1, sourceAt: sourceAt ?? null });
    }
  }

  /** A link test: it is there, and what it said last stands. */
  live(now: number): Said {
    this.#alive(now);
    if (this.#toldAt !== null && now - this.#toldAt < SPACING * this.settings.every) return NOTHING;
    this.#toldAt = now;
    const standing = [...this.#known].map(([stream, { v }]): Reading => ({ stream, v, q: Quality.good }));
    return { readings: [this.#linkReading(1), ...standing], refusals: [] };
  }

  /**
   * Events of one message.
   * @param at evidence time, ms
   */
  report(events: readonly PanelEvent[], sequence: number, content: Content, at: number, now: number): Said {
    const identity = `${sequence} ${content.data} ${content.time ?? ''}`;
    // A repeat proves nothing about now: somebody may have recorded it.
    if (this.#taken.has(identity)) return NOTHING;
    this.#remember(identity);
    this.#alive(now);
    const readings = [this.#linkReading(1)];
    const refusals: Refusal[] = [];
    for (const event of events) {
      if (event.condition === 'test') continue;
      if (event.condition === 'overflow') readings.push(...this.#forget());
      else this.#take(event, content.time, at, readings, refusals);
    }
    return { readings, refusals };
  }

  /** Told while nothing is heard: the link is bad once per `every`, and the panel is unwell. */
  watch(now: number): { readonly readings: readonly Reading[]; readonly health: readonly HealthNote[] } {
    const isSilent = now - this.#heardAt >= maxGapOf(this.settings);
    const isTold = this.#silenceAt !== null && now - this.#silenceAt < this.settings.every;
    if (!isSilent || isTold) return { readings: [], health: [] };
    const health = { device: this.settings.id, healthy: false, reason: 'timeout' };
    const isNews = this.#silenceAt === null;
    this.#silenceAt = now;
    return { readings: [this.#linkReading(null)], health: isNews ? [health] : [] };
  }

  #take(event: PanelEvent, time: number | null, at: number, readings: Reading[], refusals: Refusal[]): void {
    const input = this.#inputs.find((i) => fits(i, event));
    if (input === undefined) {
      const detail = `event ${event.code} of partition ${event.partition}, zone ${event.zone} is no input`;
      refusals.push({ device: this.settings.id, stream: null, code: 'REFUSED', detail });
      return;
    }
    const { stream } = input;
    const v = event.active ? 1 : 0;
    // An alarm is never lost because of the panel's clock: then our time stands, and says so.
    const isTimed = time !== null && Math.abs(at - time) <= this.#windowMs;
    const known = this.#known.get(stream);
    // After a restart only the journal's last reading tells that this one is a repeat.
    if (isTimed && known?.sourceAt === time && known.v === v) return;
    this.#known.set(stream, { v, sourceAt: isTimed ? time : null });
    if (isTimed) readings.push({ stream, v, q: Quality.good, sourceAt: time });
    else readings.push({ stream, v, q: time === null ? Quality.good : Quality.deviceTimeUncertain });
  }

  /** The panel lost events: what it said last of its inputs stands no longer. */
  #forget(): Reading[] {
    const lost = [...this.#known.keys()].map((stream): Reading => ({ stream, v: null, q: Quality.good }));
    this.#known.clear();
    return lost;
  }

  #alive(now: number): void {
    this.#heardAt = now;
    this.#silenceAt = null;
  }

  #linkReading(v: 1 | null): Reading {
    return { stream: this.#link, v, q: Quality.good };
  }

  #remember(identity: string): void {
    this.#taken.add(identity);
    for (const oldest of this.#taken) {
      if (this.#taken.size <= REMEMBERED) return;
      this.#taken.delete(oldest);
    }
  }
}

function fits(input: Input, event: PanelEvent): boolean {
  if (input.is !== event.condition) return false;
  if (input.partition !== undefined && input.partition !== event.partition) return false;
  return input.number === undefined || input.number === event.zone;
}
