import type { HealthNote, Refusal, Sink } from '../../domain/device.ts';
import { parseStrictJson, type Json } from '../../domain/strict-json.ts';
import type { Ear } from '../mqtt/subscription.ts';
import type { EventFormat } from './events.ts';
import type { TagPlan } from './plan.ts';
import { Reader } from './reader.ts';

/** Hands what comes on readers' topics to each of them, and tells what they make of it. */
export class TagSource implements Ear {
  readonly #plan: TagPlan;
  readonly #format: EventFormat;
  readonly #sink: Sink;
  readonly #t: () => number;
  readonly #readers: ReadonlyMap<string, Reader>;
  readonly #byTopic: ReadonlyMap<string, string>;
  /** What acknowledges the messages whose late reads are not told yet. */
  readonly #held = new Map<Reader, (() => void)[]>();

  /** @param t evidence time, ms */
  constructor(plan: TagPlan, format: EventFormat, sink: Sink, t: () => number) {
    this.#plan = plan;
    this.#format = format;
    this.#sink = sink;
    this.#t = t;
    const now = performance.now();
    this.#readers = new Map(plan.readers.map((r) => [r.id, new Reader(r, now)]));
    this.#byTopic = new Map(plan.readers.flatMap((r) => r.topics.map((topic) => [topic, r.id] as const)));
  }

  message(topic: string, payload: Uint8Array, retained: boolean, committed: () => void): void {
    const refusals: Refusal[] = [];
    const health: HealthNote[] = [];
    const gone = this.#plan.readers.filter((r) => r.will?.topic === topic && isSaid(payload, r.will.says));
    for (const { id } of gone)
      health.push(...(this.#readers.get(id)?.down('offline', performance.now()) ?? []));
    const id = this.#byTopic.get(topic);
    const isWill = this.#plan.readers.some((r) => r.will?.topic === topic);
    if (id === undefined && !isWill) {
      refusals.push(this.#refusal(this.#plan.settings.id, 'REFUSED', `unknown topic ${topic.slice(0, 100)}`));
    } else if (id !== undefined && gone.length === 0) {
      if (retained)
        refusals.push(this.#refusal(id, 'REFUSED', 'a retained event: nobody knows of when it is'));
      else for (const [code, why] of this.#events(id, payload)) refusals.push(this.#refusal(id, code, why));
    }
    const reader = id === undefined ? undefined : this.#readers.get(id);
    const told = reader?.due(performance.now()) ?? { readings: [] };
    const arrival = { ...told, refusals, health: [...health, ...(told.health ?? [])] };
    if (reader?.hasLate !== true) return this.#sink({ ...arrival, committed });
    // It is acknowledged with the observation that its late reads become part of.
    const held = this.#held.get(reader);
    if (held === undefined) this.#held.set(reader, [committed]);
    else held.push(committed);
    this.#sink(arrival);
  }

  refuse(detail: string, committed?: () => void): void {
    const refusals = [this.#refusal(this.#plan.settings.id, 'REFUSED', detail)];
    this.#sink({ readings: [], refusals, ...(committed === undefined ? {} : { committed }) });
  }

  up(): void {
    this.#sink({ readings: [], health: [{ device: this.#plan.settings.id, healthy: true, reason: 'ok' }] });
  }

  down(reason: string): void {
    const now = performance.now();
    const health: HealthNote[] = [{ device: this.#plan.settings.id, healthy: false, reason }];
    for (const reader of this.#readers.values()) health.push(...reader.down(reason, now));
    this.#sink({ readings: [], health });
  }

  tick(): void {
    const now = performance.now();
    for (const reader of this.#readers.values()) {
      const told = reader.due(now);
      const held = reader.hasLate ? [] : (this.#held.get(reader) ?? []);
      if (held.length === 0) {
        if (told !== null) this.#sink(told);
        continue;
      }
      this.#held.delete(reader);
      const committed = (): void => {
        for (const each of held) each();
      };
      this.#sink({ ...(told ?? { readings: [] }), committed });
    }
  }

  /** One event or a list of them; what was wrong with each kind of wrong one, once. */
  #events(id: string, payload: Uint8Array): Map<Refusal['code'], string> {
    const wrong = new Map<Refusal['code'], string>();
    const parsed = parseStrictJson(payload, this.#plan.settings['max-packet']);
    if (!parsed.ok) return wrong.set('MALFORMED', parsed.reason);
    const events: readonly Json[] = isList(parsed.value) ? parsed.value : [parsed.value];
    for (const event of events) {
      const decoded = this.#format.decode(event);
      if (!decoded.ok) {
        wrong.set('MALFORMED', decoded.why);
        continue;
      }
      for (const each of decoded.events) {
        const why = this.#readers.get(id)?.take(each, performance.now(), this.#t()) ?? null;
        if (why !== null) wrong.set('REFUSED', why);
      }
    }
    return wrong;
  }

  #refusal(device: string, code: Refusal['code'], detail: string): Refusal {
    return { device, stream: null, code, detail };
  }
}

function isList(value: Json): value is readonly Json[] {
  return Array.isArray(value);
}

function isSaid(payload: Uint8Array, says: string): boolean {
  return Buffer.from(payload).toString() === says;
}
